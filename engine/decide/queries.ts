/**
 * Queries on the state of a run, shared by the decider, the words and the report. Pure.
 */
import type { Plan, PlanChecklist, PlanEntry, PlanItem, PlanLine, PlanStep, PlanWatch } from '../plan.ts';
import type { ActKey } from './events.ts';
import { newWatch } from './fold-watch.ts';
import { actKey } from './keys.ts';
import { perPlan } from './per-plan.ts';
import type { ActState, AttemptState, Counts, ItemState, RunState, StepState, WatchState } from './state.ts';

// The plan.

export const lineOf = perPlan((plan): PlanLine | null => plan.entries.find((e) => e.kind === 'line') ?? null);

/** Ids of the steps that an entry of the list starts; none of the point of no return. */
export const entrySteps = (entry: PlanEntry): readonly string[] => {
  switch (entry.kind) {
    case 'step':
      return [entry.step];
    case 'parallel':
      return entry.steps;
    case 'line':
      return [];
  }
};

/** Entries as groups of steps that start together. */
export const groupsOf = perPlan((plan): readonly (readonly PlanStep[])[] =>
  plan.entries
    .filter((e) => e.kind !== 'line')
    .map((e) => entrySteps(e).flatMap((id) => plan.steps[id] ?? [])),
);

export const isBackground = (step: PlanStep | undefined): step is PlanWatch & { untilMs: number } =>
  step?.kind === 'watch' && step.untilMs !== null;

/** Planned for when the watch is over: it waits for its verdict. */
export const comesAfter = (step: PlanStep, watch: PlanWatch): boolean =>
  watch.untilMs !== null && step.atMs !== null && step.atMs >= watch.untilMs;

// The run and its steps.

export const stepState = (state: RunState, id: string): StepState =>
  state.steps[id] ?? {
    state: 'pending',
    order: null,
    plannedAt: null,
    startedAt: null,
    settledAt: null,
    forwardAt: null,
    undoStartedAt: null,
    gate: null,
    watch: null,
    checklist: null,
    condition: null,
    reason: null,
    skipped: null,
  };

export const isLeft = (state: RunState, step: PlanStep): boolean => {
  const { state: at } = stepState(state, step.id);
  return at === 'pending' || at === 'running';
};

/** It did its work, and its output is there: what `steps['x'].ran` means. Also after its verify failed. */
export const hasRun = (plan: Plan, state: RunState, id: string): boolean => {
  const { state: at } = stepState(state, id);
  if (at === 'skipped') return false;
  if (plan.steps[id]?.kind === 'act') return state.acts[actKey(id, 'do', 0)]?.done ?? false;
  return at !== 'pending' && at !== 'running';
};

/** The state with the session ended: a killed engine could not write that itself. */
export const withoutEngine = (state: RunState): RunState =>
  state.session && state.session.endedAt === null
    ? { ...state, session: { ...state.session, endedAt: state.lastAt } }
    : state;

/** The list waits for a choice, or for a resume. */
export const standsStill = ({ hold, session }: RunState): boolean =>
  hold !== null || session?.endedAt != null;

/** Whether its own work waits for a choice. A window hold lets it continue. */
export const isStopped = (state: RunState, id: string): boolean =>
  state.hold?.step === id && state.hold.cause !== 'window';

/** Acts start in the order of their numbers. */
const forwardActs = (state: RunState, id: string): readonly ActState[] => {
  const found: ActState[] = [];
  for (const phase of ['pre', 'do', 'verify'] as const) {
    for (let i = 0; ; i++) {
      const act = state.acts[actKey(id, phase, i)];
      if (!act) break;
      found.push(act);
    }
  }
  return found;
};

/** A forward act failed and was not done later. */
export const hasFailed = (state: RunState, id: string): boolean =>
  forwardActs(state, id).some((act) => !act.done && act.attempts.at(-1)?.result === 'failed');

/** ms from its start to its end going forward; null: not started, or still running. */
export const forwardMs = (state: RunState, id: string): number | null => {
  const { startedAt, forwardAt, gate } = stepState(state, id);
  if (startedAt === null) return null;
  if (forwardAt !== null) return forwardAt - startedAt;
  if (isStopped(state, id) && !state.rollback) return (state.hold?.at ?? startedAt) - startedAt;
  if (!state.rollback) return null;
  if (gate) return state.rollback.startedAt - startedAt;
  const ends = forwardActs(state, id).flatMap((act) => act.attempts.flatMap((a) => a.finishedAt ?? []));
  return Math.max(startedAt, ...ends) - startedAt;
};

/** ms that its undo took; null: it was not undone, or is still. */
export const undoTookMs = (state: RunState, id: string): number | null => {
  const { state: at, undoStartedAt, settledAt } = stepState(state, id);
  return at === 'undone' && undoStartedAt !== null && settledAt !== null ? settledAt - undoStartedAt : null;
};

export const undoneCount = (state: RunState): number =>
  Object.values(state.steps).filter((s) => s.state === 'undone').length;

// Acts.

/** Whether this attempt may have changed something: no only if that is proven. */
export const mayHaveActed = (attempt: AttemptState): boolean => {
  if (attempt.probe?.state === 'not-done') return false;
  return attempt.result === null || attempt.result === 'done' || attempt.effect !== 'none';
};

/** Whether work of this attempt may still be running: no only if that is proven. */
export const mayStillWork = (attempt: AttemptState): boolean => {
  if (attempt.living) return true;
  const { probe } = attempt;
  if (attempt.ended || (probe && probe.state !== 'alive' && probe.state !== 'unknown')) return false;
  return attempt.result === null || (attempt.result === 'failed' && attempt.effect === 'unknown');
};

/** An attempt without an outcome: its work may be going on. */
const isUnended = (state: RunState, act: ActKey): boolean =>
  state.acts[act]?.attempts.at(-1)?.result === null && !state.acts[act]?.done;

/** An attempt that this session started and that will say how it ended. */
export const isRunning = (state: RunState, act: ActKey): boolean =>
  isUnended(state, act) && state.acts[act]?.attempts.at(-1)?.session === state.session?.n;

// Gates.

const gatesOf = perPlan((plan) =>
  Object.values(plan.steps)
    .filter((step) => step.kind === 'gate')
    .map((gate) => gate.id),
);

/** None in a rollback: a go would have no effect. */
export const openGates = (plan: Plan, state: RunState): readonly string[] =>
  state.rollback ? [] : gatesOf(plan).filter((id) => state.steps[id]?.gate?.verdict === null);

/** The gate before the point of no return that waits only for people. null: there is none, or it is not open. */
export const openLineGate = (plan: Plan, state: RunState): string | null => {
  const line = lineOf(plan);
  const gate = line && stepState(state, line.gate).gate;
  return line && gate?.verdict === null && !state.line ? line.gate : null;
};

// Checklists.

export const itemState = (state: RunState, step: PlanChecklist, item: PlanItem): ItemState | null => {
  const items = stepState(state, step.id).checklist?.items;
  return items && Object.hasOwn(items, item.id) ? (items[item.id] ?? null) : null;
};

const checklists = perPlan((plan) => Object.values(plan.steps).filter((s) => s.kind === 'checklist'));

/** Items that wait for a person now. None in a rollback, or while held at the checklist itself. */
export const openItems = (plan: Plan, state: RunState): readonly { step: PlanChecklist; item: PlanItem }[] =>
  state.rollback
    ? []
    : checklists(plan)
        .filter(({ id }) => {
          const { state: at, checklist } = stepState(state, id);
          return at === 'running' && state.hold?.step !== id && (checklist?.openedSession ?? 0) > 0;
        })
        .flatMap((step) => unansweredItems(state, step).map((item) => ({ step, item })));

/** Items for people without an answer yet. */
export const unansweredItems = (state: RunState, step: PlanChecklist): readonly PlanItem[] =>
  step.items.filter((item) => item.check === null && itemState(state, step, item) === null);

// Watches.

export const backgroundWatches = perPlan((plan) => Object.values(plan.steps).filter(isBackground));

export const runningWatches = (plan: Plan, state: RunState): readonly PlanWatch[] =>
  backgroundWatches(plan).filter((w) => stepState(state, w.id).state === 'running');

/** They stop the list from the trip until a choice is made. With `continue` no choice is needed. */
export const stoppingWatches = (plan: Plan, state: RunState): readonly PlanWatch[] =>
  runningWatches(plan, state).filter(
    (w) => w.onFailure !== 'continue' && !!stepState(state, w.id).watch?.tripped,
  );

export const watchState = (state: RunState, id: string): WatchState =>
  stepState(state, id).watch ?? newWatch();

export const takenOf = (counts: Counts): number =>
  counts.success + counts.failure + counts.inconclusive + counts.error;

/** Of the next measurement. */
export const dueAt = (state: RunState, step: PlanWatch, now: number): number => {
  const { startedAt } = stepState(state, step.id);
  const { last } = watchState(state, step.id);
  return last ? last.at + step.intervalMs : (startedAt ?? now) + step.initialDelayMs;
};
