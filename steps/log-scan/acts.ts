import type { ActContext, Outcome, StepActs } from '../../engine/step.ts';
import { durationMs } from '../_targets/duration.ts';
import { Absent, endsOf, lookAt, readPiece, Unreadable } from './files.ts';
import { piecesSince } from './follow.ts';
import { LineSplitter } from './line-splitter.ts';
import { TooSlow } from './matcher.ts';
import type { LogScanInput, LogScanOutput, Positions } from './step.ts';
import { Tally } from './tally.ts';

const lookEveryMs = 1_000;
/** A file may be rotated between the look at it and the reading. */
const looksAtMost = 5;

const failed = (short: string, remedy: string, retryable: boolean): Outcome<never> => ({
  done: false,
  effect: 'none',
  retryable,
  short,
  remedy,
});

interface Scan {
  positions: Positions;
  rotated: boolean;
}

/** Reads what one file gained. False: it was rotated meanwhile, look again. */
const readOn = async (
  ctx: ActContext,
  path: string,
  plan: ReturnType<typeof piecesSince>,
  scan: Scan,
  tally: Tally,
): Promise<boolean> => {
  for (const piece of plan.pieces) {
    if (piece.to <= piece.from) {
      if (piece.current)
        scan.positions = { ...scan.positions, [path]: { inode: piece.inode, offset: piece.from } };
      continue;
    }
    const splitter = new LineSplitter((line) => tally.add(line));
    if (!(await readPiece(ctx, piece, (chunk) => splitter.push(chunk)))) return false;
    tally.flush();
    // The rest of what was put aside has been read: the file that took its place begins at its beginning.
    const next = piece.current
      ? { inode: piece.inode, offset: piece.from + splitter.consumed }
      : { inode: '', offset: 0 };
    scan.positions = { ...scan.positions, [path]: next };
  }
  return true;
};

const readAll = async (ctx: ActContext, input: LogScanInput, scan: Scan, tally: Tally): Promise<void> => {
  let left: readonly string[] = input.paths;
  for (let look = 0; left.length > 0; look += 1) {
    if (look >= looksAtMost) throw new Unreadable(`${left[0]} is rotated faster than it can be read`);
    const standing = await lookAt(ctx, input, scan.positions);
    const again: string[] = [];
    for (const path of left) {
      const now = standing.get(path);
      if (now === undefined) continue;
      const plan = piecesSince(path, now, scan.positions[path]);
      if (plan.rotated) scan.rotated = true;
      if (plan.lost !== null) ctx.log(`${plan.lost}\n`, 'stderr');
      if (!(await readOn(ctx, path, plan, scan, tally))) again.push(path);
    }
    left = again;
  }
};

const judged = (ctx: ActContext, scan: Scan, tally: Tally): Outcome<LogScanOutput> => {
  const { lines, counts, matches, samples } = tally.totals;
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
  const since = input.since ?? before ?? endsOf(await lookAt(ctx, input));
  const scan: Scan = { positions: Object.fromEntries(Object.entries(since)), rotated: false };
  const tally = new Tally(input, ctx.mask);
  const until = ctx.clock.now() + (input.for === undefined ? 0 : durationMs(input.for));
  for (;;) {
    const leftMs = until - ctx.clock.now();
    if (leftMs > 0) {
      await ctx.clock.sleep(Math.min(leftMs, lookEveryMs), ctx.signal);
      ctx.signal.throwIfAborted();
    }
    await readAll(ctx, input, scan, tally);
    ctx.progress({ done: tally.totals.lines, unit: 'lines' });
    if (ctx.clock.now() >= until) return judged(ctx, scan, tally);
  }
};

const run = async (
  ctx: ActContext,
  input: LogScanInput,
  before: Positions | null,
): Promise<Outcome<LogScanOutput>> => {
  try {
    if (!input.mark) return await scanned(ctx, input, before);
    const positions = endsOf(await lookAt(ctx, input));
    const counts = Object.fromEntries(Object.keys(input.count).map((name) => [name, 0]));
    return { done: true, output: { lines: 0, counts, matches: 0, samples: [], positions, rotated: false } };
  } catch (error) {
    if (error instanceof TooSlow)
      return failed(error.message, 'Write it without nested or adjacent repetitions', false);
    if (error instanceof Unreadable)
      return failed(error.message, 'Check the path and the rights, or say optional: true', true);
    throw error;
  }
};

export const acts: StepActs<LogScanInput, LogScanOutput, Positions> = {
  async check(ctx, input) {
    try {
      const standing = await lookAt(ctx, input);
      return [...standing].map(([path, { inode, size }]) => ({
        level: 'verified',
        what: inode === '' ? `${path} is not there, which is allowed` : `${path} can be read, ${size} bytes`,
      }));
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

  prepare: async (ctx, input) => input.since ?? endsOf(await lookAt(ctx, input)),

  run,

  async probe() {
    return { state: 'not-done' };
  },
};
