/**
 * A fake world for the pure core: acts that fail, hang, get lost or outlive the engine, people who answer
 * anything that they are offered, engines that die. It knows what really happened, so it can tell a lie of
 * the core from a truth.
 */
import { openItems } from '../../engine/decide/advance-checklist.ts';
import { answer, openGates } from '../../engine/decide/answer.ts';
import { decide } from '../../engine/decide/decide.ts';
import type { Command, Decision } from '../../engine/decide/decisions.ts';
import type { ActKey, Event, Recorded } from '../../engine/decide/events.ts';
import { apply, initialState } from '../../engine/decide/fold.ts';
import { attemptId, parseActKey } from '../../engine/decide/keys.ts';
import { isErrand, recordOf } from '../../engine/decide/record.ts';
import type { RunState } from '../../engine/decide/state.ts';
import type { Plan } from '../../engine/plan.ts';
import { check } from './invariants.ts';

type Errand = Extract<Decision, { do: 'act' | 'probe' | 'stop-act' | 'measure' }>;

/** Checks only read: nothing of them lives on. */
const changes = (act: ActKey): boolean => ['do', 'undo', 'trip'].includes(parseActKey(act).phase);

/** Draws from the seeded generator; 0 <= result < bound. */
export type Draw = (bound: number) => number;

export class SimulatedRun {
  readonly plan: Plan;
  readonly events: Recorded[] = [];
  readonly state: RunState = initialState();
  readonly inFlight = new Map<string, Errand>();
  /** Attempts whose work goes on although no engine follows it. */
  readonly living = new Set<string>();
  /** Attempts that really changed the world. */
  readonly applied = new Set<string>();
  /** Attempts that ended and failed while no engine followed them, and whether they had changed something. */
  readonly failed = new Map<string, 'none' | 'some'>();
  /** Attempts that were told to come to rest: each is told once. */
  readonly paused = new Set<string>();
  now = 0;
  readonly #draw: Draw;
  /** Nothing goes wrong any more: the run has to come to its end. */
  kind = false;

  constructor(plan: Plan, draw: Draw) {
    this.plan = plan;
    this.#draw = draw;
    const created = { runId: 'r', runbook: 'r', planDigest: 'd', environment: null, engine: 'e', user: 'u' };
    this.add({ type: 'run-created', ...created, measuredUndoMs: {} });
    this.newSession();
    this.add({ type: 'clock-set', t0: 60_000, skipWaits: draw(2) === 0 });
  }

  add(event: Event): void {
    const recorded = { ...event, seq: this.events.length + 1, at: this.now };
    check(this, recorded);
    this.events.push(recorded);
    apply(this.state, recorded);
  }

  /** The engine dies; supervised work may live on. */
  newSession(): void {
    for (const errand of this.inFlight.values()) {
      if (errand.do === 'act') this.#abandon(errand);
    }
    this.inFlight.clear();
    const session = (this.state.session?.n ?? 0) + 1;
    this.add({ type: 'session-started', session, pid: 1, host: 'h', user: 'u', interactive: false });
  }

  fresh(): readonly Decision[] {
    return decide(this.plan, this.state, this.now).filter(
      (d) => !this.inFlight.has(d.id) && !(d.do === 'pause-act' && this.paused.has(d.id)),
    );
  }

  /** One thing happens. false: nothing can happen any more. */
  step(): boolean {
    const fresh = this.fresh();
    if (fresh.length > 0) {
      for (const decision of fresh) this.#carryOut(decision);
      return true;
    }
    if (this.state.settled) return false;
    const able: (() => void)[] = [];
    const [errand] = this.#pick([...this.inFlight.values()]);
    if (errand) able.push(() => this.#finish(errand));
    const timers = Object.entries(this.state.timers).filter(([, t]) => !t.ended);
    if (timers.length > 0) able.push(() => this.#passTime(timers));
    const commands = this.#commands();
    const [command] = this.#pick(commands);
    if (command) able.push(() => this.#say(command));
    if (!this.kind && this.#draw(8) === 0) able.push(() => this.newSession());
    if (!this.kind && this.#draw(16) === 0) able.push(() => this.#stepClock());
    const [event] = this.#pick(able);
    if (!event) throw new Error(`stalled: ${JSON.stringify(this.state.steps)}`);
    event();
    return true;
  }

  #pick<T>(from: readonly T[]): readonly [T] | readonly [] {
    return from.length === 0 ? [] : [from[this.#draw(from.length)] as T];
  }

  #carryOut(d: Decision): void {
    if (!isErrand(d)) {
      for (const event of recordOf(d)) this.add(event);
    } else if (d.do === 'open-gate') {
      const criteria = [{ expr: 'c', holds: this.kind || this.#draw(4) > 0 }];
      this.add({ type: 'gate-opened', step: d.step, round: d.round, unmet: d.unmet, criteria });
    } else if (d.do === 'pause-act') {
      this.paused.add(d.id);
      this.#rest(d);
    } else {
      const running =
        d.do === 'stop-act' && [...this.inFlight.values()].find((e) => e.do === 'act' && e.act === d.act);
      if (running) {
        this.#stop(running as Extract<Errand, { do: 'act' }>);
        return;
      }
      if (d.do === 'act' && !d.attach) this.#start(d);
      this.inFlight.set(d.id, d);
    }
  }

  #start(d: Extract<Errand, { do: 'act' }>): void {
    if (d.crossesLine) this.add({ type: 'line-crossed', act: d.act });
    this.add({ type: 'act-started', act: d.act, attempt: d.attempt, input: {}, digest: '', before: null });
  }

  #finish(d: Errand): void {
    this.inFlight.delete(d.id);
    if (d.do === 'probe') this.#probe(d);
    else if (d.do === 'measure') this.#measured(d);
    else if (d.do === 'stop-act') this.#stopped(d.act, d.attempt, this.kind || this.#draw(4) > 0);
    else this.#end(d);
  }

  #end(d: Extract<Errand, { do: 'act' }>): void {
    const id = attemptId(d.act, d.attempt);
    this.living.delete(id);
    const luck = this.kind ? 0 : this.#draw(5);
    const head = { type: 'act-finished', act: d.act, attempt: d.attempt } as const;
    const error = { code: 'failed', short: 'bad luck' };
    if (luck <= 1) {
      this.applied.add(id);
      this.add({ ...head, result: 'done', effect: 'some', output: null });
      return;
    }
    const retryable = this.#draw(2) === 0;
    if (luck === 2 || !changes(d.act)) {
      this.add({ ...head, result: 'failed', effect: 'none', error, retryable });
      return;
    }
    if (this.#draw(2) === 0) this.applied.add(id);
    if (luck === 3) {
      this.add({ ...head, result: 'failed', effect: 'some', error, retryable });
      return;
    }
    const living = this.#draw(3) === 0;
    if (living) this.living.add(id);
    this.add({ ...head, result: 'failed', effect: 'unknown', error, retryable, living });
  }

  /** What nobody wants to know any more is dropped, as the runtime drops it. */
  #measured({ id, step, n }: Extract<Errand, { do: 'measure' }>): void {
    if (!decide(this.plan, this.state, this.now).some((d) => d.id === id)) return;
    const bad = (['failure', 'inconclusive', 'error'] as const)[this.#draw(3)] ?? 'error';
    const verdict = this.kind || this.#draw(3) > 0 ? 'success' : bad;
    this.add({ type: 'watch-measured', step, n, verdict });
  }

  /** It comes to rest now, or is just ending by itself. */
  #rest({ act, attempt }: Extract<Decision, { do: 'pause-act' }>): void {
    const id = attemptId(act, attempt);
    if (!this.inFlight.has(id) || this.#draw(2) === 0) return;
    this.inFlight.delete(id);
    const error = { code: 'paused', short: 'paused' };
    const head = { type: 'act-finished', act, attempt, result: 'failed' } as const;
    this.add({ ...head, effect: this.#draw(2) === 0 ? 'some' : 'none', error, retryable: true });
  }

  #stop(d: Extract<Errand, { do: 'act' }>): void {
    this.inFlight.delete(d.id);
    if (this.#draw(2) === 0) this.applied.add(attemptId(d.act, d.attempt));
    this.#stopped(d.act, d.attempt, true);
  }

  #stopped(act: ActKey, attempt: number, dead: boolean): void {
    if (dead) this.living.delete(attemptId(act, attempt));
    const error = { code: 'stopped', short: 'stopped' };
    const head = { type: 'act-finished', act, attempt, result: 'failed', effect: 'unknown' } as const;
    this.add({ ...head, error, retryable: false, living: !dead });
  }

  /** A probe may not know, but it does not lie. */
  #probe(d: Extract<Errand, { do: 'probe' }>): void {
    const id = attemptId(d.act, d.attempt);
    const head = { type: 'act-probed', act: d.act, attempt: d.attempt } as const;
    if (this.living.has(id)) this.add({ ...head, state: 'alive' });
    else if (!this.kind && this.#draw(3) === 0) this.add({ ...head, state: 'unknown', why: 'no trace' });
    else if (this.failed.has(id)) this.#failedAlone(d, id);
    else if (this.applied.has(id)) this.add({ ...head, state: 'done', output: null });
    else this.add({ ...head, state: 'not-done' });
  }

  /** What the place has kept of how it ended; the effect is as known as it was to the work itself. */
  #failedAlone(d: Extract<Errand, { do: 'probe' }>, id: string): void {
    const effect = this.failed.get(id) ?? 'none';
    const head = { type: 'act-probed', act: d.act, attempt: d.attempt, state: 'failed' } as const;
    this.add({
      ...head,
      effect,
      error: { code: 'failed', short: 'bad luck, alone' },
      retryable: this.#draw(3) > 0,
    });
  }

  #abandon(d: Extract<Errand, { do: 'act' }>): void {
    if (!changes(d.act)) return;
    const id = attemptId(d.act, d.attempt);
    const became = this.#draw(6);
    if (became <= 1) this.living.add(id);
    else if (became === 2) this.#failAlone(id);
    else if (became <= 4) this.applied.add(id);
  }

  #failAlone(id: string): void {
    const effect = this.#draw(2) === 0 ? 'some' : 'none';
    this.failed.set(id, effect);
    if (effect === 'some') this.applied.add(id);
  }

  /** The run's own time goes on: what is decided next is what was decided before. */
  #stepClock(): void {
    const before = JSON.stringify(decide(this.plan, this.state, this.now));
    this.add({
      type: 'clock-stepped',
      byMs: (this.#draw(2) === 0 ? -1 : 1) * (2_000 + this.#draw(7_200_000)),
    });
    const after = JSON.stringify(decide(this.plan, this.state, this.now));
    if (after !== before) throw new Error(`the clock was set, and now ${after} instead of ${before}`);
  }

  #passTime(timers: readonly [string, { until: number }][]): void {
    const [timer] = this.#pick(timers);
    if (!timer) return;
    this.now = Math.max(this.now, timer[1].until);
    this.add({ type: 'timer-ended', timer: timer[0] });
  }

  #commands(): readonly Command[] {
    const who = { user: 'u', reason: 'r', at: this.now };
    const commands: Command[] = [];
    for (const gate of openGates(this.plan, this.state)) {
      for (const as of ['lead', 'deputy']) {
        const said = { command: 'approve', gate, as, unattended: false, ...who } as const;
        commands.push({ ...said, verdict: 'go' });
        if (!this.kind) commands.push({ ...said, verdict: 'no_go' });
      }
    }
    for (const { step, item } of openItems(this.plan, this.state)) {
      const said = { command: 'check', step: step.id, item: item.id, as: 'lead', ...who } as const;
      commands.push({ ...said, passed: true });
      if (!this.kind) commands.push({ ...said, passed: false });
    }
    const { hold } = this.state;
    const helpful = hold?.cause === 'unknown' ? ['done'] : ['retry', 'continue'];
    for (const choice of hold?.choices ?? []) {
      if (
        choice === 'stop' ||
        (this.kind && !helpful.includes(choice) && hold?.choices.some((c) => helpful.includes(c)))
      )
        continue;
      // A person says that work has ended only after having seen to it.
      commands.push({ command: 'resolve', choice, step: null, ...who });
    }
    if (!this.kind && this.#draw(6) === 0) commands.push({ command: 'roll-back', ...who });
    return commands;
  }

  #say(command: Command): void {
    const { hold } = this.state;
    const answered = answer(this.plan, this.state, command);
    if (!('events' in answered)) return;
    if (command.command === 'resolve' && command.choice === 'ended' && hold?.act) {
      for (const id of this.living) if (id.startsWith(`${hold.act}#`)) this.living.delete(id);
    }
    for (const event of answered.events) this.add(event);
  }
}
