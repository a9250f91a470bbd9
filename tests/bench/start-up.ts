/** What an operator waits for before anything happens. */
import { join } from 'node:path';
import { interleave } from './interleave.ts';
import type { Measurement } from './measurement.ts';
import { runNode } from './node-process.ts';

const flagship = new URL('../../runbooks/trading-journal/', import.meta.url).pathname;

export const startUp: Measurement = async ({ dir, runbook, sizes }) => {
  const cache = { NODE_COMPILE_CACHE: join(dir, 'compile-cache') };
  const vars = ['--vars', join(flagship, 'vars', 'production.example.yaml')];
  // The one file that a team makes itself.
  const validate = [
    runbook,
    'validate',
    join(flagship, 'cutover.yaml'),
    ...vars,
    '--var',
    'vps_known_hosts=./README.md',
  ];
  const { node, version, validated } = await interleave(sizes.startUps, {
    node: () => runNode(['-e', '0']).ms,
    version: () => runNode([runbook, '--version'], cache).ms,
    validated: () => runNode(validate, cache).ms,
  });
  const baseline = `node -e 0: ${node.toFixed(1)} ms`;
  const finding = (what: string, ms: number, goal: number) =>
    ({ what, measured: `${ms.toFixed(1)} ms`, baseline, value: ms / node, goal, unit: 'x' }) as const;
  return [
    finding('start-up: runbook --version', version, 1.3),
    finding('start-up: runbook validate of the flagship', validated, 3),
  ];
};
