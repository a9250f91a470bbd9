/** Durations inside a step's `with`: a string such as `2s`, read where it is used. */
import parseDuration from 'parse-duration';
import * as z from 'zod';

/** More than zero, at most an hour: a step that watches longer than that is a `watch`. */
export const shortDuration = (example: string) =>
  z.string().refine((text) => {
    const ms = parseDuration(text) ?? 0;
    return ms > 0 && ms <= 3_600_000;
  }, `A duration of at most 1h, such as ${example}`);

export const durationMs = (text: string): number => parseDuration(text) ?? 0;
