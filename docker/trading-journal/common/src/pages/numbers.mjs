// What users read is French and in Paris's time; for machines the exact value stands beside it.
import { html } from 'hono/html';

const french = (options) => new Intl.NumberFormat('fr-FR', options);
const money = french({ style: 'currency', currency: 'USD' });
const two = french({ maximumFractionDigits: 2 });
const share = french({ style: 'percent', maximumFractionDigits: 1 });
/** As many decimals as the columns have. Given text, they round nothing on the way. */
const all = french({ maximumFractionDigits: 8 });
const atLeastTwo = french({ minimumFractionDigits: 2, maximumFractionDigits: 8 });
const none = '–';

export const whole = (value) => two.format(value);
export const usd = (value) => (value === null ? none : money.format(Number(value)));
export const percent = (part, total) => (Number(total) === 0 ? none : share.format(part / total));

/** Gains by losses; without a loss there is none. */
export const ratio = (gains, losses) => (Number(losses) === 0 ? none : two.format(gains / -losses));

/** Of an amount, for the style sheet. */
export const tone = (value) => (Number(value) > 0 ? 'gain' : Number(value) < 0 ? 'loss' : '');

/** In French a single one is anything below two. */
export const counted = (n, one, many) => `${whole(n)} ${n < 2 ? one : many}`;

const exact = (value, format) => {
  if (value === null) return none;
  const stored = value.includes('.') ? value.replace(/[.]?0+$/, '') : value;
  return html`<data value="${stored}">${format.format(stored)}</data>`;
};

/** Both exactly as stored, without the zeros that fill up the scale. */
export const price = (value) => exact(value, atLeastTwo);
export const quantity = (value) => exact(value, all);
