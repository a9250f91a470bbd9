/** What earlier runs of the same runbook in the same environment say of its steps. */
import type { Recorded } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import { undoTookMs } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan, PlanStep } from '../plan.ts';

/** ms by step id, the newest run first. */
export interface EarlierRuns {
  readonly forward: ReadonlyMap<string, readonly number[]>;
  readonly undo: ReadonlyMap<string, readonly number[]>;
  /** Runs that say something. */
  readonly runs: number;
}

export const noEarlierRuns: EarlierRuns = { forward: new Map(), undo: new Map(), runs: 0 };

export interface EarlierRun {
  readonly events: readonly Recorded[];
  readonly state: RunState;
  /** As it was when the run ended; null: it cannot be read any more. */
  plan(): Plan | null;
}

/**
 * Only steps that went through in one go: what a hold took depends on the person who had to decide. Waits for planned
 * times are no part of a step, so that a rehearsal without them counts as well.
 */
export const learn = (plan: Plan, runs: Iterable<EarlierRun>): EarlierRuns => {
  const forward = new Map<string, number[]>();
  const undo = new Map<string, number[]>();
  let count = 0;
  for (const run of runs) {
    const facts = factsOf(run.events);
    let says = false;
    const add = (to: Map<string, number[]>, id: string, ms: number | null): void => {
      if (ms === null) return;
      says = true;
      const there = to.get(id);
      if (there) there.push(ms);
      else to.set(id, [ms]);
    };
    for (const step of Object.values(plan.steps)) {
      add(forward, step.id, forwardTook(step, run.state, facts));
      if (step.kind === 'act') add(undo, step.id, undoTook(step, run, facts));
    }
    if (says) count++;
  }
  return { forward, undo, runs: count };
};

interface RunFacts {
  /** Steps at which the run was held going forward, and in a rollback. */
  readonly held: ReadonlySet<string>;
  readonly heldUndo: ReadonlySet<string>;
  /** Digest of the step when its act last started, by step. */
  readonly digests: ReadonlyMap<string, string>;
}

const factsOf = (events: readonly Recorded[]): RunFacts => {
  const held = new Set<string>();
  const heldUndo = new Set<string>();
  const digests = new Map<string, string>();
  let rollback = false;
  for (const event of events) {
    if (event.type === 'rollback-started') rollback = true;
    if (event.type === 'run-held' && event.step !== null) (rollback ? heldUndo : held).add(event.step);
    if (event.type !== 'act-started') continue;
    const { step, phase } = parseActKey(event.act);
    if (phase === 'do') digests.set(step, event.digest);
  }
  return { held, heldUndo, digests };
};

const forwardTook = (step: PlanStep, state: RunState, { held, digests }: RunFacts): number | null => {
  const s = state.steps[step.id];
  if (s?.startedAt == null || s.forwardAt === null || held.has(step.id)) return null;
  const { startedAt, forwardAt, gate } = s;
  switch (step.kind) {
    case 'act': {
      const act = state.acts[`${step.id}/do/0`];
      if (!act?.done || digests.get(step.id) !== step.digest.forward) return null;
      // An engine was lost meanwhile.
      if (new Set(act.attempts.map(({ session }) => session)).size > 1) return null;
      return isSuccess(s.state) ? forwardAt - startedAt : null;
    }
    case 'gate':
      // Whoever said go; a flag of the command line is nobody's answer.
      if (gate?.verdict !== 'go' || gate.round > 1 || gate.answers.some(({ unattended }) => unattended))
        return null;
      return forwardAt - gate.openedAt;
    case 'checklist':
      return s.state === 'succeeded' && (s.checklist?.round ?? 0) <= 1 ? forwardAt - startedAt : null;
    case 'watch':
      return s.state === 'succeeded' ? forwardAt - startedAt : null;
    case 'wait':
      return null;
  }
};

/** Undone or kept by a rollback: it had succeeded before. */
const isSuccess = (state: RunState['steps'][string]['state']): boolean =>
  state === 'succeeded' || state === 'undone' || state === 'kept';

const undoTook = (step: PlanStep, run: EarlierRun, { heldUndo }: RunFacts): number | null => {
  const ms = undoTookMs(run.state, step.id);
  if (ms === null || heldUndo.has(step.id)) return null;
  return run.plan()?.steps[step.id]?.digest.undo === step.digest.undo ? ms : null;
};
