// Users think in Paris's time, whatever zone their data are kept in.
import { html } from 'hono/html';

const french = (options) => new Intl.DateTimeFormat('fr-FR', options);
const clock = french({ dateStyle: 'medium', timeStyle: 'short', timeZone: 'Europe/Paris' });
/** A day of the calendar has no zone: read and written in the same one, it stays itself. */
const calendar = french({ dateStyle: 'full', timeZone: 'UTC' });
const iso = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' });

/** Both databases are asked in UTC; one says `2026-01-05 15:30:00.000`, the other `2026-01-05 15:30:00+00`. */
export const moment = (value) => {
  const at = value === null ? Number.NaN : Date.parse(`${value.slice(0, 19).replace(' ', 'T')}Z`);
  // 1.4 has zero dates, which are no dates.
  if (Number.isNaN(at)) return '–';
  return html`<time datetime="${new Date(at).toISOString()}">${clock.format(at)}</time>`;
};

/** Of `2026-01-05`. */
export const day = (value) => calendar.format(Date.parse(value));

/** As a date field takes it. */
export const today = () => iso.format(new Date());
