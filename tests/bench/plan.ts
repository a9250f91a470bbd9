/** The timeline of a long runbook: what `plan` adds to loading it, and how that grows. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleave } from './interleave.ts';
import type { Measurement } from './measurement.ts';
import { runNode } from './node-process.ts';
import { runbookOf } from './validate-growth.ts';

export const plan: Measurement = async ({ dir, runbook, sizes: { rounds, validatedSteps } }) => {
  const env = { NODE_COMPILE_CACHE: join(dir, 'compile-cache') };
  const run = (steps: number, ...args: readonly string[]) => {
    const path = join(dir, `planned-${steps}.yaml`);
    writeFileSync(path, runbookOf(steps));
    return () => runNode([runbook, ...args, path], env).ms;
  };
  const { validated, half, whole, picture } = await interleave(rounds, {
    validated: run(validatedSteps, 'validate'),
    half: run(validatedSteps / 2, 'plan'),
    whole: run(validatedSteps, 'plan'),
    picture: run(validatedSteps, 'plan', '--format', 'svg', '--output', join(dir, 'plan.svg')),
  });
  return [
    {
      what: `plan of ${validatedSteps} steps`,
      measured: `${whole.toFixed(0)} ms; as SVG ${picture.toFixed(0)} ms`,
      baseline: `validate: ${validated.toFixed(0)} ms`,
      value: whole,
      goal: 3_000,
      unit: 'ms',
    },
    {
      what: `plan: ${validatedSteps} steps against half of them`,
      measured: `${whole.toFixed(0)} ms`,
      baseline: `half: ${half.toFixed(0)} ms`,
      value: whole / half,
      goal: 2.2,
      unit: 'x',
    },
  ];
};
