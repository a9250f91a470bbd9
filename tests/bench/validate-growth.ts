/** A runbook that a program wrote: long, with names looked up all over. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleave } from './interleave.ts';
import type { Measurement } from './measurement.ts';
import { runNode } from './node-process.ts';

/** Every third step reads an output, every fourth is verified; tersely, for a file of more than 2 MiB is refused. */
export const runbookOf = (steps: number): string => {
  const step = (i: number): string => {
    const before = i % 3 === 2 ? `, env: { BEFORE: "\${{ steps.s${i - 1}.output.stdout }}" }` : '';
    const verify =
      i % 4 === 0 ? ', verify: [{ type: http.check, with: { url: "https://${{ vars.app }}/" } }]' : '';
    return `  - { id: s${i}, name: Step ${i}, expected: 5s, type: command, with: { effects: read, run: [id, "\${{ vars.app }}"]${before} }${verify} }\n`;
  };
  const all = Array.from({ length: steps }, (_, i) => step(i)).join('');
  return `version: 1\nname: long\nvars:\n  app: { type: string, default: app.example }\nsteps:\n${all}`;
};

export const validateGrowth: Measurement = async ({ dir, runbook, sizes: { rounds, validatedSteps } }) => {
  const validate = (steps: number) => {
    const path = join(dir, `long-${steps}.yaml`);
    writeFileSync(path, runbookOf(steps));
    const env = { NODE_COMPILE_CACHE: join(dir, 'compile-cache') };
    return () => runNode([runbook, 'validate', path], env).ms;
  };
  const { quarter, half, whole } = await interleave(rounds, {
    quarter: validate(validatedSteps / 4),
    half: validate(validatedSteps / 2),
    whole: validate(validatedSteps),
  });
  const [early, late] = [(half - quarter) / (validatedSteps / 4), (whole - half) / (validatedSteps / 2)];
  const each = (ms: number) => `${(ms * 1000).toFixed(0)} µs a step`;
  return [
    {
      what: `validate ${validatedSteps} steps`,
      measured: `${whole.toFixed(0)} ms`,
      baseline: null,
      value: whole,
      goal: 2_000,
      unit: 'ms',
    },
    {
      what: `validate: growth, second half of ${validatedSteps} steps`,
      measured: each(late),
      baseline: `second quarter: ${each(early)}`,
      value: late / early,
      goal: 1.2,
      unit: 'x',
    },
  ];
};
