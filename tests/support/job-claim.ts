/** Who supervises a piece of work at a local place: see steps/_work/supervisor/supervisor.ts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ActContext, StepActs } from '../../engine/step.ts';
import type { Shell } from '../../steps/_work/shell.ts';

export interface Claim {
  readonly supervisor: number;
  readonly group: number;
  /** Of the supervisor, in ticks since boot: another start is another piece of work. */
  readonly start: string;
}

/** Waits until the job is claimed; by default the first attempt of the test's act. */
export const claimOf = async (
  { stateDir = '' }: Shell,
  runId: string,
  job = 'step.do.0#1',
): Promise<Claim> => {
  const file = join(stateDir, runId, job, 'pid');
  for (const giveUp = Date.now() + 10_000; Date.now() < giveUp; ) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const [pid, group, start = ''] = text.split(' ');
    if (text.endsWith('\n') && Number(group) > 1)
      return { supervisor: Number(pid), group: Number(group), start };
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error(`${job} was not claimed`);
};

/** An engine that starts the act and goes away, as by Ctrl-C, once its work is claimed; answers who supervises it. */
export const leftRunning = async <I, O, B>(
  acts: StepActs<I, O, B>,
  ctx: ActContext,
  input: I,
  before: B,
): Promise<Claim> => {
  const control = new AbortController();
  const left = acts.run({ ...ctx, signal: control.signal }, input, before);
  left.catch(() => undefined);
  const claim = await claimOf(await ctx.connect('shell'), ctx.runId);
  control.abort('detach');
  expect(await left).toMatchObject({ done: false, effect: 'unknown', short: 'left running' });
  return claim;
};
