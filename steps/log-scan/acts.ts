import { type ActContext, type Outcome, type StepActs, StepFailed } from '../../engine/step.ts';
import { unreadable } from './failures.ts';
import { lookAt } from './files.ts';
import { mark, readAll, type Scan } from './read.ts';
import type { LogScanInput, LogScanOutput, Positions } from './step.ts';
import { Tally } from './tally.ts';

const lookEveryMs = 1_000;

const judged = (ctx: ActContext, scan: Scan): Outcome<LogScanOutput> => {
  const { lines, counts, matches, samples } = scan.tally.totals;
  if (matches === 0)
    return {
      done: true,
      output: { lines, counts, matches, samples, positions: scan.positions, rotated: scan.rotated },
    };
  for (const sample of samples) ctx.log(`${sample}\n`);
  const many = matches === 1 ? '1 line' : `${matches} lines`;
  throw new StepFailed(`${many} of ${lines} must not be there: ${samples[0] ?? ''}`, {
    effect: 'none',
    retryable: true,
    remedy: 'Look at the logs from there on; put what is harmless into `allow`',
  });
};

const scanned = async (
  ctx: ActContext,
  input: LogScanInput,
  before: Positions | null,
): Promise<Outcome<LogScanOutput>> => {
  // A check that is asked over and over has no image of its own.
  const positions = input.since ?? before ?? (await mark(ctx, input));
  const scan: Scan = { positions, rotated: false, tally: new Tally(input, ctx.mask) };
  const until = ctx.clock.now() + (input.for ?? 0);
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
  if (!input.mark) return scanned(ctx, input, before);
  const positions = await mark(ctx, input);
  const counts = Object.fromEntries(Object.keys(input.count).map((name) => [name, 0]));
  return { done: true, output: { lines: 0, counts, matches: 0, samples: [], positions, rotated: false } };
};

export const acts: StepActs<LogScanInput, LogScanOutput, Positions> = {
  async check(ctx, input) {
    const looked = await lookAt(ctx, input.paths);
    return [...looked].map(([path, { current }]) => {
      if (current) return { level: 'verified', what: `${path} can be read, ${current.size} bytes` };
      if (input.optional) return { level: 'verified', what: `${path} is not there, which is allowed` };
      return { ...unreadable(`${path} is not there on ${ctx.runOn}`).problem, passing: true };
    });
  },

  prepare: async (ctx, input) => input.since ?? (await mark(ctx, input)),

  run,

  async probe() {
    return { state: 'not-done' };
  },
};
