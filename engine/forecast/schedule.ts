/**
 * The course of a run in which nothing fails, for given durations: the core's answer without the core. One run of the
 * cutover through decide and fold takes milliseconds, ten thousand of them minutes; this takes microseconds. It
 * follows the rules of decide/ for planned starts, the time that T+ counts from, watches beside the list, the go that
 * expires and the holds for the hard stop. tests/simulation/forecast.test.ts plays made-up plans through the core, and
 * demands the same instants and the same holds.
 */
import { owedMs } from '../decide/owed.ts';
import { groupsOf, isBackground, isLeft, lineOf, stepState } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import { hardStop } from '../decide/times.ts';
import type { Plan, PlanGate, PlanStep } from '../plan.ts';
import {
  type Beside,
  besideOf,
  isAfterT0,
  isAnchor,
  openedAt,
  type Slot,
  type SlotGroup,
  slotsOf,
} from './slots.ts';
import { heldIn } from './window.ts';

const never = Number.POSITIVE_INFINITY;

/** Of a go without a timeout, as in decide/advance-gate.ts. */
const defaultValidMs = 15 * 60_000;

export type Stop = 'window' | 'unanswered';

/** Epoch ms throughout. The result of the last `play`, replaced by the next one. */
export class Schedule {
  readonly #state: RunState;
  readonly #now: number;
  readonly #t0: number;
  readonly #opensAt: number;
  readonly #stop: number | null;
  readonly #groups: readonly SlotGroup[];
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
  /** As `play` goes: ends of what is planned at T0, the go, what is owed, the crossing, the gate's time limit. */
  #anchors: number[] = [];
  #valid = 0;
  #owed = 0;
  #line = false;
  #asking = 0;

  /** @param state a run with a clock and without a hold, a rollback or an end, as of `now` */
  constructor(plan: Plan, state: RunState, now: number) {
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
    this.#groups = slotsOf(plan, state, this.#beside);
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
    const slots = this.#groups.flatMap(({ lanes }) => lanes.flat());
    this.#lineAct = slots.find(({ step }) => step.id === line?.act) ?? null;
    this.#owedMs = owedMs(plan, state);
    this.#askingMs = this.#gate && slots.some((slot) => slot.i === i) ? (this.#gate.spec.timeoutMs ?? 0) : 0;
    const { gate } = stepState(state, line?.gate ?? '');
    const fresh = gate?.verdict === 'go' && gate.openedSession === state.session?.n;
    this.#validUntilAt = fresh ? (gate.validUntil ?? never) : -never;
  }

  /** @param ms of each step, in the order of the list; of a step that runs, from its start */
  play(ms: Float64Array, offset = 0): void {
    this.stoppedAt = -1;
    this.stoppedBy = null;
    this.#anchors = [...this.#anchorsBefore];
    this.#valid = this.#validUntilAt;
    this.#owed = this.#owedMs;
    this.#line = this.#state.line !== null;
    this.#asking = this.#askingMs;
    let free = this.#now;
    for (const group of this.#groups) {
      free = this.#playGroup(group, free, ms, offset);
      if (this.stoppedBy !== null) return;
    }
    this.listEnd = free;
    this.end = free;
    for (const beside of this.#beside) {
      const end = this.#endOfWatch(beside);
      this.ends[beside.i] = end;
      this.end = Math.max(this.end, end);
    }
  }

  /** When the list goes on, or where it stops. */
  #playGroup(group: SlotGroup, from: number, ms: Float64Array, offset: number): number {
    const { lanes, waitsForT0 } = group;
    if (waitsForT0) this.#playLanes(lanes, from, ms, offset, 'up-to-T0');
    this.#playLanes(lanes, from, ms, offset, waitsForT0 ? 'after-T0' : 'all');
    if (this.stoppedBy !== null) return this.listEnd;
    const stop = this.#line ? null : this.#stop;
    const held = stop === null ? null : heldIn(group, this, this.#owed + this.#asking, stop);
    if (held) return this.#stops(held.i, 'window', this.starts[held.i] ?? from);
    let free = from;
    for (const lane of lanes) {
      for (const slot of lane) {
        const { i, step } = slot;
        if (isBackground(step)) {
          free = Math.max(free, this.starts[i] ?? from);
          continue;
        }
        const end = this.ends[i] ?? from;
        if ((ms[offset + i] ?? 0) > slot.answerMs) return this.#stops(i, 'unanswered', end);
        this.#settle(slot, end);
        free = Math.max(free, end);
      }
    }
    this.#owed += group.fullMs - group.longestMs;
    return free;
  }

  /** What counts from the end of steps at T0 comes after them, in whichever lane they are. */
  #playLanes(
    lanes: SlotGroup['lanes'],
    from: number,
    ms: Float64Array,
    offset: number,
    part: 'all' | 'up-to-T0' | 'after-T0',
  ): void {
    for (const lane of lanes) {
      let at = from;
      let late = false;
      for (const slot of lane) {
        const { i, step } = slot;
        late ||= isAfterT0(step);
        if (late && part === 'up-to-T0') break;
        if (late || part !== 'after-T0') {
          const start = slot.startedAt ?? this.#crossing(slot, this.#startOf(slot, at), ms, offset);
          if (this.stoppedBy !== null) return;
          this.starts[i] = start;
          if (!isBackground(step)) this.ends[i] = this.#endOf(slot, start, ms[offset + i] ?? 0);
          if (isAnchor(step)) this.#anchors.push(this.ends[i] ?? start);
        }
        if (!isBackground(step)) at = Math.max(at, this.ends[i] ?? at);
      }
    }
  }

  /** The go may have expired before the act can start: then the gate asks again. */
  #crossing(slot: Slot, first: number, ms: Float64Array, offset: number): number {
    const gate = this.#gate;
    if (!slot.crosses || this.#line || !gate) return first;
    const took = ms[offset + gate.i] ?? 0;
    let start = first;
    while (start > this.#valid) {
      if (took > (gate.spec.timeoutMs ?? never)) return this.#stops(gate.i, 'unanswered', start);
      this.#valid = this.#validUntil(start + took);
      start = Math.max(start + took, this.#startOf(slot, start + took));
    }
    return start;
  }

  #settle({ i, crosses }: Slot, end: number): void {
    if (crosses) this.#line = true;
    if (i !== this.#gate?.i) return;
    this.#asking = 0;
    this.#valid = this.#validUntil(end);
  }

  #stops(i: number, by: Stop, at: number): number {
    this.stoppedAt = i;
    this.stoppedBy = by;
    this.listEnd = at;
    this.end = at;
    return at;
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
