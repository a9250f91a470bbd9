/** What an operator waits for before anything happens. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleave } from './interleave.ts';
import type { Measurement } from './measurement.ts';
import { runNode } from './node-process.ts';

const cutover = new URL('../../runbooks/demo/cutover.yaml', import.meta.url).pathname;

/** Any will do: `validate` connects to nothing. */
const vars = (dir: string): string => {
  const path = join(dir, 'cutover-vars.yaml');
  const knownHosts = join(dir, 'known_hosts');
  writeFileSync(knownHosts, '');
  const values = {
    vps_host: '127.0.0.1',
    vps_key: knownHosts,
    vps_known_hosts: knownHosts,
    site: 'https://journal.example',
    app: 'http://127.0.0.1:3000',
    app_dir: '/srv/app',
    maintenance_flag: '/var/lib/cutover/maintenance',
    backups: '/var/backups',
    mysql_user: 'app',
    mysql_database: 'trading_journal',
    old_commit: 'a1b2c3d',
    new_commit: 'd3c2b1a',
  };
  writeFileSync(path, JSON.stringify(values));
  return path;
};

export const startUp: Measurement = async ({ dir, runbook, sizes }) => {
  const cache = { NODE_COMPILE_CACHE: join(dir, 'compile-cache') };
  const validate = [runbook, 'validate', cutover, '--vars', vars(dir)];
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
    finding('start-up: runbook validate runbooks/demo/cutover.yaml', validated, 3),
  ];
};
