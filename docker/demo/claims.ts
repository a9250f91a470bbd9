/** What each demo promises, checked against what was seen from outside. */
import { isDeepStrictEqual } from 'node:util';
import type { LabInfo } from '../native/lab.ts';
import type { Dump } from './dump.ts';
import type { Scene } from './scene.ts';
import { inWords } from './visitor.ts';

export interface Night {
  readonly lab: LabInfo;
  readonly exitCode: number | null;
  readonly before: Scene;
  readonly after: Scene;
  readonly seen: readonly Pick<Scene, 'status' | 'version'>[];
  readonly dump: Dump | null;
}

export interface Claim {
  readonly holds: boolean;
  readonly says: string;
}

const statuses = (night: Night): number[] =>
  night.seen.map((s) => s.status).filter((s, i, all) => s !== all[i - 1]);
const total = (scene: Scene): number => Object.values(scene.rows).reduce((sum, n) => sum + n, 0);

const common = (night: Night): Claim[] => [
  {
    holds: night.before.status === 200 && night.before.running === night.lab.git.v1,
    says: `before: the page answered ${night.before.status} as release ${night.before.version}`,
  },
  {
    holds: isDeepStrictEqual(statuses(night), [200, 503, 200]),
    says: `a visitor who kept reloading saw ${inWords(night.seen)}`,
  },
  {
    holds: night.dump?.complete === true,
    says: night.dump
      ? `dump: ${night.dump.path}, ${night.dump.bytes} bytes, sha256 ${night.dump.sha256}`
      : 'dump: there is none',
  },
  {
    holds: isDeepStrictEqual(night.after.rows, night.before.rows),
    says: `database: ${total(night.after)} rows in ${Object.keys(night.after.rows).length} tables, ${total(night.before)} before`,
  },
];

export const success = (night: Night): Claim[] => [
  { holds: night.exitCode === 0, says: `runbook exec ended with ${night.exitCode} (0: done)` },
  ...common(night),
  {
    holds: night.after.status === 200 && night.after.version === '2.0.0',
    says: `after: the page answers ${night.after.status} as release ${night.after.version}`,
  },
  {
    holds: night.after.commit === night.lab.git.v2 && night.after.running === night.lab.git.v2,
    says: `the checkout is at ${night.after.commit}, and what runs was built from ${night.after.running}`,
  },
];

export const failure = (night: Night): Claim[] => [
  { holds: night.exitCode === 5, says: `runbook exec ended with ${night.exitCode} (5: rolled back)` },
  ...common(night),
  {
    holds: night.after.status === 200 && night.after.version === night.before.version,
    says: `after: the page answers ${night.after.status} as release ${night.after.version} again`,
  },
  {
    holds: night.after.commit === night.before.commit && night.after.running === night.before.running,
    says: `the checkout is back at ${night.after.commit}, and what runs was built from ${night.after.running}`,
  },
];
