/** Durations as people write them (`2s`), parsed once: the schema gives milliseconds. */
import parseDuration from 'parse-duration';
import * as z from 'zod';

const hourMs = 3_600_000;

/** Milliseconds; `fits` says which are allowed, `message` says so to people. */
const duration = (fits: (ms: number) => boolean, message: string) =>
  z
    .string()
    .refine((text) => fits(parseDuration(text) ?? Number.NaN), message)
    .transform((text) => parseDuration(text) ?? 0);

/** More than zero. */
export const durationSchema = (example: string) => duration((ms) => ms > 0, `A duration, such as ${example}`);

/** More than zero, at most an hour: a step that watches longer than that is a `watch`. */
export const shortDuration = (example: string) =>
  duration((ms) => ms > 0 && ms <= hourMs, `A duration of at most 1h, such as ${example}`);

const units = [
  [hourMs, 'h'],
  [60_000, 'm'],
  [1_000, 's'],
  [1, 'ms'],
] as const;

/** In the largest unit without a fraction: `90s`. */
export const shownDuration = (ms: number): string => {
  const [size, unit] = units.find(([most]) => ms >= most && ms % most === 0) ?? [1, 'ms'];
  return `${ms / size}${unit}`;
};
