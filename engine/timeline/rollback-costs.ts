/** What a rollback costs at each moment, as the core counts it (decide/owed.ts), where nothing fails. */
import { addToLane, noLaneSums } from '../decide/lane-sums.ts';
import { latestSafeAbort, undoMs } from '../decide/owed.ts';
import { isBackground, lineOf } from '../decide/queries.ts';
import type { Plan } from '../plan.ts';
import { type Placed, plannedState, type Walk } from './walk.ts';

export interface RollbackCosts {
  /** By step id, at its end; null: after the point of no return. */
  readonly wayBackMs: ReadonlyMap<string, number | null>;
  readonly noReturnMs: number | null;
  readonly windowHold: string | null;
}

const state = plannedState();

const costOf = ({ step }: Placed): number =>
  step.kind === 'act' && step.undo.mode !== 'nothing' ? undoMs(state, step) : 0;

/** Of all that has started by then, in the order of the starts. */
interface Owed {
  readonly fromMs: number;
  readonly sumMs: number;
}

const owedAt = (owed: readonly Owed[], atMs: number, before = 0): number => {
  let [low, high] = [0, owed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((owed[middle] as Owed).fromMs <= atMs) low = middle + 1;
    else high = middle;
  }
  return owed[low - 1]?.sumMs ?? before;
};

/** With the index of their lane. */
const byStart = (lanes: readonly (readonly Placed[])[]): readonly (readonly [number, Placed])[] =>
  lanes
    .flatMap((lane, i) => lane.map((placed) => [i, placed] as const))
    .sort(([, a], [, b]) => a.startMs - b.startMs);

export const rollbackCosts = (plan: Plan, { entries }: Walk): RollbackCosts => {
  const line = lineOf(plan);
  const wayBackMs = new Map<string, number | null>();
  const owed: Owed[] = [];
  let sumMs = 0;
  let noReturnMs: number | null = null;
  let windowHold: string | null = null;
  /** As decide/window.ts. Before the gate of the point of no return, its time for an answer is kept free, too. */
  let safeMs = latestSafeAbort(plan, plannedState());
  for (const lanes of entries) {
    const group = lanes.flat();
    const base = sumMs;
    const own: Owed[] = [];
    const sums = noLaneSums();
    for (const [lane, placed] of byStart(lanes)) {
      addToLane(sums, { entry: 0, lane, index: 0 }, costOf(placed));
      sumMs = base + sums.ms;
      own.push({ fromMs: placed.startMs, sumMs });
    }
    owed.push(...own);
    if (noReturnMs === null && safeMs !== null) {
      const limitMs = safeMs;
      const late = group
        .toSorted((a, b) => a.startMs - b.startMs)
        .find(({ step, endMs }) => step.kind === 'act' && endMs > limitMs - owedAt(own, endMs, base));
      windowHold ??= late?.step.id ?? null;
    }
    noReturnMs ??= group.find(({ step }) => step.id === line?.act)?.startMs ?? null;
    for (const { step, endMs } of group)
      wayBackMs.set(step.id, noReturnMs === null ? owedAt(own, endMs, base) : null);
    if (group.some(({ step }) => step.id === line?.gate)) safeMs = plan.timeline.hardStopMs;
  }
  // Beside the list: what starts at the very end of a watch has not started yet.
  for (const { step, endMs } of entries.flat(2).filter((each) => isBackground(each.step))) {
    const whenStarted = wayBackMs.get(step.id) ?? 0;
    const passed = noReturnMs !== null && endMs >= noReturnMs;
    wayBackMs.set(step.id, passed ? null : Math.max(whenStarted, owedAt(owed, endMs - 1)));
  }
  return { wayBackMs, noReturnMs, windowHold };
};
