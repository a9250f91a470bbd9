/** What a gate asks of its people, in a few words: the same in the plan, the rehearsal and the night. */
import type { PlanGate } from '../plan.ts';

/** `1 of lead, deputy`; without people, `its criteria`. */
export const quorum = (gate: PlanGate): string =>
  gate.prompt === null ? 'its criteria' : `${gate.minApprovals} of ${gate.approvers.join(', ')}`;
