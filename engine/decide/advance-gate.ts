/** A go/no-go: criteria first, then people. No answer is never a go. */

import type { Plan, PlanGate } from '../plan.ts';
import type { Decision } from './decisions.ts';
import { timerId } from './keys.ts';
import { joined, type Masked, ofPlan, say } from './masked.ts';
import { choices, go, type Move, settleStep } from './move.ts';
import { lineOf, stepState } from './queries.ts';
import type { GateState, RunState } from './state.ts';
import { waitUntil } from './times.ts';

/** Without a timeout, a go before the point of no return is valid this long after the planned start of the next step. */
const defaultValidMs = 15 * 60_000;

const open = (state: RunState, gate: PlanGate): Decision => {
  const round = (stepState(state, gate.id).gate?.round ?? 0) + 1;
  const unmet = gate.require.filter((id) => stepState(state, id).state !== 'succeeded');
  return { do: 'open-gate', id: `open:${gate.id}#${round}`, step: gate.id, round, unmet };
};

/** null: the go is of this session and still valid. */
export const staleGate = (plan: Plan, state: RunState, id: string, now: number): Move | null => {
  const step = plan.steps[id];
  if (step?.kind !== 'gate') return null;
  const { gate } = stepState(state, id);
  const fresh =
    gate?.verdict === 'go' &&
    gate.openedSession === state.session?.n &&
    (gate.validUntil === null || now <= gate.validUntil);
  return fresh ? null : go(open(state, step));
};

export const failedCriteria = (gate: GateState): readonly Masked[] => [
  ...gate.unmet.map((id) => say`${ofPlan(id)} has not succeeded`),
  ...gate.criteria
    .filter((c) => !c.holds)
    .map((c) => (c.error ? say`${ofPlan(c.expr)} (${c.error})` : say`${ofPlan(c.expr)}`)),
];

const goes = (gate: GateState): number =>
  new Set(gate.answers.filter((a) => a.verdict === 'go').map((a) => a.by)).size;

const validUntil = (plan: Plan, state: RunState, gate: PlanGate, now: number): number | null => {
  const line = lineOf(plan);
  const next = line?.gate === gate.id ? plan.steps[line.act] : undefined;
  if (!next) return null;
  return Math.max(now, waitUntil(plan, state, next) ?? now) + (gate.timeoutMs ?? defaultValidMs);
};

/** null: still open. */
const verdictOf = (
  state: RunState,
  step: PlanGate,
  gate: GateState,
  now: number,
): 'go' | 'no_go' | 'expired' | null => {
  if (failedCriteria(gate).length > 0) return 'no_go';
  if (step.prompt === null) return 'go';
  if (gate.answers.some((a) => a.verdict === 'no_go')) return 'no_go';
  const unattended = step.allowUnattended && gate.answers.some((a) => a.verdict === 'go' && a.unattended);
  if (unattended || goes(gate) >= step.minApprovals) return 'go';
  const timer = state.timers[timerId.gate(step.id, gate.round)];
  return timer && (timer.ended || now >= timer.until) ? 'expired' : null;
};

export const advanceGate = (plan: Plan, state: RunState, step: PlanGate, now: number): Move => {
  const { gate } = stepState(state, step.id);
  if (!gate) return go(open(state, step));
  // Criteria of another session are outdated, so they are evaluated again. A quorum that answered while no engine was
  // running still counts, but a go before the point of no return must be of this session.
  if (gate.verdict === null && gate.openedSession !== state.session?.n) {
    const answered = verdictOf(state, step, gate, now);
    const counts = answered === 'no_go' || (answered === 'go' && lineOf(plan)?.gate !== step.id);
    if (!counts) return go(open(state, step));
  }
  if (gate.verdict === null) return settleOrWait(plan, state, step, gate, now);
  if (gate.verdict === 'go') return go(settleStep(step.id, 'succeeded'));
  return afterNoGo(state, step, gate);
};

const settleOrWait = (plan: Plan, state: RunState, step: PlanGate, gate: GateState, now: number): Move => {
  const verdict = verdictOf(state, step, gate, now);
  if (verdict) {
    return go({
      do: 'settle-gate',
      id: `settle:${step.id}#${gate.round}`,
      step: step.id,
      round: gate.round,
      verdict,
      validUntil: verdict === 'go' ? validUntil(plan, state, step, now) : null,
    });
  }
  const timer = timerId.gate(step.id, gate.round);
  if (step.timeoutMs === null || state.timers[timer]) return go();
  return go({ do: 'arm-timer', id: timer, timer, until: gate.openedAt + step.timeoutMs });
};

/** `by` is an approver of the plan; `user` is a login. */
const noGoOf = (who: GateState['answers'][number] | undefined): Masked =>
  who ? say`${ofPlan(who.by ?? who.user)}: ${who.reason}` : say`nobody: `;

const afterNoGo = (state: RunState, step: PlanGate, gate: GateState): Move => {
  const expired = gate.verdict === 'expired';
  const who = gate.answers.find((a) => a.verdict === 'no_go');
  const failed = failedCriteria(gate);
  const why = failed.length > 0 ? joined(failed, '; ') : expired ? say`no answer in time` : noGoOf(who);
  const policy = expired && step.onTimeout === 'hold' ? 'hold' : step.onNoGo;
  if (policy === 'rollback' && !state.line)
    return { kind: 'roll-back', reason: say`${ofPlan(step.id)}: no-go (${why})` };
  return {
    kind: 'hold',
    request: {
      cause: expired ? 'gate-expired' : 'no-go',
      step: step.id,
      act: null,
      message: expired ? say`${ofPlan(step.id)}: ${why}` : say`${ofPlan(step.id)}: no-go (${why})`,
      remedy: null,
      choices: choices(state, 'retry', 'roll-back', 'stop'),
    },
  };
};
