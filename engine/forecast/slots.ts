/** What is left of a plan, step by step, as a schedule needs it: worked out once, played many times. */
import { actKey } from '../decide/keys.ts';
import { laneStepsOf } from '../decide/lanes.ts';
import { crossesLine, owedSteps, undoMs } from '../decide/owed.ts';
import {
  comesAfter,
  groupsOf,
  isBackground,
  isLeft,
  mayHaveActed,
  stepState,
  takenOf,
  watchState,
} from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan, PlanStep, PlanWatch } from '../plan.ts';

const never = Number.POSITIVE_INFINITY;

export interface Slot {
  readonly step: PlanStep;
  /** Index in the list. */
  readonly i: number;
  /** null: not yet started. Epoch ms. */
  readonly startedAt: number | null;
  /** What a rollback owes for it, from its start. */
  readonly undoMs: number;
  /** Its undo is already counted as owed. */
  readonly owed: boolean;
  readonly crosses: boolean;
  /** Time limit for people; Infinity: none. */
  readonly answerMs: number;
  /** Watches beside the list whose verdict it waits for. */
  readonly after: readonly Beside[];
}

export interface Beside {
  readonly i: number;
  readonly untilMs: number;
  readonly watch: PlanWatch;
  /** Of its first measurement that is left, counted from its start; null: it has started, and then it is an instant. */
  readonly nextAt: number | null;
  /** Measurements that are left; Infinity: no count. */
  readonly left: number;
  /** One is needed before it can end. */
  readonly needsOne: boolean;
}

/** What is left of an entry of the list. */
export interface SlotGroup {
  readonly lanes: readonly (readonly Slot[])[];
  /** What a rollback owes for each of them already, and for the longest. */
  readonly owedMs: readonly number[];
  readonly longestMs: number;
  /** What it owes for the longest once all have started. */
  readonly fullMs: number;
  /** Something in it counts from the end of something else in it, at T0. */
  readonly waitsForT0: boolean;
}

/** By entry of the list; none where nothing is left. */
export const slotsOf = (plan: Plan, state: RunState, beside: readonly Beside[]): readonly SlotGroup[] => {
  const owed = new Set(owedSteps(plan, state).map(({ id }) => id));
  const index = new Map(
    groupsOf(plan)
      .flat()
      .map(({ id }, i) => [id, i] as const),
  );
  const slot = (step: PlanStep): readonly Slot[] => {
    if (!isLeft(state, step)) return [];
    const i = index.get(step.id) ?? -1;
    const { state: at, startedAt } = stepState(state, step.id);
    const act = step.kind === 'act' ? step : null;
    const acted = state.acts[actKey(step.id, 'do', 0)]?.attempts.some(mayHaveActed) ?? false;
    return [
      {
        step,
        i,
        startedAt: at === 'running' ? startedAt : null,
        undoMs: act ? undoMs(state, act) : 0,
        owed: owed.has(step.id),
        crosses: act !== null && state.line === null && crossesLine(plan, state, act) && !acted,
        answerMs: answerMsOf(step),
        after: beside.filter((b) => b.i < i && comesAfter(step, b.watch)),
      },
    ];
  };
  return laneStepsOf(plan).flatMap((steps) => {
    const lanes = steps.map((lane) => lane.flatMap(slot));
    if (lanes.every((lane) => lane.length === 0)) return [];
    const owedMs = steps.map((lane) =>
      lane.reduce((ms, s) => ms + (s.kind === 'act' && owed.has(s.id) ? undoMs(state, s) : 0), 0),
    );
    const fullMs = lanes.map((lane, i) =>
      lane.reduce((ms, s) => ms + (s.owed ? 0 : s.undoMs), owedMs[i] ?? 0),
    );
    const slots = lanes.flat();
    return {
      lanes,
      owedMs,
      longestMs: Math.max(...owedMs),
      fullMs: Math.max(...fullMs),
      waitsForT0: slots.some((s) => isAnchor(s.step)) && slots.some((s) => isAfterT0(s.step)),
    };
  });
};

export const isAfterT0 = ({ atMs }: PlanStep): boolean => atMs !== null && atMs > 0;

export const isAnchor = (step: PlanStep): boolean => step.atMs === 0 && !isBackground(step);

const answerMsOf = (step: PlanStep): number => {
  const people =
    step.kind === 'gate'
      ? step.prompt !== null
      : step.kind === 'checklist' && step.items.some((i) => i.check === null);
  return people && (step.kind === 'gate' || step.kind === 'checklist') ? (step.timeoutMs ?? never) : never;
};

export const openedAt = (state: RunState, step: PlanStep): number | null => {
  const { gate, checklist } = stepState(state, step.id);
  return gate?.openedAt ?? (checklist && checklist.openedAt > 0 ? checklist.openedAt : null);
};

export const besideOf = (state: RunState, watch: PlanWatch & { untilMs: number }, i: number): Beside => {
  const { since, last } = watchState(state, watch.id);
  const { state: at, startedAt } = stepState(state, watch.id);
  const nextAt =
    at === 'running' ? (last ? last.at + watch.intervalMs : (startedAt ?? 0) + watch.initialDelayMs) : null;
  const taken = takenOf(since);
  return {
    i,
    untilMs: watch.untilMs,
    watch,
    nextAt,
    left: watch.count === null ? never : watch.count - taken,
    needsOne: taken === 0,
  };
};
