/** How instants, spans and amounts read on every screen. */
import prettyBytes from 'pretty-bytes';
import prettyMs from 'pretty-ms';

export { clean } from '../text.ts';

/** A span, ms: `430ms`, `8.2s`, `1m 12s`. Two units at most, so that it is read quickly. */
export const span = (ms: number): string => {
  const abs = Math.abs(ms);
  if (abs < 10_000) return prettyMs(abs, { secondsDecimalDigits: 1 });
  return prettyMs(Math.round(abs / 1000) * 1000, { unitCount: 2 });
};

/** A distance from T0, ms: `T-29m45s`, `T0`, `T+1h30m`. */
export const offset = (ms: number): string => {
  const whole = Math.round(ms / 1000) * 1000;
  if (whole === 0) return 'T0';
  return `T${whole < 0 ? '-' : '+'}${prettyMs(Math.abs(whole)).replaceAll(' ', '')}`;
};

/** Local time of day of an epoch ms: `22:30:05`. */
export const timeOfDay = (at: number): string => new Date(at).toTimeString().slice(0, 8);

/** Local date and time with offset: `2026-11-22 22:30:05+01:00`. */
export const instant = (at: number): string =>
  // Swedish is the locale whose dates are ISO's.
  new Date(at)
    .toLocaleString('sv-SE', { timeZoneName: 'longOffset' })
    .replace(/ GMT$/, 'Z')
    .replace(' GMT', '');

/** `12.3 MB`, `1,204 rows`; of `ms` a span. */
export const amount = (n: number, unit: string): string => {
  if (unit === 'bytes') return prettyBytes(n);
  return unit === 'ms' ? span(n) : `${Math.round(n).toLocaleString('en-US')} ${unit}`;
};

export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
