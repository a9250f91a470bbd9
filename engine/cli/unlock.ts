/** `runbook unlock FILE --run RUN`: gives back the lock of a run that can never be resumed. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DiagnosticError, fail } from '../diagnostic.ts';
import { openJournal } from '../journal/journal.ts';
import { replay } from '../journal/replay.ts';
import { openRun } from '../journal/run-dir.ts';
import { loadRunbook } from '../load/load.ts';
import { systemClock } from '../run/clock.ts';
import { thrownFailure } from '../run/failure.ts';
import { lockAt } from '../run/lock-at-place.ts';
import { entryText, holderOf, type LockEntry, standingOf } from '../run/lock-entry.ts';
import { createMasking } from '../run/masking.ts';
import { Reader } from '../run/reader.ts';
import { holderText } from '../words/lock.ts';
import { lockRun } from './drive.ts';
import { givenRunsDir, givenVars, givenVarsFiles } from './given.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import { runNow } from './run-now.ts';
import { secretsOf } from './secrets-of.ts';
import type { Handler, Input } from './spec.ts';

export const unlock: Handler = async (host, input) => {
  const reason = input.text(options.reasonRequired)?.trim() ?? '';
  if (reason === '') return fail('RB607', { flag: 'unlock' });
  const run = input.text(options.lockedRun) ?? '';
  const registry = await host.loadRegistry();
  const { plan, runbookDir } = await loadRunbook(resolve(host.cwd, input.needed(0)), {
    registry,
    varsFiles: givenVarsFiles(host, input),
    vars: givenVars(input),
  });
  const { lock } = plan;
  if (!lock)
    return fail('RB455', {
      what: `${plan.name} has no lock`,
      remedy: 'Name the runbook that declares the lock',
    });
  const secrets = await secretsOf(host, plan, runbookDir);
  const reader = new Reader({ plan, registry, runbookDir, secrets, clock: systemClock });
  try {
    const said = await giveBack(reader, { run, reason, by: host.user, ...lock });
    record(host, input, run, { lock: lock.name, place: lock.runOn, reason, secrets });
    host.stdout.write(`lock ${lock.name} on ${lock.runOn} is free; it was held by ${said}\n`);
    return 0;
  } catch (error) {
    if (error instanceof DiagnosticError) throw error;
    const { short, remedy } = thrownFailure(error, reader.masking);
    return fail('RB453', { lock: lock.name, place: lock.runOn, why: short, remedy: remedy ?? null });
  } finally {
    await reader.close();
  }
};

interface Given {
  readonly run: string;
  readonly reason: string;
  readonly by: string;
  readonly name: string;
  readonly runOn: string;
}

/** Returns who had it. */
const giveBack = async (reader: Reader, { run, reason, by, name, runOn }: Given): Promise<string> => {
  const at = await lockAt(reader.connections, runOn, name);
  const seen = await at.look();
  const standing = standingOf(seen, run);
  if (standing.is === 'free')
    return fail('RB455', { what: `Lock ${name} on ${runOn} is free`, remedy: 'Nothing has to be done' });
  if (standing.is === 'unreadable')
    return fail('RB453', { lock: name, place: runOn, why: 'its entry there cannot be read', remedy: null });
  if (standing.is !== 'own') {
    const holder = holderText(holderOf(standing.by, reader.masking));
    return fail('RB456', { lock: name, place: runOn, holder, given: run });
  }
  const entry = JSON.parse(seen.entry ?? '{}') as LockEntry;
  if (seen.silentMs !== null && seen.silentMs <= entry.ttlMs)
    return fail('RB457', { lock: name, run, seconds: Math.round(seen.silentMs / 1000) });
  const free = {
    ...entry,
    free: true,
    reason: reader.masking.text(`given back by hand, by ${by}: ${reason}`),
  };
  if (!(await at.claim(seen.token + 1, entryText(free))))
    return fail('RB455', { what: `Lock ${name} on ${runOn} changed in this moment`, remedy: 'Look again' });
  return holderText(holderOf(entry, reader.masking));
};

/** In the journal of the run, where it is on this machine: a resume has to take the lock anew. */
const record = (
  host: Host,
  input: Input,
  id: string,
  {
    lock,
    place,
    reason,
    secrets,
  }: { lock: string; place: string; reason: string; secrets: ReadonlyMap<string, string> },
): void => {
  const runsDir = givenRunsDir(host, input);
  if (!existsSync(join(runsDir, id))) return;
  const run = openRun(runsDir, id);
  const held = lockRun(host, run.path);
  try {
    const { journal } = openJournal(run.journal, undefined, held.record);
    try {
      const state = replay(run.journal, journal.events);
      if (state.settled || state.lock?.name !== lock || state.lock.givenBackAt !== null) return;
      const at = Math.max(runNow(host, state), journal.events.at(-1)?.at ?? 0);
      const text = createMasking(secrets).text(reason);
      journal.append([{ type: 'lock-given-back', lock, place, by: host.user, reason: text }], at);
    } finally {
      journal.close();
    }
  } finally {
    held.release();
  }
};
