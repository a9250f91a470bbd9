/** Two versions of a runbook that a program wrote: every step has another id, and every tenth another input. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleave } from './interleave.ts';
import type { Measurement } from './measurement.ts';
import { runNode } from './node-process.ts';

const runbookOf = (steps: number, version: string): string => {
  const step = (i: number): string =>
    `  - { id: ${version}${i}, name: Step ${i}, expected: 5s, type: command, with: { run: [work, "${i}", ${i % 10 === 0 ? version : 'on'}] }, rollback: { undo: { none: no } } }\n`;
  return `version: 1\nname: long\nsteps:\n${Array.from({ length: steps }, (_, i) => step(i)).join('')}`;
};

export const diff: Measurement = async ({ dir, runbook, sizes: { rounds, validatedSteps } }) => {
  const compare = (steps: number) => {
    const paths = ['a', 'b'].map((version) => {
      const path = join(dir, `diff-${steps}-${version}.yaml`);
      writeFileSync(path, runbookOf(steps, version));
      return path;
    });
    const env = { NODE_COMPILE_CACHE: join(dir, 'compile-cache') };
    return () => runNode([runbook, 'diff', ...paths, '--json'], env).ms;
  };
  const { quarter, half, whole } = await interleave(rounds, {
    quarter: compare(validatedSteps / 4),
    half: compare(validatedSteps / 2),
    whole: compare(validatedSteps),
  });
  const [early, late] = [(half - quarter) / (validatedSteps / 4), (whole - half) / (validatedSteps / 2)];
  const each = (ms: number) => `${(ms * 1000).toFixed(0)} µs a step`;
  return [
    {
      what: `diff of ${validatedSteps} steps`,
      measured: `${whole.toFixed(0)} ms`,
      baseline: null,
      value: whole,
      goal: 6_000,
      unit: 'ms',
    },
    {
      what: `diff: growth, second half of ${validatedSteps} steps`,
      measured: each(late),
      baseline: `second quarter: ${each(early)}`,
      value: late / early,
      goal: 1.3,
      unit: 'x',
    },
  ];
};
