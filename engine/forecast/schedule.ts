/**
 * The course of a run in which nothing fails, for given durations: the core's answer without the core. One run of the
 * cutover through decide and fold takes milliseconds, ten thousand of them minutes; this takes microseconds. It
 * follows the rules of decide/ for planned starts, the time that T+ counts from, watches beside the list, the go that
 * expires and the holds for the hard stop. tests/simulation/forecast.test.ts plays made-up plans through the core, and
 * demands the same instants and the same holds.
 */
import { actKey } from '../decide/keys.ts';
import { crossesLine, owedMs, owedSteps, undoMs } from '../decide/owed.ts';
import {
  comesAfter,
  groupsOf,
  isBackground,
  isLeft,
  lineOf,
  mayHaveActed,
  stepState,
  takenOf,
  watchState,
} from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import { hardStop } from '../decide/times.ts';
import type { Plan, PlanGate, PlanStep, PlanWatch } from '../plan.ts';

const never = Number.POSITIVE_INFINITY;

/** Of a go without a timeout, as in decide/advance-gate.ts. */
const defaultValidMs = 15 * 60_000;

interface Slot {
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

interface Beside {
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

export type Stop = 'window' | 'unanswered';

/** Epoch ms throughout. The result of the last `play`, replaced by the next one. */
export class Schedule {
  readonly #plan: Plan;
  readonly #state: RunState;
  readonly #now: number;
  readonly #t0: number;
  readonly #opensAt: number;
  readonly #stop: number | null;
  readonly #groups: readonly (readonly Slot[])[];
  readonly #beside: readonly Beside[];
  readonly #anchorsBefore: readonly number[];
  readonly #gate: { readonly i: number; readonly spec: PlanGate } | null;
  readonly #lineAct: Slot | null;
  /** As it is at `now`: what a rollback owes, how long the gate may still wait, until when its go is valid. */
  readonly #owedMs: number;
  readonly #askingMs: number;
  readonly #validUntilAt: number;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Index of the step at which a person has to decide; -1: the run succeeds. */
  stoppedAt = -1;
  stoppedBy: Stop | null = null;
  /** Of the list, and with the watches beside it. */
  listEnd = 0;
  end = 0;
  #anchors: number[] = [];

  /** @param state a run with a clock and without a hold, a rollback or an end, as of `now` */
  constructor(plan: Plan, state: RunState, now: number) {
    this.#plan = plan;
    this.#state = state;
    this.#now = now;
    this.#t0 = state.clock?.t0 ?? now;
    this.#opensAt = plan.timeline.opensMs === null ? -never : this.#t0 + plan.timeline.opensMs;
    this.#stop = state.windowWaived ? null : hardStop(plan, state);
    const list = groupsOf(plan).flat();
    this.starts = new Float64Array(list.length).fill(Number.NaN);
    this.ends = new Float64Array(list.length).fill(Number.NaN);
    this.#beside = list.flatMap((step, i) =>
      isBackground(step) && isLeft(state, step) ? besideOf(state, step, i) : [],
    );
    this.#groups = this.#slots(list);
    this.#anchorsBefore = list.flatMap((step, i) => {
      const { startedAt, settledAt } = stepState(state, step.id);
      if (isLeft(state, step)) return [];
      this.starts[i] = startedAt ?? Number.NaN;
      this.ends[i] = settledAt ?? Number.NaN;
      return isAnchor(step) && settledAt !== null ? settledAt : [];
    });
    const line = lineOf(plan);
    const spec = line && plan.steps[line.gate];
    const i = list.findIndex(({ id }) => id === line?.gate);
    this.#gate = spec?.kind === 'gate' && i >= 0 ? { i, spec } : null;
    const slots = this.#groups.flat();
    this.#lineAct = slots.find(({ step }) => step.id === line?.act) ?? null;
    this.#owedMs = owedMs(plan, state);
    this.#askingMs = this.#gate && slots.some((slot) => slot.i === i) ? (this.#gate.spec.timeoutMs ?? 0) : 0;
    const { gate } = stepState(state, line?.gate ?? '');
    const fresh = gate?.verdict === 'go' && gate.openedSession === state.session?.n;
    this.#validUntilAt = fresh ? (gate.validUntil ?? never) : -never;
  }

  #slots(list: readonly PlanStep[]): readonly (readonly Slot[])[] {
    const [plan, state] = [this.#plan, this.#state];
    const owed = new Set(owedSteps(plan, state).map(({ id }) => id));
    const index = new Map(list.map(({ id }, i) => [id, i] as const));
    const slot = (step: PlanStep): readonly Slot[] => {
      if (!isLeft(state, step)) return [];
      const i = index.get(step.id) ?? -1;
      const { state: at, startedAt } = stepState(state, step.id);
      const act = step.kind === 'act' ? step : null;
      const acted = state.acts[actKey(step.id, 'do', 0)]?.attempts.some(mayHaveActed) ?? false;
      const crosses = act !== null && state.line === null && crossesLine(plan, state, act) && !acted;
      const after = this.#beside.filter((b) => b.i < i && comesAfter(step, b.watch));
      return [
        {
          step,
          i,
          startedAt: at === 'running' ? startedAt : null,
          undoMs: act ? undoMs(state, act) : 0,
          owed: owed.has(step.id),
          crosses,
          answerMs: answerMsOf(step),
          after,
        },
      ];
    };
    return groupsOf(plan)
      .map((group) => group.flatMap(slot))
      .filter((group) => group.length > 0);
  }

  /** @param ms of each step, in the order of the list; of a step that runs, from its start */
  play(ms: Float64Array, offset = 0): void {
    this.stoppedAt = -1;
    this.stoppedBy = null;
    this.#anchors = [...this.#anchorsBefore];
    let valid = this.#validUntilAt;
    let owed = this.#owedMs;
    let line = this.#state.line !== null;
    let asking = this.#askingMs;
    let free = this.#now;
    for (const group of this.#groups) {
      const from = free;
      for (const slot of group) {
        const { i, step } = slot;
        let start = slot.startedAt ?? this.#startOf(slot, from);
        if (slot.crosses && !line && this.#gate) {
          // The go has expired before the act could start: the gate asks again.
          while (start > valid) {
            const took = ms[offset + this.#gate.i] ?? 0;
            if (took > this.#answerLimit()) {
              this.#stops(this.#gate.i, 'unanswered', start);
              return;
            }
            valid = this.#validUntil(start + took);
            start = Math.max(start + took, this.#startOf(slot, start + took));
          }
        }
        this.starts[i] = start;
        if (isBackground(step)) free = Math.max(free, start);
        else this.ends[i] = this.#endOf(slot, start, ms[offset + i] ?? 0);
      }
      const held = line || this.#stop === null ? null : heldIn(group, this, owed + asking, this.#stop);
      if (held) {
        this.#stops(held.i, 'window', this.starts[held.i] ?? from);
        return;
      }
      for (const slot of group) {
        const { i, step } = slot;
        if (isBackground(step)) continue;
        const end = this.ends[i] ?? from;
        if (end - (this.starts[i] ?? from) > slot.answerMs) {
          this.#stops(i, 'unanswered', end);
          return;
        }
        if (!slot.owed) owed += slot.undoMs;
        if (slot.crosses) line = true;
        if (isAnchor(step)) this.#anchors.push(end);
        if (i === this.#gate?.i) {
          asking = 0;
          valid = this.#validUntil(end);
        }
        free = Math.max(free, end);
      }
    }
    this.listEnd = free;
    this.end = free;
    for (const beside of this.#beside) {
      const end = this.#endOfWatch(beside);
      this.ends[beside.i] = end;
      this.end = Math.max(this.end, end);
    }
  }

  #stops(i: number, by: Stop, at: number): void {
    this.stoppedAt = i;
    this.stoppedBy = by;
    this.listEnd = at;
    this.end = at;
  }

  #startOf({ step, after }: Slot, from: number): number {
    let start = Math.max(from, this.#plannedAt(step));
    for (const beside of after) start = Math.max(start, this.#endOfWatch(beside));
    return start;
  }

  #plannedAt({ atMs }: PlanStep): number {
    if (atMs === null) return this.#opensAt;
    let from = this.#t0;
    if (atMs > 0) for (const end of this.#anchors) if (end > from) from = end;
    return Math.max(this.#opensAt, from + atMs);
  }

  #endOf({ step, startedAt }: Slot, start: number, ms: number): number {
    // Its questions count from when it opened, which after a lost engine is later than its start.
    const opened = startedAt === null ? null : openedAt(this.#state, step);
    const end = (opened ?? start) + ms;
    return startedAt === null ? end : Math.max(this.#now, end);
  }

  #answerLimit(): number {
    return this.#gate ? (this.#gate.spec.timeoutMs ?? never) : never;
  }

  #validUntil(goAt: number): number {
    const next = this.#lineAct ? this.#plannedAt(this.#lineAct.step) : goAt;
    return Math.max(goAt, next) + (this.#gate?.spec.timeoutMs ?? defaultValidMs);
  }

  /** What is planned at T0 and ends later moves the end, as long as that has not come. */
  #endOfWatch({ i, untilMs, watch, nextAt, left, needsOne }: Beside): number {
    const next = nextAt ?? (this.starts[i] ?? this.#now) + watch.initialDelayMs;
    let until = this.#t0 + untilMs;
    if (untilMs > 0) {
      for (let moved = true; moved; ) {
        moved = false;
        for (const end of this.#anchors) {
          if (end > until || end + untilMs <= until) continue;
          until = end + untilMs;
          moved = true;
        }
      }
    }
    const over = needsOne ? Math.max(next, until) : until;
    const counted = left <= 0 ? this.#now : next + (left - 1) * watch.intervalMs;
    return Math.max(this.#now, Math.min(over, counted));
  }
}

const isAnchor = (step: PlanStep): boolean => step.atMs === 0 && !isBackground(step);

const answerMsOf = (step: PlanStep): number => {
  const people =
    step.kind === 'gate'
      ? step.prompt !== null
      : step.kind === 'checklist' && step.items.some((i) => i.check === null);
  return people && (step.kind === 'gate' || step.kind === 'checklist') ? (step.timeoutMs ?? never) : never;
};

const openedAt = (state: RunState, step: PlanStep): number | null => {
  const { gate, checklist } = stepState(state, step.id);
  return gate?.openedAt ?? (checklist && checklist.openedAt > 0 ? checklist.openedAt : null);
};

const besideOf = (state: RunState, watch: PlanWatch & { untilMs: number }, i: number): Beside => {
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

/** decide/window.ts: before it starts, and as long as it runs. */
const heldIn = (
  group: readonly Slot[],
  { starts, ends }: Schedule,
  owedBefore: number,
  stop: number,
): Slot | null => {
  for (const slot of group) {
    if (slot.step.kind !== 'act') continue;
    const [start, end] = [starts[slot.i] ?? 0, ends[slot.i] ?? 0];
    let before = owedBefore;
    let during = owedBefore;
    for (const other of group) {
      if (other.owed || other.step.kind !== 'act') continue;
      const at = starts[other.i] ?? 0;
      if (at < start) before += other.undoMs;
      if (at < end) during += other.undoMs;
    }
    const own = slot.owed ? 0 : slot.undoMs;
    if (slot.startedAt === null && start + (slot.step.expectedMs ?? 0) > stop - before - own) return slot;
    // Once it has started there is nothing to roll back any more.
    if (!slot.crosses && end > stop - during) return slot;
  }
  return null;
};
