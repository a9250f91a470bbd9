/** What the engine itself costs: steps that do nothing, against the two fsyncs that each must make. */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { interleave } from './interleave.ts';
import type { Measurement } from './measurement.ts';
import { runNode } from './node-process.ts';

/** Two appends a step, of the size that the journal's have. */
const syncs = (path: string, steps: number, bytes: number): number => {
  const half = Buffer.alloc(Math.round(bytes / steps / 2), 'x');
  const fd = openSync(path, 'a', 0o600);
  const startedAt = performance.now();
  for (let i = 0; i < 2 * steps; i++) {
    writeSync(fd, half);
    fdatasyncSync(fd);
  }
  const ms = performance.now() - startedAt;
  closeSync(fd);
  return ms;
};

export const noOpStep: Measurement = async ({ dir, child, sizes: { rounds, noOpSteps: steps } }) => {
  const turn = () => {
    const own = mkdtempSync(join(dir, 'no-op-'));
    const { ms, journal } = JSON.parse(runNode([child('no-op-run'), own, String(steps)]).stdout);
    return { ms: Number(ms), bytes: readFileSync(String(journal)).length };
  };
  const { bytes } = turn();
  const { bare, run } = await interleave(rounds, {
    bare: () => syncs(join(mkdtempSync(join(dir, 'syncs-')), 'journal'), steps, bytes),
    run: () => turn().ms,
  });
  const each = (ms: number) => `${((ms / steps) * 1000).toFixed(0)} µs`;
  return [
    {
      what: `a step that does nothing (of ${steps})`,
      measured: each(run),
      baseline: `two appended fdatasyncs: ${each(bare)}`,
      value: run / bare,
      goal: 1.5,
      unit: 'x',
    },
  ];
};
