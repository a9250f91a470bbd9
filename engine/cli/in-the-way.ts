/** What keeps a new run from starting: a lock that another run has, or an earlier run that has not ended. */
import { withoutEngine } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import { fail } from '../diagnostic.ts';
import { type ListedRun, listRuns } from '../journal/list-runs.ts';
import { whoHolds } from '../journal/lock.ts';
import type { Plan } from '../plan.ts';
import { systemClock } from '../run/clock.ts';
import { thrownFailure } from '../run/failure.ts';
import { lockAt } from '../run/lock-at-place.ts';
import { holderOf, standingOf } from '../run/lock-entry.ts';
import type { ReaderOptions } from '../run/reader.ts';
import { Reader } from '../run/reader.ts';
import { untilAborted } from '../run/time-limit.ts';
import { holderText } from '../words/lock.ts';
import { stateWord } from '../words/overview.ts';
import { options } from './options.ts';
import type { Input } from './spec.ts';

export interface Beside {
  readonly runs: readonly string[];
  readonly reason: string;
}

const lockCallMs = 60_000;

/** Throws RB451, RB453. */
const refuseTaken = async (
  reading: Omit<ReaderOptions, 'clock'>,
  lock: NonNullable<Plan['lock']>,
): Promise<void> => {
  const reader = new Reader({ ...reading, clock: systemClock });
  const { name, runOn } = lock;
  try {
    const seen = await untilAborted(
      systemClock,
      { timeoutMs: lockCallMs, killGraceMs: 0 },
      new AbortController(),
      async () => (await lockAt(reader.connections, runOn, name)).look(),
    ).catch((error: unknown) => {
      const { short, remedy } = thrownFailure(error, reader.masking);
      return fail('RB453', { lock: name, place: runOn, why: short, remedy: remedy ?? null });
    });
    const standing = standingOf(seen, '');
    if (standing.is === 'unreadable')
      fail('RB453', { lock: name, place: runOn, why: 'its entry there cannot be read', remedy: null });
    if (standing.is !== 'held') return;
    const holder = holderOf(standing.by, reader.masking);
    fail('RB451', {
      lock: name,
      place: runOn,
      holder: holderText(holder),
      run: holder.run,
      host: holder.host,
    });
  } finally {
    await reader.close();
  }
};

type Unsettled = ListedRun & { readonly state: RunState };

/** Newest first. */
const unsettledRuns = (runsDir: string, plan: Plan): readonly Unsettled[] =>
  [...listRuns(runsDir)].filter(
    (run): run is Unsettled =>
      run.state !== null &&
      run.state.runbook === plan.name &&
      run.state.environment === plan.environment &&
      run.state.settled === null,
  );

/** Before a run exists. What is journaled of the runs that it starts beside; null: there are none. */
export const refuseOthers = async (
  input: Input,
  runsDir: string,
  reading: Omit<ReaderOptions, 'clock'>,
): Promise<Beside | null> => {
  const { plan } = reading;
  const beside = input.flag(options.beside);
  const reason = input.text(options.reason)?.trim() ?? '';
  if (plan.lock) {
    if (beside) fail('RB454', { lock: plan.lock.name });
    await refuseTaken(reading, plan.lock);
    return null;
  }
  if (beside && reason === '') fail('RB607', { flag: '--beside' });
  const [first, ...others] = unsettledRuns(runsDir, plan);
  if (!first) return null;
  if (beside) return { runs: [first, ...others].map(({ id }) => id), reason };
  const { live } = whoHolds(first.path);
  return fail('RB452', {
    run: first.id,
    of: `${plan.name}${plan.environment === null ? '' : ` (${plan.environment})`}`,
    state: live ? `${stateWord(first.state)}, engine running` : stateWord(withoutEngine(first.state)),
    more: others.length,
    rollback: first.state.line === null,
  });
};
