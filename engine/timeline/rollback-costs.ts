/** What a rollback costs at each moment, as the core counts it (decide/owed.ts), where nothing fails. */
import { latestSafeAbort, undoMs } from '../decide/owed.ts';
import { isBackground, lineOf } from '../decide/queries.ts';
import type { Plan } from '../plan.ts';
import { lastBefore } from './last-before.ts';
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

/** Of all that has started by then, in the order of the starts: the longest lane, and the longest of the others. */
interface Owed {
  readonly fromMs: number;
  readonly longest: { readonly lane: number; readonly ms: number };
  readonly secondMs: number;
}

const nothing: Owed = { fromMs: Number.NEGATIVE_INFINITY, longest: { lane: -1, ms: 0 }, secondMs: 0 };

const withLane = ({ longest, secondMs }: Owed, fromMs: number, lane: number, ms: number): Owed => {
  if (lane === longest.lane) return { fromMs, longest: { lane, ms }, secondMs };
  if (ms > longest.ms) return { fromMs, longest: { lane, ms }, secondMs: longest.ms };
  return { fromMs, longest, secondMs: Math.max(secondMs, ms) };
};

interface InLane extends Placed {
  readonly lane: number;
  /** What its lane owes once it has started. */
  readonly laneMs: number;
}

const inLanes = (lanes: readonly (readonly Placed[])[]): readonly InLane[] =>
  lanes.flatMap((steps, lane) => {
    let laneMs = 0;
    return steps.map((placed) => {
      laneMs += costOf(placed);
      return { ...placed, lane, laneMs };
    });
  });

export const rollbackCosts = (plan: Plan, { entries }: Walk): RollbackCosts => {
  const line = lineOf(plan);
  const wayBackMs = new Map<string, number | null>();
  /** Over all entries, as sums. */
  const all: { readonly fromMs: number; readonly sumMs: number }[] = [];
  let base = 0;
  let noReturnMs: number | null = null;
  let windowHold: string | null = null;
  /** As decide/window.ts. Before the gate of the point of no return, its time for an answer is kept free, too. */
  let safeMs = latestSafeAbort(plan, plannedState());
  for (const lanes of entries) {
    const placed = inLanes(lanes);
    const byStart = placed.toSorted((a, b) => a.startMs - b.startMs);
    const owed: Owed[] = [];
    for (const { startMs, lane, laneMs } of byStart) {
      const now = withLane(owed.at(-1) ?? nothing, startMs, lane, laneMs);
      owed.push(now);
      all.push({ fromMs: startMs, sumMs: base + now.longest.ms });
    }
    // The next step of its own lane starts at its end, and has not started yet.
    const atEnd = ({ lane, laneMs, endMs }: InLane): number => {
      const { longest, secondMs } = lastBefore(owed, endMs + 1) ?? nothing;
      return base + Math.max(laneMs, longest.lane === lane ? secondMs : longest.ms);
    };
    if (noReturnMs === null && safeMs !== null) {
      const limitMs = safeMs;
      const late = byStart.find((each) => each.step.kind === 'act' && each.endMs > limitMs - atEnd(each));
      windowHold ??= late?.step.id ?? null;
    }
    noReturnMs ??= placed.find(({ step }) => step.id === line?.act)?.startMs ?? null;
    for (const each of placed) wayBackMs.set(each.step.id, noReturnMs === null ? atEnd(each) : null);
    if (placed.some(({ step }) => step.id === line?.gate)) safeMs = plan.timeline.hardStopMs;
    base += owed.at(-1)?.longest.ms ?? 0;
  }
  // Beside the list: what starts at the very end of a watch has not started yet.
  for (const { step, endMs } of entries.flat(2).filter((each) => isBackground(each.step))) {
    const whenStarted = wayBackMs.get(step.id) ?? 0;
    const passed = noReturnMs !== null && endMs >= noReturnMs;
    wayBackMs.set(step.id, passed ? null : Math.max(whenStarted, lastBefore(all, endMs)?.sumMs ?? 0));
  }
  return { wayBackMs, noReturnMs, windowHold };
};
