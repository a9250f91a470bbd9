/** A run of the real core on a virtual clock, in which nothing fails and everything takes as long as it is told. */
import { answer } from '../../engine/decide/answer.ts';
import { decide } from '../../engine/decide/decide.ts';
import type { Decision, MaskedCommand } from '../../engine/decide/decisions.ts';
import type { Event, Recorded } from '../../engine/decide/events.ts';
import { apply, initialState } from '../../engine/decide/fold.ts';
import { parseActKey } from '../../engine/decide/keys.ts';
import { granted } from '../../engine/decide/lock.ts';
import { say } from '../../engine/decide/masked.ts';
import { latestSafeAbort } from '../../engine/decide/owed.ts';
import { openItems } from '../../engine/decide/queries.ts';
import { isErrand, recordOf } from '../../engine/decide/record.ts';
import type { RunState } from '../../engine/decide/state.ts';
import type { Plan } from '../../engine/plan.ts';

export interface Course {
  readonly t0: number;
  readonly startAt: number;
  /** ms by step id; of a rollback by `undo:` and the step id. */
  readonly ms: ReadonlyMap<string, number>;
  /** Gate that gets a no-go. */
  readonly noGo?: string;
}

type Due = { readonly at: number } & (
  | { readonly id: string; readonly event: Event }
  | { readonly command: MaskedCommand }
);

export class VirtualRun {
  readonly state: RunState = initialState();
  now: number;
  readonly #plan: Plan;
  readonly #course: Course;
  #due: Due[] = [];

  constructor(plan: Plan, course: Course) {
    this.#plan = plan;
    this.#course = course;
    this.now = course.startAt;
    const created = {
      runId: 'r',
      runbook: plan.name,
      planDigest: plan.digest,
      environment: plan.environment,
    };
    this.#add({ type: 'run-created', ...created, engine: '0', user: 'u', measuredUndoMs: {} });
    this.#add({ type: 'session-started', session: 1, pid: 1, host: 'h', user: 'u', interactive: true });
    this.#add({ type: 'clock-set', t0: course.t0, skipWaits: false });
  }

  /** Until it is held or over, or until then. */
  go(until = Number.POSITIVE_INFINITY): void {
    while (!this.state.settled && !this.state.hold) {
      for (const [timer, { until: end, ended }] of Object.entries(this.state.timers))
        if (!ended && this.now >= end) this.#add({ type: 'timer-ended', timer });
      if (this.#decide()) continue;
      const next = this.#nextAt();
      if (next > until) return;
      this.now = next;
      const due = this.#due.filter(({ at }) => at <= next);
      this.#due = this.#due.filter(({ at }) => at > next);
      for (const each of due) this.#take(each);
    }
  }

  #add(event: Event): void {
    apply(this.state, { ...event, seq: this.state.seq + 1, at: this.now } as Recorded);
  }

  #take(due: Due): void {
    if ('event' in due) {
      this.#add(due.event);
      return;
    }
    const answered = answer(this.#plan, this.state, due.command);
    if ('events' in answered) for (const event of answered.events) this.#add(event);
  }

  /** All that one decision asks for, as the engine does. true: the state changed. */
  #decide(): boolean {
    const before = this.state.seq;
    const running = new Set(this.#due.map((due) => ('id' in due ? due.id : '')));
    const decisions = decide(this.#plan, this.state, this.now).filter(({ id }) => !running.has(id));
    for (const decision of decisions) this.#carryOut(decision);
    return this.state.seq !== before;
  }

  /** The engine looks once a second, which is sooner or later right after the last moment for a rollback. */
  #nextAt(): number {
    const timers = Object.values(this.state.timers).flatMap(({ until, ended }) => (ended ? [] : until));
    const abort = latestSafeAbort(this.#plan, this.state);
    const soon = [...timers, ...this.#due.map(({ at }) => at), ...(abort === null ? [] : [abort])];
    const next = Math.min(...soon.filter((at) => at > this.now));
    if (next === Number.POSITIVE_INFINITY)
      throw new Error(`nothing is due: ${JSON.stringify(this.state.steps)}`);
    return next;
  }

  #takes(id: string): number {
    return this.#course.ms.get(id) ?? 0;
  }

  #carryOut(d: Decision): void {
    if (!isErrand(d)) {
      for (const event of recordOf(d)) this.#add(event);
      if (d.do === 'open-checklist') this.#answerItems();
    } else if (d.do === 'act') this.#act(d);
    else if (d.do === 'measure') this.#measure(d);
    else if (d.do === 'open-gate') this.#gate(d);
    else if (d.do === 'take-lock' || d.do === 'give-back-lock') this.#add(granted(d));
    else if (d.do === 'check-condition') this.#add({ type: 'condition-checked', step: d.step, holds: true });
    else throw new Error(`nothing fails here, and the core asks for ${JSON.stringify(d)}`);
  }

  #act(d: Extract<Decision, { do: 'act' }>): void {
    if (d.crossesLine) this.#add({ type: 'line-crossed', act: d.act });
    this.#add({ type: 'act-started', act: d.act, attempt: d.attempt, input: {}, digest: '', before: null });
    const { step, phase, index } = parseActKey(d.act);
    const list = this.#plan.steps[step];
    const alone = list?.kind === 'checklist' && list.items.every(({ check }) => check !== null);
    const main = phase === 'do' || (phase === 'item' && alone && index === 0);
    const ms = main ? this.#takes(step) : phase === 'undo' && index === 0 ? this.#takes(`undo:${step}`) : 0;
    const event = {
      type: 'act-finished',
      act: d.act,
      attempt: d.attempt,
      result: 'done',
      effect: 'some',
      output: null,
    } as const;
    if (ms === 0) this.#add(event);
    else this.#due.push({ at: this.now + ms, id: d.id, event });
  }

  /** The first measurement of a watch of the list takes what it takes longer than its pace. */
  #measure({ id, step, n }: Extract<Decision, { do: 'measure' }>): void {
    const watch = this.#plan.steps[step];
    if (watch?.kind !== 'watch') return;
    const paceMs = watch.initialDelayMs + ((watch.count ?? 1) - 1) * watch.intervalMs;
    const ms = watch.untilMs === null && n === 1 ? Math.max(0, this.#takes(step) - paceMs) : 0;
    const event = { type: 'watch-measured', step, n, verdict: 'success' } as const;
    if (ms === 0) this.#add(event);
    else this.#due.push({ at: this.now + ms, id, event });
  }

  #gate({ step, round, unmet }: Extract<Decision, { do: 'open-gate' }>): void {
    const gate = this.#plan.steps[step];
    if (gate?.kind !== 'gate') return;
    this.#add({ type: 'gate-opened', step, round, unmet, criteria: [] });
    if (gate.prompt === null) return;
    const verdict = this.#course.noGo === step ? 'no_go' : 'go';
    const at = this.now + this.#takes(step);
    for (const as of gate.approvers.slice(0, gate.minApprovals))
      this.#due.push({
        at,
        command: {
          command: 'approve',
          gate: step,
          verdict,
          as,
          unattended: false,
          user: 'u',
          reason: say`go`,
          at,
        },
      });
  }

  #answerItems(): void {
    for (const { step, item } of openItems(this.#plan, this.state)) {
      const at = this.now + this.#takes(step.id);
      const as = step.approvers[0] ?? '';
      this.#due.push({
        at,
        command: {
          command: 'check',
          step: step.id,
          item: item.id,
          passed: true,
          as,
          user: 'u',
          reason: say`seen`,
          at,
        },
      });
    }
  }
}
