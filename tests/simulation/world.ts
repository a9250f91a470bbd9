/**
 * A fake world for the pure core: acts that fail, hang, get lost or outlive the engine, people who answer
 * anything that they are offered, engines that die. It knows what really happened, so it can tell a lie of
 * the core from a truth.
 */

import { answer } from '../../engine/decide/answer.ts';
import { decide } from '../../engine/decide/decide.ts';
import type { Decision, MaskedCommand } from '../../engine/decide/decisions.ts';
import type { ActKey, Event, Recorded } from '../../engine/decide/events.ts';
import { apply, initialState } from '../../engine/decide/fold.ts';
import { attemptId, parseActKey } from '../../engine/decide/keys.ts';
import { granted, holdsLock } from '../../engine/decide/lock.ts';
import { openGates, openItems } from '../../engine/decide/queries.ts';
import { isErrand, recordOf } from '../../engine/decide/record.ts';
import type { RunState } from '../../engine/decide/state.ts';
import type { Plan } from '../../engine/plan.ts';
import { masked } from '../support/masked.ts';
import { check } from './invariants.ts';
import { checkShownCrossing } from './shown.ts';

type Errand = Extract<
  Decision,
  { do: 'act' | 'probe' | 'stop-act' | 'measure' | 'take-lock' | 'give-back-lock' }
>;

/** Checks only read: nothing of them lives on. */
const changes = (act: ActKey): boolean => ['do', 'undo', 'trip'].includes(parseActKey(act).phase);

/** Draws from the seeded generator; 0 <= result < bound. */
export type Draw = (bound: number) => number;

export class SimulatedRun {
  readonly plan: Plan;
  readonly events: Recorded[] = [];
  readonly state: RunState = initialState();
  readonly inFlight = new Map<string, Errand>();
  /** Attempts whose work continues although no engine follows it. */
  readonly living = new Set<string>();
  /** Of these, transactions that the server is committing: nobody can end them, and they end by themselves. */
  readonly committing = new Set<string>();
  /** Attempts of which no trace can be found any more: the state folder of their place is gone or another one. */
  readonly traceless = new Set<string>();
  /** Acts whose ledger is gone: unknown which items are done. */
  readonly ledgerless = new Set<ActKey>();
  /** Attempts that really changed the world. */
  readonly applied = new Set<string>();
  /** Attempts that ended and failed while no engine followed them, and whether they had changed something. */
  readonly failed = new Map<string, 'none' | 'some'>();
  /** Attempts that were asked to pause, each once. */
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
    checkShownCrossing(this, recorded);
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
    const [committing] = this.#pick([...this.committing]);
    if (committing) able.push(() => this.#commits(committing));
    if (!this.kind && this.#draw(8) === 0) able.push(() => this.newSession());
    if (!this.kind && this.#draw(16) === 0) able.push(() => this.#fault());
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
    } else if (d.do === 'check-condition') this.#checkCondition(d);
    else if (d.do === 'pause-act') {
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

  /** An error every fourth time, until the world is kind. */
  #checkCondition({ step }: Extract<Decision, { do: 'check-condition' }>): void {
    const drawn = this.#draw(4);
    const error = drawn === 0 && !this.kind ? { error: masked('no such key') } : {};
    this.add({ type: 'condition-checked', step, holds: drawn > 1, ...error });
  }

  #start(d: Extract<Errand, { do: 'act' }>): void {
    if (d.crossesLine) this.add({ type: 'line-crossed', act: d.act });
    this.add({ type: 'act-started', act: d.act, attempt: d.attempt, input: {}, digest: '', before: null });
  }

  #finish(d: Errand): void {
    this.inFlight.delete(d.id);
    if (d.do === 'take-lock') this.#lock(d);
    else if (d.do === 'give-back-lock') this.add(granted(d));
    else if (d.do === 'probe') this.#probe(d);
    else if (d.do === 'measure') this.#measured(d);
    else if (d.do === 'stop-act') this.#stopped(d.act, d.attempt, this.#ends(attemptId(d.act, d.attempt)));
    else if (d.do === 'act') this.#end(d);
  }

  /** A commit is through: what it changed stays, whatever happened to its client. */
  #commits(id: string): void {
    this.committing.delete(id);
    this.living.delete(id);
    this.applied.add(id);
  }

  /** What befalls the world beside the acts. */
  #fault(): void {
    const faults = [
      // The folder is cleaned, or the next session looks into another one.
      () => {
        for (const key of Object.keys(this.state.acts) as ActKey[])
          for (const { n } of this.state.acts[key]?.attempts ?? []) this.traceless.add(attemptId(key, n));
      },
      () => {
        const [key] = this.#pick(Object.keys(this.state.acts).filter((k) => changes(k as ActKey)));
        if (key) this.ledgerless.add(key as ActKey);
      },
      () => this.#stepClock(),
      () => {
        if (holdsLock(this.state)) this.add({ type: 'lock-lost', lock: 'only-one', why: masked('gone') });
      },
    ];
    this.#pick(faults)[0]?.();
  }

  /** Another run may have it. */
  #lock(d: Extract<Errand, { do: 'take-lock' }>): void {
    const { lock, place } = d;
    if (this.kind || this.#draw(4) > 0) this.add(granted(d));
    else this.add({ type: 'lock-refused', lock, place, why: masked('held by another run') });
  }

  #end(d: Extract<Errand, { do: 'act' }>): void {
    const id = attemptId(d.act, d.attempt);
    const head = { type: 'act-finished', act: d.act, attempt: d.attempt } as const;
    const error = { code: 'failed', short: masked('bad luck') };
    if (this.committing.has(id)) {
      this.#commits(id);
      this.add({ ...head, result: 'done', effect: 'some', output: null });
      return;
    }
    this.living.delete(id);
    if (!this.kind && this.ledgerless.has(d.act)) {
      this.add({ ...head, result: 'failed', effect: 'unknown', error, retryable: true });
      return;
    }
    const luck = this.kind ? 0 : this.#draw(7);
    // The connection is cut while the server commits, or the work left its process group and lives on.
    if (luck === 5 && changes(d.act)) {
      this.living.add(id);
      this.committing.add(id);
      this.add({ ...head, result: 'failed', effect: 'unknown', error, retryable: true });
      return;
    }
    if (luck === 6 && changes(d.act)) {
      this.living.add(id);
      this.add({ ...head, result: 'failed', effect: 'unknown', error, retryable: true, living: true });
      return;
    }
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

  /** It is paused now, or is just ending by itself. */
  #rest({ act, attempt }: Extract<Decision, { do: 'pause-act' }>): void {
    const id = attemptId(act, attempt);
    if (!this.inFlight.has(id) || this.#draw(2) === 0) return;
    this.inFlight.delete(id);
    const error = { code: 'paused', short: masked('paused') };
    const head = { type: 'act-finished', act, attempt, result: 'failed' } as const;
    this.add({ ...head, effect: this.#draw(2) === 0 ? 'some' : 'none', error, retryable: true });
  }

  #stop(d: Extract<Errand, { do: 'act' }>): void {
    this.inFlight.delete(d.id);
    if (this.#draw(2) === 0) this.applied.add(attemptId(d.act, d.attempt));
    this.#stopped(d.act, d.attempt, true);
  }

  /** Whether work could be ended, and be proven to be: not what leaves no trace, and no commit. */
  #ends(id: string): boolean {
    if (this.traceless.has(id) || this.committing.has(id)) return false;
    return this.kind || this.#draw(4) > 0;
  }

  #stopped(act: ActKey, attempt: number, dead: boolean): void {
    if (dead) this.living.delete(attemptId(act, attempt));
    const error = { code: 'stopped', short: masked('stopped') };
    const head = { type: 'act-finished', act, attempt, result: 'failed', effect: 'unknown' } as const;
    this.add({ ...head, error, retryable: false, living: !dead });
  }

  /** A probe may not know, but it does not lie. */
  #probe(d: Extract<Errand, { do: 'probe' }>): void {
    const id = attemptId(d.act, d.attempt);
    const head = { type: 'act-probed', act: d.act, attempt: d.attempt } as const;
    const lost = this.ledgerless.has(d.act) && !this.kind;
    if (lost || this.traceless.has(id) || this.committing.has(id))
      this.add({ ...head, state: 'unknown', why: masked('no evidence') });
    else if (this.living.has(id)) this.add({ ...head, state: 'alive' });
    else if (!this.kind && this.#draw(3) === 0)
      this.add({ ...head, state: 'unknown', why: masked('no trace') });
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
      error: { code: 'failed', short: masked('bad luck, alone') },
      retryable: this.#draw(3) > 0,
    });
  }

  #abandon(d: Extract<Errand, { do: 'act' }>): void {
    if (!changes(d.act)) return;
    const id = attemptId(d.act, d.attempt);
    // Work of an earlier engine continues, or ends now.
    if (this.committing.has(id) || (this.living.has(id) && this.#draw(2) === 0)) return;
    this.living.delete(id);
    const became = this.#draw(7);
    if (became <= 2) this.living.add(id);
    if (became === 0) this.committing.add(id);
    else if (became === 3) this.#failAlone(id);
    else if (became <= 5 && became > 3) this.applied.add(id);
  }

  #failAlone(id: string): void {
    const effect = this.#draw(2) === 0 ? 'some' : 'none';
    this.failed.set(id, effect);
    if (effect === 'some') this.applied.add(id);
  }

  /** The run's own time continues: what is decided next is what was decided before. */
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

  #commands(): readonly MaskedCommand[] {
    const who = { user: 'u', reason: masked('r'), at: this.now };
    const commands: MaskedCommand[] = [];
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
    const helpful =
      hold?.cause === 'unknown'
        ? ['done']
        : hold?.cause === 'living'
          ? ['ended']
          : ['retry', 'continue', 'look'];
    for (const choice of hold?.choices ?? []) {
      if (
        choice === 'stop' ||
        (this.kind && !helpful.includes(choice) && hold?.choices.some((c) => helpful.includes(c)))
      )
        continue;
      commands.push({ command: 'resolve', choice, step: null, ...who });
    }
    if (!this.kind && this.#draw(6) === 0) commands.push({ command: 'roll-back', ...who });
    return commands;
  }

  #say(command: MaskedCommand): void {
    const { hold } = this.state;
    const answered = answer(this.plan, this.state, command);
    if (!('events' in answered)) return;
    // People look before they say so: what they call ended or done is over.
    const said = command.command === 'resolve' ? command.choice : null;
    for (const id of said === 'ended' || said === 'done' ? [...this.living] : []) {
      if (!hold?.act || !id.startsWith(`${hold.act}#`)) continue;
      if (this.committing.has(id) || said === 'done') this.#commits(id);
      this.living.delete(id);
    }
    for (const event of answered.events) this.add(event);
  }
}
