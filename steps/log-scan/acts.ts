import type { ActContext, Outcome, StepActs } from '../../engine/step.ts';
import { durationMs } from '../_kits/duration.ts';
import { Absent, expectThere, Lost, lookAt, Unreadable } from './files.ts';
import { TooLong } from './line-splitter.ts';
import { TooSlow } from './matcher.ts';
import { mark, readAll, type Scan } from './read.ts';
import type { LogScanInput, LogScanOutput, Positions } from './step.ts';
import { Tally } from './tally.ts';

const lookEveryMs = 1_000;

type Failed = Extract<Outcome<never>, { done: false }>;

const failed = (short: string, remedy: string, retryable: boolean): Failed => ({
  done: false,
  effect: 'none',
  retryable,
  short,
  remedy,
});

/** Nothing is said of the lines: those that were counted are not all. */
const notRead = (error: Error, remedy: string, retryable: boolean): Failed => ({
  ...failed(error.message, remedy, retryable),
  noAnswer: true,
});

const judged = (ctx: ActContext, scan: Scan): Outcome<LogScanOutput> => {
  const { lines, counts, matches, samples } = scan.tally.totals;
  if (matches === 0)
    return {
      done: true,
      output: { lines, counts, matches, samples, positions: scan.positions, rotated: scan.rotated },
    };
  for (const sample of samples) ctx.log(`${sample}\n`);
  const many = matches === 1 ? '1 line' : `${matches} lines`;
  return failed(
    `${many} of ${lines} must not be there: ${samples[0] ?? ''}`,
    'Look at the logs from there on; put what is harmless into `allow`',
    true,
  );
};

const scanned = async (
  ctx: ActContext,
  input: LogScanInput,
  before: Positions | null,
): Promise<Outcome<LogScanOutput>> => {
  // A check that is asked over and over has no image of its own.
  const positions = input.since ?? before ?? (await mark(ctx, input));
  const scan: Scan = { positions, rotated: false, tally: new Tally(input, ctx.mask) };
  const until = ctx.clock.now() + (input.for === undefined ? 0 : durationMs(input.for));
  for (;;) {
    const leftMs = until - ctx.clock.now();
    if (leftMs > 0) {
      await ctx.clock.sleep(Math.min(leftMs, lookEveryMs), ctx.signal);
      ctx.signal.throwIfAborted();
    }
    await readAll(ctx, input, scan);
    ctx.progress({ done: scan.tally.totals.lines, unit: 'lines' });
    if (ctx.clock.now() >= until) return judged(ctx, scan);
  }
};

const run = async (
  ctx: ActContext,
  input: LogScanInput,
  before: Positions | null,
): Promise<Outcome<LogScanOutput>> => {
  try {
    if (!input.mark) return await scanned(ctx, input, before);
    const positions = await mark(ctx, input);
    const counts = Object.fromEntries(Object.keys(input.count).map((name) => [name, 0]));
    return { done: true, output: { lines: 0, counts, matches: 0, samples: [], positions, rotated: false } };
  } catch (error) {
    if (error instanceof TooSlow)
      return notRead(error, 'Write it without nested or adjacent repetitions', false);
    if (error instanceof TooLong)
      return notRead(error, 'Look at the log by hand from the position on', false);
    if (error instanceof Unreadable)
      return notRead(error, 'Check the path and the rights, or say optional: true', true);
    if (error instanceof Lost)
      return notRead(
        error,
        'Look for the lines by hand, in the rotated files; then begin again from a new mark',
        false,
      );
    throw error;
  }
};

export const acts: StepActs<LogScanInput, LogScanOutput, Positions> = {
  async check(ctx, input) {
    try {
      const looked = await lookAt(ctx, input.paths);
      return [...looked].map(([path, now]) => {
        expectThere(ctx, input, path, now);
        const what = now.current
          ? `${path} can be read, ${now.current.size} bytes`
          : `${path} is not there, which is allowed`;
        return { level: 'verified', what };
      });
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return [
        {
          level: 'problem',
          what: error.message,
          remedy: 'Check the path and the rights, or say optional: true',
          ...(error instanceof Absent && { passing: true }),
        },
      ];
    }
  },

  prepare: async (ctx, input) => input.since ?? (await mark(ctx, input)),

  run,

  async probe() {
    return { state: 'not-done' };
  },
};
