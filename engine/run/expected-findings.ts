/** What a dry run says of what it does not carry out: whom it would ask, what it would measure or wait for. */
import prettyMs from 'pretty-ms';
import type { PlanAct, PlanGate, PlanStep, PlanUntil, PlanWatch } from '../plan.ts';
import type { Finding } from '../step.ts';
import type { Judgement } from './until-true.ts';

/** Outputs of the run decide it. */
export const conditionFinding = ({ when }: PlanStep): readonly Finding[] =>
  when === undefined ? [] : [{ level: 'simulated', what: `runs only if ${when}` }];

/** Which people are needed, and for how long. */
export const gateFinding = (gate: PlanGate): Finding => {
  const { prompt, minApprovals, approvers, timeoutMs } = gate;
  if (prompt === null) return { level: 'simulated', what: 'decided by its criteria' };
  const within = timeoutMs === null ? 'without a time limit' : `within ${prettyMs(timeoutMs)}`;
  return {
    level: 'simulated',
    what: `asks ${minApprovals} of ${approvers.join(', ')}, ${within}: ${prompt}`,
  };
};

/** What is measured, and the limits. */
export const watchFinding = (watch: PlanWatch): Finding => {
  const { measure, intervalMs, count, failureLimit, onFailure } = watch;
  const times = count === null ? '' : `, ${count} times`;
  const what = `${measure.preview} every ${prettyMs(intervalMs)}${times}; more than ${failureLimit} failed: ${onFailure}`;
  return { level: 'simulated', what };
};

/** What it would wait for, and what is there now. */
export const untilFinding = (
  { preview, message }: PlanAct,
  { expr, everyMs, forMs }: PlanUntil,
  { outcome, told }: Judgement,
): Finding => {
  const now = told ?? 'nothing was read';
  if (outcome.done) return { level: 'verified', what: `true now: ${preview}, until ${expr} (${now})` };
  const why = outcome.retryable && outcome.short !== told ? `${now}; ${outcome.short}` : now;
  const waits = `would wait up to ${prettyMs(forMs)}, every ${prettyMs(everyMs)}, until ${expr} (now: ${why})`;
  const what = `${message ?? preview}: ${waits}`;
  return outcome.retryable
    ? { level: 'simulated', what }
    : { level: 'problem', what: `${preview}: ${outcome.short}` };
};
