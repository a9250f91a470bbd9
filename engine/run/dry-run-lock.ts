/** Whether the lock could be taken now, and who has it: a read. */
import type { PlanLock } from '../plan.ts';
import type { Finding } from '../step.ts';
import type { Connections } from './connections.ts';
import { lockAt } from './lock-at-place.ts';
import { standingOf } from './lock-entry.ts';

const ago = (ms: number | null): string =>
  ms === null
    ? 'kept without a limit: it is held, or its engine was stopped'
    : `last sign of life ${Math.round(ms / 1000)} s ago`;

/** Throws what its place throws. */
export const lockFinding = async (
  { name, runOn }: PlanLock,
  connections: Pick<Connections, 'open'>,
): Promise<Finding> => {
  const seen = await (await lockAt(connections, runOn, name)).look();
  const standing = standingOf(seen, '');
  const on = `lock ${name} on ${runOn}`;
  if (standing.is === 'unreadable')
    return { level: 'problem', what: `${on}: its entry there cannot be read` };
  if (standing.is === 'held' || standing.is === 'stale') {
    const { run, runbook, user, host, reason } = standing.by;
    const by = `run ${run} of ${runbook}, by ${user}@${host}${reason === undefined ? '' : `: ${reason}`}`;
    return standing.is === 'held'
      ? {
          level: 'problem',
          what: `${on} is held by ${by} (${ago(seen.silentMs)})`,
          remedy: 'Wait until that run has ended',
        }
      : { level: 'simulated', what: `${on} would be taken over from ${by} (${ago(seen.silentMs)})` };
  }
  return seen.writable
    ? { level: 'verified', what: `${on} is free` }
    : {
        level: 'problem',
        what: `${on}: it cannot be written there`,
        remedy: 'Make the state folder of the place writable',
      };
};
