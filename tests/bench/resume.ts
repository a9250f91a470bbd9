/** How long a long night takes to be read back, and how much memory. */
import { join } from 'node:path';
import { median } from './interleave.ts';
import type { Measurement } from './measurement.ts';
import { runNode } from './node-process.ts';

export const resume: Measurement = async ({ dir, child, sizes: { rounds, resumedSteps } }) => {
  const journal = join(dir, 'long-journal.jsonl');
  runNode([child('write-long-journal'), journal, String(resumedSteps)]);
  const turns = Array.from({ length: Math.max(1, rounds) }, () =>
    JSON.parse(runNode([child('read-long-journal'), journal, String(resumedSteps)]).stdout),
  );
  const ms = median(turns.map((t) => Number(t.ms)));
  const megabytes = (printed: { peak: number }) => printed.peak / 1e6;
  const mb = median(turns.map(megabytes));
  const node = megabytes(JSON.parse(runNode([child('idle')]).stdout));
  const events = `${resumedSteps * 10} events`;
  return [
    {
      what: `resume: read, fold and decide, ${events}`,
      measured: `${ms.toFixed(0)} ms`,
      baseline: null,
      value: ms,
      goal: 1_000,
      unit: 'ms',
    },
    {
      what: `resume: peak memory of the process, ${events}`,
      measured: `${mb.toFixed(0)} MB`,
      baseline: `Node alone: ${node.toFixed(0)} MB`,
      value: mb,
      goal: 200,
      unit: 'MB',
    },
  ];
};
