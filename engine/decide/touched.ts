/**
 * Which steps have changed something, and which acts may still be working: kept while a run is folded, because every
 * decision asks, and looking at all steps each time made a long run slow. It follows from the state alone: a state that
 * was not folded from its first event has none, and is looked through as a whole.
 */
import type { Plan, PlanActStep } from '../plan.ts';
import type { ActKey, Recorded } from './events.ts';
import { actKey, parseActKey } from './keys.ts';
import { addToLane, type LaneSums, noLaneSums } from './lane-sums.ts';
import { placeOf } from './lanes.ts';
import { mayHaveActed, mayStillWork } from './queries.ts';
import type { RunState } from './state.ts';

interface Kept {
  readonly acted: Set<string>;
  readonly open: Set<ActKey>;
  /** In the order in which acts first started. */
  readonly known: Map<ActKey, number>;
  /** What is owed under one plan; null: nobody has asked since `acted` was made anew. */
  sum: {
    readonly plan: Plan;
    readonly msOf: (state: RunState, step: PlanActStep) => number;
    readonly sums: LaneSums;
  } | null;
}

const kept = new WeakMap<RunState, Kept>();

/** An attempt of its act may have changed something, and no rollback has ended that. */
export const hasActed = (state: RunState, step: string): boolean =>
  kept.get(state)?.acted.has(step) ?? isActed(state, step);

const isActed = (state: RunState, id: string): boolean => {
  const at = state.steps[id]?.state ?? 'pending';
  if (at === 'pending' || at === 'undone' || at === 'kept') return false;
  return state.acts[actKey(id, 'do', 0)]?.attempts.some(mayHaveActed) ?? false;
};

/** Ids of the steps that have acted, in no order. */
export const actedSteps = (state: RunState): Iterable<string> =>
  kept.get(state)?.acted ?? Object.keys(state.steps).filter((id) => isActed(state, id));

/** Acts without a proven end, in the order in which they first started. */
export const openActs = (state: RunState): readonly ActKey[] => {
  const found = kept.get(state);
  if (!found) return (Object.keys(state.acts) as ActKey[]).filter((key) => isOpen(state, key));
  const order = (key: ActKey): number => found.known.get(key) ?? 0;
  return [...found.open].sort((a, b) => order(a) - order(b));
};

const isOpen = (state: RunState, key: ActKey): boolean => {
  const act = state.acts[key];
  const last = act?.attempts.at(-1);
  return !!last && (last.living || mayStillWork(last) || (last.result === null && !act?.done));
};

/** Over the steps that have acted and that the plan undoes. `msOf` must depend on nothing that changes. */
export const sumsOfActed = (
  plan: Plan,
  state: RunState,
  msOf: (state: RunState, step: PlanActStep) => number,
): LaneSums => {
  const found = kept.get(state);
  if (found?.sum?.plan === plan && found.sum.msOf === msOf) return found.sum.sums;
  const sums = noLaneSums();
  for (const id of actedSteps(state)) {
    const step = plan.steps[id];
    if (step?.kind === 'act') addToLane(sums, placeOf(plan, id), msOf(state, step));
  }
  if (found) found.sum = { plan, msOf, sums };
  return sums;
};

/** After each event. @param first the state was empty before it */
export const keepTouched = (state: RunState, event: Recorded, first: boolean): void => {
  if (first) kept.set(state, { acted: new Set(), open: new Set(), known: new Map(), sum: null });
  const found = kept.get(state);
  if (!found) return;
  if (event.type === 'hold-resolved' || event.type === 'plan-amended') {
    // They may change any act.
    found.sum = null;
    for (const key of Object.keys(state.acts) as ActKey[]) lookAtAct(found, state, key);
    for (const id of Object.keys(state.steps)) lookAtStep(found, state, id);
    return;
  }
  if ('act' in event && event.act !== null && event.type !== 'run-held') {
    lookAtAct(found, state, event.act);
    const { step, phase } = parseActKey(event.act);
    if (phase === 'do') lookAtStep(found, state, step);
  }
  if ('step' in event && event.step !== null) lookAtStep(found, state, event.step);
};

const lookAtAct = ({ open, known }: Kept, state: RunState, key: ActKey): void => {
  if (!known.has(key) && state.acts[key]) known.set(key, known.size);
  if (isOpen(state, key)) open.add(key);
  else open.delete(key);
};

const lookAtStep = ({ acted, sum }: Kept, state: RunState, id: string): void => {
  const is = isActed(state, id);
  if (is === acted.has(id)) return;
  if (is) acted.add(id);
  else acted.delete(id);
  const step = sum?.plan.steps[id];
  if (!sum || step?.kind !== 'act') return;
  const ms = sum.msOf(state, step);
  addToLane(sum.sums, placeOf(sum.plan, id), is ? ms : -ms);
};
