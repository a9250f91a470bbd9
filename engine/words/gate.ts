/** A gate in words: the same in the plan, the rehearsal and the run. */
import { timerId } from '../decide/keys.ts';
import type { GateState, RunState } from '../decide/state.ts';
import type { Plan, PlanGate } from '../plan.ts';

export const verdictWord = {
  go: 'GO',
  no_go: 'NO-GO',
  expired: 'EXPIRED',
} satisfies Record<NonNullable<GateState['verdict']>, string>;

/** `1 of lead, deputy`; without people, `its criteria`. */
export const quorum = (gate: PlanGate): string =>
  gate.prompt === null ? 'its criteria' : `${gate.minApprovals} of ${gate.approvers.join(', ')}`;

/** Of a gate that is open. */
export interface Asked {
  readonly prompt: string | null;
  readonly needed: number;
  /** Ids of those who said go. */
  readonly gave: readonly string[];
  readonly approvers: readonly { readonly id: string; readonly name: string }[];
  readonly answers: GateState['answers'];
  /** Epoch ms; null: it waits for ever. */
  readonly deadline: number | null;
}

/** null: no such gate has been opened. */
export const askedOf = (plan: Plan, state: RunState, id: string): Asked | null => {
  const step = plan.steps[id];
  const gate = state.steps[id]?.gate;
  if (step?.kind !== 'gate' || !gate) return null;
  const goes = gate.answers.filter((a) => a.verdict === 'go');
  return {
    prompt: step.prompt,
    needed: step.minApprovals,
    gave: [...new Set(goes.map((a) => a.by ?? a.user))],
    approvers: step.approvers.map((a) => ({ id: a, name: plan.approvers[a]?.name ?? a })),
    answers: gate.answers,
    deadline: state.timers[timerId.gate(id, gate.round)]?.until ?? null,
  };
};

/** `1 of 2 approvals (lead)` */
export const given = ({ gave, needed }: Pick<Asked, 'gave' | 'needed'>): string =>
  `${gave.length} of ${needed} approvals${gave.length > 0 ? ` (${gave.join(', ')})` : ''}`;
