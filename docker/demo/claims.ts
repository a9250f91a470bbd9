/** What each demo promises, checked against what was seen from outside. */
import { isDeepStrictEqual } from 'node:util';
import type { LabInfo } from '../native/lab.ts';
import type { Scene } from './scene.ts';
import { inWords, type Sight } from './visitor.ts';

/** From the engine's own record of the run; null where it has none. */
export interface Told {
  readonly state: string;
  readonly slipMs: number;
  readonly comparedRows: number | null;
  readonly mismatches: number | null;
  readonly mailsSent: number | null;
  /** Of the ten lines of the validation. */
  readonly passed: number | null;
}

export interface Mailing {
  /** Mails with a recovery link, by address. */
  readonly received: ReadonlyMap<string, number>;
  /** How many links were followed here to a new password and a login, of how many tried. */
  readonly completed: number;
  readonly tried: number;
}

export interface Night {
  readonly lab: LabInfo;
  readonly exitCodes: Readonly<Record<string, number | null>>;
  readonly before: Scene;
  readonly after: Scene;
  readonly seen: readonly Sight[];
  readonly told: Told | null;
  readonly mailing: Mailing;
  /** The first line of what closing wrote for the team; null: nothing. */
  readonly memory: string | null;
}

export interface Claim {
  readonly holds: boolean;
  readonly says: string;
}

const statuses = ({ seen }: Night): number[] =>
  // Between the old app's end and the new one's start no app answers, which only the bypass sees.
  seen.map((s) => s.status).filter((s, i, all) => s !== all[i - 1]);

const total = (rows: Readonly<Record<string, number>>): number =>
  Object.values(rows).reduce((a, b) => a + b, 0);

const counts = (scene: Scene): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(scene.mysql).map(([table, { rows }]) => [table, rows]));

const ended = (night: Night, runbook: string, code: number, meaning: string): Claim => ({
  holds: night.exitCodes[runbook] === code,
  says: `${runbook} ended with ${night.exitCodes[runbook]} (${code}: ${meaning})`,
});

const common = (night: Night): Claim[] => [
  ended(night, 'announce.yaml', 0, 'done'),
  {
    holds: night.before.status === 200 && night.before.running === night.lab.git.v1,
    says: `before: the site answered ${night.before.status} as release ${night.before.version}`,
  },
  {
    holds: isDeepStrictEqual(statuses(night), [200, 503, 200]),
    says: `a visitor who kept reloading saw ${inWords(night.seen)}`,
  },
  {
    holds: night.after.stranger === night.before.stranger,
    says: `the other app on the server was left alone (pid and restarts ${night.after.stranger.trim()})`,
  },
  {
    holds: night.after.uploads === night.before.uploads,
    says: 'every upload is unchanged',
  },
];

/** Tables that move; reset tokens of the old app do not. */
const moved = ({ password_resets: _, ...rest }: Readonly<Record<string, number>>) => rest;

export const success = (night: Night): Claim[] => {
  const { lab, after, before, told, mailing } = night;
  const users = before.mysql.users?.rows ?? 0;
  const once = [...mailing.received].filter(
    ([address, n]) => n === (address === lab.users.canary.email ? 2 : 1),
  );
  return [
    ended(night, 'cutover.yaml', 0, 'done'),
    ended(night, 'closing.yaml', 0, 'done'),
    ...common(night),
    {
      holds: after.status === 200 && after.version === '2.0.0' && after.running === lab.git.v2,
      says: `after: the site answers ${after.status} as release ${after.version}, built from ${after.running?.slice(0, 7)}`,
    },
    {
      holds: isDeepStrictEqual(after.postgres, moved(counts(before))),
      says: `rows: ${total(after.postgres)} in ${Object.keys(after.postgres).length} tables of Supabase, ${total(moved(counts(before)))} came from MySQL`,
    },
    {
      holds: told?.mismatches === 0 && told.comparedRows === total(moved(counts(before))),
      says: `compared by the run: ${told?.comparedRows} rows, ${told?.mismatches} different`,
    },
    {
      holds: after.authUsers === users && after.login === 303,
      says: `accounts: ${after.authUsers} of ${users} users; the old password opens the new app (${after.login})`,
    },
    {
      holds: told?.mailsSent === users && mailing.received.size === users && once.length === users,
      says: `mails: ${told?.mailsSent} sent, ${mailing.received.size} of ${users} users got one, ${users - once.length} got none or two`,
    },
    {
      holds: mailing.tried > 0 && mailing.completed === mailing.tried,
      says: `links: ${mailing.completed} of ${mailing.tried} that were tried led to a new password and a login, and the canary's`,
    },
    { holds: told?.passed === 10, says: `validation: ${told?.passed} of 10 passed` },
    {
      holds: told?.state === 'succeeded',
      says: `the run ${told?.state}, ${Math.round(Math.abs(told?.slipMs ?? 0) / 1000)} s ${(told?.slipMs ?? 0) > 0 ? 'late' : 'ahead of its plan'} at the end`,
    },
    { holds: night.memory !== null, says: `project memory: ${night.memory ?? 'nothing was written'}` },
  ];
};

export const failure = (night: Night): Claim[] => {
  const { before, after, told, mailing } = night;
  return [
    ended(night, 'cutover.yaml', 5, 'rolled back'),
    ...common(night),
    {
      holds: after.status === 200 && after.version === before.version && after.running === before.running,
      says: `after: the site answers ${after.status} as release ${after.version} again, built from ${after.running?.slice(0, 7)}`,
    },
    { holds: after.release === before.release, says: `current points to ${after.release} again` },
    {
      holds: isDeepStrictEqual(after.mysql, before.mysql),
      says: `MySQL: ${total(counts(after))} rows in ${Object.keys(after.mysql).length} tables, with the checksums from before`,
    },
    {
      holds: Object.keys(after.postgres).length === 0 && after.authUsers === 0,
      says: `Supabase: ${Object.keys(after.postgres).length} tables and ${after.authUsers} accounts are left, ready for a second run`,
    },
    { holds: after.login === 303, says: `a user logs in to the old app (${after.login})` },
    {
      holds: mailing.received.size === 0,
      says: `mails: ${mailing.received.size} users got a mail to choose a new password`,
    },
    { holds: told?.state === 'rolled back', says: `the run: ${told?.state}` },
  ];
};
