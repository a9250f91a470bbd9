/** A step that a person leaves out before it starts. */
import type { Plan } from '../plan.ts';
import type { MaskedCommand } from './decisions.ts';
import { lineOf, stepState } from './queries.ts';
import type { Answered, SkipFault } from './refusal.ts';
import type { RunState } from './state.ts';

/** null: the run may go on without it. Whether others read its output is asked before the run: no expression is read here. */
export const skipFault = (plan: Plan, state: RunState, id: string): SkipFault | null => {
  const line = lineOf(plan);
  if (!Object.hasOwn(plan.steps, id)) return { kind: 'unknown' };
  if (line?.act === id || line?.gate === id) return { kind: 'line', side: line.act === id ? 'act' : 'gate' };
  const gate = Object.values(plan.steps).find((step) => step.kind === 'gate' && step.require.includes(id));
  if (gate) return { kind: 'required', gate: gate.id };
  const { state: at } = stepState(state, id);
  return at === 'pending' ? null : { kind: 'begun', state: at };
};

export const skipAhead = (
  plan: Plan,
  state: RunState,
  { step, user: by, reason }: Extract<MaskedCommand, { command: 'skip' }>,
): Answered => {
  if (state.settled) return { refused: { why: 'settled', result: state.settled.result } };
  if (state.rollback) return { refused: { why: 'already-rolling-back' } };
  const fault = skipFault(plan, state, step);
  if (fault) return { refused: { why: 'not-skippable', step, fault } };
  return { events: [{ type: 'step-settled', step, state: 'skipped', by, reason }] };
};
