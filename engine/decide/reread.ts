/**
 * A verify on the output of a read: with the same rows its result would never change, so each attempt reads again.
 * Several verifies must pass on the same, newest rows.
 */
import type { PlanAct, PlanStep } from '../plan.ts';
import type { ActProgress } from './advance-act.ts';
import { advanceAct, checkPolicy, runAct } from './advance-act.ts';
import type { ActKey } from './events.ts';
import { timerId } from './keys.ts';
import type { RunState } from './state.ts';

/** Whether the check judges the output of its own step, and that one may be read again. */
export const judgesOwnRead = (step: PlanStep | undefined, check: PlanAct): boolean =>
  step?.kind === 'act' && step.act.effects === 'read' && check.reads.includes(step.id);

/**
 * The check, and the read behind it: once it has failed, the read is taken again after the check's interval and the
 * check with it, as often as the check may be retried.
 */
export const advanceOwnRead = (
  state: RunState,
  { read, check }: { readonly read: ActKey; readonly check: ActKey },
  spec: PlanAct,
  now: number,
): ActProgress => {
  const [taken, told] = [state.acts[read]?.attempts.at(-1), state.acts[check]?.attempts.at(-1)];
  // A person asked for a new read.
  if (taken && told?.waived && taken.seq < told.seq) return runAct(checkPolicy(read), taken.n + 1);
  const progress = advanceAct(state, checkPolicy(check), now);
  if (!taken || !told) return progress;
  // It passed on rows that another check has since replaced; a person's `done` is kept.
  if (progress.is === 'done' && told.result === 'done' && taken.seq > told.seq)
    return runAct(checkPolicy(check), told.n + 1);
  if (progress.is !== 'failed') return progress;
  if (taken.seq > told.seq) return runAct(checkPolicy(check), told.n + 1);
  const failures = (state.acts[check]?.attempts ?? []).filter(
    ({ n, result }) => n > (state.acts[check]?.countFrom ?? 0) && result === 'failed',
  ).length;
  const { limit, intervalMs, backoff } = spec.retry;
  if (failures > limit) return progress;
  const timer = timerId.retry(check, told.n);
  const until = (told.finishedAt ?? now) + Math.round(intervalMs * backoff ** Math.max(0, failures - 1));
  const armed = state.timers[timer];
  if (!armed) return { is: 'busy', decisions: [{ do: 'arm-timer', id: timer, timer, until }] };
  if (!armed.ended && now < armed.until) return { is: 'busy', decisions: [] };
  return runAct(checkPolicy(read), taken.n + 1);
};
