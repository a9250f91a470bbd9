/** Every single fault of the flagship through the core. Its length is the runbook's own, whatever the sizes are. */
import { join } from 'node:path';
import { interleave } from './interleave.ts';
import type { Measurement } from './measurement.ts';
import { runNode } from './node-process.ts';

const flagship = new URL('../../runbooks/trading-journal/', import.meta.url).pathname;

export const whatIf: Measurement = async ({ dir, runbook, sizes }) => {
  const env = { NODE_COMPILE_CACHE: join(dir, 'compile-cache') };
  const vars = ['--vars', join(flagship, 'vars', 'production.example.yaml')];
  // The one file that a team makes itself.
  const given = [join(flagship, 'cutover.yaml'), ...vars, '--var', 'vps_known_hosts=./README.md'];
  const { validated, asked } = await interleave(sizes.rounds, {
    validated: () => runNode([runbook, 'validate', ...given], env).ms,
    asked: () => runNode([runbook, 'what-if', ...given, '--pairs', '0'], env).ms,
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
  ];
};
