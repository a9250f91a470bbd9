/** A run of the pure core alone: the test plays the world, the clock is a number, the journal an array. */

import { answer } from '../../engine/decide/answer.ts';
import { decide } from '../../engine/decide/decide.ts';
import type { Command, Decision } from '../../engine/decide/decisions.ts';
import type { ActKey, Event, HoldChoice, Measured, Recorded } from '../../engine/decide/events.ts';
import { apply, initialState } from '../../engine/decide/fold.ts';
import { granted } from '../../engine/decide/lock.ts';
import { isErrand, recordOf } from '../../engine/decide/record.ts';
import type { RunState } from '../../engine/decide/state.ts';
import type { Plan } from '../../engine/plan.ts';
import { masked } from './masked.ts';

type Of<D extends Decision['do']> = Extract<Decision, { do: D }>;

/** Outcome of an attempt; `crash`: the engine died while it ran. */
export type ActOutcome =
  | 'done'
  | 'crash'
  | { effect: 'none' | 'some' | 'unknown'; retryable?: boolean; living?: boolean };
export type ProbeOutcome = 'done' | 'not-done' | 'alive' | 'partial' | 'unknown';

export interface World {
  act?(decision: Of<'act'>, run: CoreRun): ActOutcome;
  probe?(decision: Of<'probe'>, run: CoreRun): ProbeOutcome;
  stop?(decision: Of<'stop-act'>, run: CoreRun): boolean;
  criterion?(expr: string): boolean;
  /** Of a `when`; default: true. */
  condition?(when: string): boolean | 'error';
  /** Default: success. */
  measure?(decision: Of<'measure'>, run: CoreRun): Measured | 'crash';
}

export class CoreRun {
  readonly plan: Plan;
  readonly events: Recorded[] = [];
  readonly state: RunState = initialState();
  readonly world: World;
  now: number;

  constructor(
    plan: Plan,
    world: World = {},
    options: { t0?: number; now?: number; skipWaits?: boolean } = {},
  ) {
    this.plan = plan;
    this.world = world;
    this.now = options.now ?? 0;
    const { name: runbook, digest: planDigest } = plan;
    const created = { runId: 'r1', runbook, planDigest, environment: null, engine: 'test', user: 'u' };
    this.add({ type: 'run-created', ...created, measuredUndoMs: {} });
    this.session();
    this.add({ type: 'clock-set', t0: options.t0 ?? 0, skipWaits: options.skipWaits ?? false });
  }

  add(...events: readonly Event[]): void {
    for (const event of events) {
      const recorded = { ...event, seq: this.events.length + 1, at: this.now };
      this.events.push(recorded);
      apply(this.state, recorded);
    }
  }

  /** A new engine takes the run over. */
  session(): void {
    const session = (this.state.session?.n ?? 0) + 1;
    this.add({ type: 'session-started', session, pid: 1, host: 'h', user: 'u', interactive: false });
  }

  decide(): readonly Decision[] {
    return decide(this.plan, this.state, this.now);
  }

  /** Carries out decisions until there are none, time has to pass, or the engine crashed. */
  go(limit = 500): this {
    for (let i = 0; i < limit; i++) {
      // A running act is asked once to pause, and is paused when the test wants it.
      const fresh = this.decide().filter((d) => d.do !== 'pause-act');
      if (fresh.length === 0) return this;
      for (const decision of fresh) if (this.carryOut(decision) === 'crash') return this;
    }
    throw new Error(`no rest after ${limit} rounds: ${this.ids().join(' ')}`);
  }

  /** Lets time pass to the next timer, and continues. */
  wait(): this {
    const pending = Object.entries(this.state.timers).filter(([, t]) => !t.ended);
    const next = pending.sort(([, a], [, b]) => a.until - b.until)[0];
    if (!next) throw new Error('nothing to wait for');
    this.now = Math.max(this.now, next[1].until);
    this.add({ type: 'timer-ended', timer: next[0] });
    return this.go();
  }

  ids(): readonly string[] {
    return this.decide().map((d) => d.id);
  }

  /** The acts that were started, in order. */
  started(): readonly string[] {
    return this.events.flatMap((e) => (e.type === 'act-started' ? [`${e.act}#${e.attempt}`] : []));
  }

  say(command: Command): ReturnType<typeof answer> {
    const answered = answer(this.plan, this.state, { ...command, reason: masked(command.reason) });
    if ('events' in answered) this.add(...answered.events);
    return answered;
  }

  approve(gate: string, as: string, verdict: 'go' | 'no_go' = 'go'): this {
    this.say({
      command: 'approve',
      gate,
      verdict,
      as,
      unattended: false,
      user: 'u',
      reason: 'r',
      at: this.now,
    });
    return this.go();
  }

  choose(choice: HoldChoice): this {
    this.say({ command: 'resolve', choice, step: null, user: 'u', reason: 'r', at: this.now });
    return this.go();
  }

  carryOut(d: Decision): 'crash' | undefined {
    if (!isErrand(d)) this.add(...recordOf(d));
    else if (d.do === 'open-gate') this.#openGate(d);
    else if (d.do === 'check-condition') this.#checkCondition(d);
    else if (d.do === 'act') return this.#act(d);
    else if (d.do === 'measure') return this.#measure(d);
    else if (d.do === 'pause-act') return undefined;
    else if (d.do === 'probe') this.#probe(d);
    else if (d.do === 'take-lock' || d.do === 'give-back-lock') this.add(granted(d));
    else this.fail(d.act, d.attempt, 'unknown', false, !(this.world.stop?.(d, this) ?? true), 'stopped');
    return undefined;
  }

  fail(
    act: ActKey,
    attempt: number,
    effect: 'none' | 'some' | 'unknown',
    retryable = false,
    living = false,
    code = 'failed',
  ): void {
    const error = { code, short: masked('it failed') };
    this.add({ type: 'act-finished', act, attempt, result: 'failed', effect, error, retryable, living });
  }

  #openGate(d: Of<'open-gate'>): void {
    const step = this.plan.steps[d.step];
    const criteria = step?.kind === 'gate' ? step.criteria : [];
    const results = criteria.map((expr) => ({ expr, holds: this.world.criterion?.(expr) ?? true }));
    this.add({ type: 'gate-opened', step: d.step, round: d.round, unmet: d.unmet, criteria: results });
  }

  #checkCondition({ step }: Of<'check-condition'>): void {
    const given = this.world.condition?.(this.plan.steps[step]?.when ?? '') ?? true;
    const answer = given === 'error' ? { holds: false, error: masked('no such key') } : { holds: given };
    this.add({ type: 'condition-checked', step, ...answer });
  }

  #measure(d: Of<'measure'>): 'crash' | undefined {
    const verdict = this.world.measure?.(d, this) ?? 'success';
    if (verdict === 'crash') return 'crash';
    this.add({ type: 'watch-measured', step: d.step, n: d.n, verdict });
    return undefined;
  }

  check(step: string, item: string, passed: boolean, as = 'lead'): ReturnType<typeof answer> {
    const said = {
      command: 'check',
      step,
      item,
      passed,
      as,
      user: 'u',
      reason: 'r',
      at: this.now,
    } as const;
    const answered = this.say(said);
    this.go();
    return answered;
  }

  #act(d: Of<'act'>): 'crash' | undefined {
    if (!d.attach) {
      if (d.crossesLine) this.add({ type: 'line-crossed', act: d.act });
      this.add({ type: 'act-started', act: d.act, attempt: d.attempt, input: {}, digest: '', before: null });
    }
    const outcome = this.world.act?.(d, this) ?? 'done';
    if (outcome === 'crash') return 'crash';
    if (outcome === 'done') {
      const output = { act: d.act };
      this.add({
        type: 'act-finished',
        act: d.act,
        attempt: d.attempt,
        result: 'done',
        effect: 'some',
        output,
      });
    } else this.fail(d.act, d.attempt, outcome.effect, outcome.retryable ?? true, outcome.living ?? false);
    return undefined;
  }

  #probe(d: Of<'probe'>): void {
    const state = this.world.probe?.(d, this) ?? 'unknown';
    const head = { type: 'act-probed', act: d.act, attempt: d.attempt } as const;
    if (state === 'done') this.add({ ...head, state, output: { act: d.act } });
    else if (state === 'not-done' || state === 'alive') this.add({ ...head, state });
    else this.add({ ...head, state, why: masked('no trace') });
  }
}
