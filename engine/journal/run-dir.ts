/** One run, one directory: `.runbook/runs/<run-id>/`. */
import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fail } from '../diagnostic.ts';
import type { Plan } from '../plan.ts';
import { makePrivateDir, syncDir, writeDurably } from './durable.ts';
import { type Layout, layout } from './layout.ts';
import { whoHolds } from './lock.ts';
import { randomSuffix, runId } from './run-id.ts';
import { type RunMeta, readMeta } from './run-meta.ts';
import { checkOwnDir, prepareRunsDir, runIds } from './runs-dir.ts';
import { writePlan } from './saved-plan.ts';
import { isSystemError, reasonOf } from './system-error.ts';

export interface RunDir extends Layout {
  readonly id: string;
  /** Absolute. */
  readonly path: string;
  readonly about: RunMeta;
}

export interface NewRun {
  readonly plan: Plan;
  /** The runbook file as it was read. */
  readonly source: string | Uint8Array;
  /** Absolute. */
  readonly runbookPath: string;
  /** --vars, absolute, and --var: `resume` loads the runbook with the same. */
  readonly varsFiles?: readonly string[];
  readonly vars?: Readonly<Record<string, string>>;
  /** --policy, absolute. */
  readonly policies?: readonly string[];
  /** Epoch ms. */
  readonly now: number;
  /** Whether the engine that locks it records its place there. */
  readonly recorded?: true;
  /** The random end of the id. */
  readonly suffix?: () => string;
}

const ID_TRIES = 8;

/**
 * Makes the runs directory where it is missing, and in it a run, complete or not at all. The
 * journal is created by createJournal(run.journal), once the lock is held.
 * Throws RB420, RB421, RB422: then nothing is created.
 */
export const createRun = (runsDir: string, run: NewRun): RunDir => {
  const parent = resolve(runsDir);
  prepareRunsDir(parent);
  const draft = join(parent, `.new-${randomBytes(6).toString('hex')}`);
  try {
    makePrivateDir(draft);
    const about = fill(draft, run, freeId(parent, run));
    const path = join(parent, about.id);
    // Fails on a run that took the id meanwhile: it is not an empty directory.
    renameSync(draft, path);
    syncDir(parent);
    return { ...layout(path), id: about.id, path, about };
  } catch (error) {
    discard(draft);
    if (!isSystemError(error)) throw error;
    return fail('RB420', { path: parent, why: reasonOf(error) }, { cause: error });
  }
};

/**
 * @param wanted an id, the beginning of exactly one, or `latest`: the one with a running engine, else the newest
 * Throws RB430 (no run at all), RB431 (none such), RB432 (several), RB414 (its meta.json is damaged), RB420 to
 * RB422 where others could have changed it.
 */
export const openRun = (runsDir: string, wanted: string): RunDir => {
  const parent = resolve(runsDir);
  const ids = runIds(parent);
  if (ids.length === 0) return fail('RB430', { runsDir });
  checkOwnDir(parent);
  const id = wanted === 'latest' ? current(parent, ids) : match(runsDir, ids, wanted);
  const path = join(parent, id);
  checkOwnDir(path);
  return { ...layout(path), id, path, about: readMeta(layout(path).meta) };
};

const fill = (draft: string, run: NewRun, id: string): RunMeta => {
  const at = layout(draft);
  for (const dir of [at.inbox, at.inboxDone, at.inboxRejected, at.logs, at.acts]) makePrivateDir(dir);
  const about: RunMeta = {
    version: 1,
    id,
    createdAt: run.now,
    runbookPath: run.runbookPath,
    varsFiles: [...(run.varsFiles ?? [])],
    vars: { ...run.vars },
    ...(run.policies?.length && { policies: [...run.policies] }),
    ...(run.recorded && { recorded: true }),
  };
  writeDurably(at.source, run.source);
  writeDurably(at.meta, `${JSON.stringify(about, null, 2)}\n`);
  writePlan(draft, run.plan);
  return about;
};

const freeId = (parent: string, { now, plan, suffix = randomSuffix }: NewRun): string => {
  for (let tries = 0; tries < ID_TRIES; tries++) {
    const id = runId(now, plan.name, suffix());
    if (!existsSync(join(parent, id))) return id;
  }
  throw new Error(`engine bug: ${ID_TRIES} random run ids were all taken in ${parent}`);
};

const discard = (draft: string): void => {
  try {
    rmSync(draft, { recursive: true, force: true });
  } catch {
    // On a read-only disk it stays, but no command lists it.
  }
};

const match = (runsDir: string, ids: readonly string[], wanted: string): string => {
  if (ids.includes(wanted)) return wanted;
  const matches = wanted === '' ? [] : ids.filter((id) => id.startsWith(wanted));
  const [only] = matches;
  if (only === undefined) return fail('RB431', { wanted, runsDir, newest: ids.slice(-3).reverse() });
  if (matches.length > 1) return fail('RB432', { wanted, matches });
  return only;
};

/** A run whose engine is alive, among so many: each test opens a database. */
const lookedAt = 50;

/** Without a name: the run with a running engine, else the newest. Several running engines: refused, not guessed. */
const current = (parent: string, ids: readonly string[]): string => {
  const live = ids.slice(-lookedAt).filter((id) => whoHolds(join(parent, id)).live);
  if (live.length > 1) return fail('RB432', { wanted: 'latest', matches: live });
  return live[0] ?? latest(parent, ids);
};

/** Ids tell the minute only; of two runs in one minute the name would decide. */
const latest = (parent: string, ids: readonly string[]): string => {
  const minute = (id: string): string => id.slice(0, 'YYYYMMDD-HHMM'.length);
  const last = minute(ids.at(-1) ?? '');
  const rivals = ids.filter((id) => minute(id) === last);
  if (rivals.length === 1) return rivals[0] as string;
  const born = (id: string): number => readMeta(layout(join(parent, id)).meta).createdAt;
  return rivals.reduce((a, b) => (born(b) >= born(a) ? b : a));
};
