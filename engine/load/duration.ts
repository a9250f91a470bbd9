/** Durations (`1h30m`) and offsets from T0 (`T-30m`), as an operator writes them. */
import parse from 'parse-duration';

/** Timers of the runtime overflow at 2^31 ms (24.8 days); a cutover is shorter. */
const LONGEST_MS = 7 * 24 * 3_600_000;
const DURATION = /^(?=\d)(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?$/;
const OFFSET = /^T(?:0|[+-](.*))$/s;

export type Parsed = { ok: true; ms: number } | { ok: false; why: string };

const wrong = (why: string): Parsed => ({ ok: false, why });

const explain = (text: string): string => {
  if (text === '') return 'it is empty';
  if (/^\d+$/.test(text)) return `the unit is missing: did you mean "${text}s"?`;
  if (text.startsWith('-')) return 'it is negative';
  if (/\d[.,]\d/.test(text)) return 'fractions are not allowed: write "90m", not "1.5h"';
  if (/\d+[a-z]+\d+$/.test(text)) return 'the last number has no unit';
  if (/^(?:\d+(?:ms|[dhms]))+$/.test(text)) return 'write the units from longest to shortest, each once';
  const spoken = parse(text);
  if (spoken !== null && spoken > 0 && Number.isInteger(spoken))
    return `did you mean "${formatDuration(spoken)}"?`;
  return 'expected numbers with the units d, h, m, s or ms';
};

/** Milliseconds; 0 to 7 days. */
export const parseDuration = (text: string): Parsed => {
  if (!DURATION.test(text)) return wrong(explain(text));
  const ms = parse(text);
  if (ms === null || ms > LONGEST_MS) return wrong('it is longer than 7 days');
  return { ok: true, ms };
};

/** Milliseconds from T0; negative before it. */
export const parseOffset = (text: string): Parsed => {
  const match = OFFSET.exec(text);
  if (match === null) {
    if (/^t/.test(text)) return wrong('the T must be a capital letter');
    if (/^[+-]/.test(text)) return wrong(`it must start with T: did you mean "T${text}"?`);
    return wrong('it must be relative to T0, as in "T-30m", "T0" or "T+1h30m"');
  }
  if (match[1] === undefined) return { ok: true, ms: 0 };
  if (/^\d+$/.test(match[1])) return wrong(`the unit is missing: did you mean "${text}m"?`);
  const distance = parseDuration(match[1]);
  if (!distance.ok) return distance;
  return { ok: true, ms: text[1] === '-' && distance.ms !== 0 ? -distance.ms : distance.ms };
};

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** The shortest text that parses back to `ms`. */
export const formatDuration = (ms: number): string => {
  let rest = ms;
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text || '0s';
};

/** `T0`, `T-30m`, `T+1h`. */
export const formatOffset = (ms: number): string =>
  ms === 0 ? 'T0' : `T${ms < 0 ? '-' : '+'}${formatDuration(Math.abs(ms))}`;
