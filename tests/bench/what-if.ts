/**
 * Every single fault of the flagship through the core, and its forecast. Its length is the runbook's own, whatever the
 * sizes are. Faults and the events of a story both grow with the steps, so a long runbook takes their square.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleave } from './interleave.ts';
import type { Measurement } from './measurement.ts';
import { runNode } from './node-process.ts';

const flagship = new URL('../../runbooks/trading-journal/', import.meta.url).pathname;

const runbookOf = (steps: number): string => {
  const step = (i: number): string =>
    `  - { id: s${i}, expected: 5s, type: file.write, with: { path: /nowhere/${i}, content: "${i}" } }\n`;
  const all = Array.from({ length: steps }, (_, i) => step(i)).join('');
  return `version: 1\nname: long\ntimeline: { window: { opens: T0, hard_stop: T+10h } }\nsteps:\n${all}`;
};

export const whatIf: Measurement = async ({ dir, runbook, sizes }) => {
  const env = { NODE_COMPILE_CACHE: join(dir, 'compile-cache') };
  const vars = ['--vars', join(flagship, 'vars', 'production.example.yaml')];
  // The one file that a team makes itself.
  const given = [join(flagship, 'cutover.yaml'), ...vars, '--var', 'vps_known_hosts=./README.md'];
  const asks = (steps: number) => {
    const path = join(dir, `faults-${steps}.yaml`);
    writeFileSync(path, runbookOf(steps));
    return () => runNode([runbook, 'what-if', path, '--pairs', '0'], env).ms;
  };
  const { validated, asked, drawn, start, some, more } = await interleave(sizes.rounds, {
    validated: () => runNode([runbook, 'validate', ...given], env).ms,
    asked: () => runNode([runbook, 'what-if', ...given, '--pairs', '0'], env).ms,
    drawn: () => runNode([runbook, 'forecast', ...given, '--runs-dir', join(dir, 'none')], env).ms,
    start: asks(1),
    some: asks(sizes.faultySteps / 2),
    more: asks(sizes.faultySteps),
  });
  return [
    {
      what: 'what-if: single faults of the flagship',
      measured: `${asked.toFixed(0)} ms`,
      baseline: `validate: ${validated.toFixed(0)} ms`,
      value: asked,
      goal: 5_000,
      unit: 'ms',
    },
    {
      what: 'forecast: 10,000 draws of the flagship',
      measured: `${drawn.toFixed(0)} ms`,
      baseline: `validate: ${validated.toFixed(0)} ms`,
      value: drawn,
      goal: 3_000,
      unit: 'ms',
    },
    {
      what: `what-if: growth from ${sizes.faultySteps / 2} to ${sizes.faultySteps} steps`,
      measured: `${(more - start).toFixed(0)} ms`,
      baseline: `${(some - start).toFixed(0)} ms`,
      value: (more - start) / Math.max(1, some - start),
      goal: 5,
      unit: 'x',
    },
  ];
};
