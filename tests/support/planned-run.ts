/** The core runs a plan in which nothing fails, and everything takes as long as expected. */
import type { Decision } from '../../engine/decide/decisions.ts';
import type { ActKey } from '../../engine/decide/events.ts';
import { parseActKey } from '../../engine/decide/keys.ts';
import type { Plan } from '../../engine/plan.ts';
import { CoreRun } from './core-run.ts';

interface Pending {
  readonly at: number;
  end(): void;
}

export class PlannedRun extends CoreRun {
  readonly #pending: Pending[] = [];
  /** Steps at which the engine asked because of the hard stop; each time it continues. */
  readonly windowHolds: string[] = [];

  constructor(plan: Plan, now: number) {
    super(plan, {}, { t0: 0, now });
  }

  /** `settled`: after each settled step. */
  finish(settled: (step: string) => void = () => {}): this {
    for (let rounds = 0; this.state.settled === null; rounds++) {
      if (rounds > 20_000) throw new Error(`no end: ${this.ids().join(' ')}`);
      const decisions = this.decide();
      for (const decision of decisions) {
        this.carryOut(decision);
        if (decision.do === 'settle-step') settled(decision.step);
      }
      if (this.state.hold) this.#continue();
      else if (decisions.length === 0) this.#pass();
    }
    return this;
  }

  override carryOut(d: Decision): 'crash' | undefined {
    if (d.do === 'act' && parseActKey(d.act).phase === 'do') {
      if (d.crossesLine) this.add({ type: 'line-crossed', act: d.act });
      this.add({ type: 'act-started', act: d.act, attempt: d.attempt, input: {}, digest: '', before: null });
      this.#after(this.#expected(d.act), () => this.#done(d.act, d.attempt));
      return undefined;
    }
    const crashed = super.carryOut(d);
    if (d.do === 'open-gate')
      this.#after(this.plan.steps[d.step]?.expectedMs ?? 0, () => this.#approve(d.step));
    if (d.do === 'open-checklist')
      this.#after(this.plan.steps[d.step]?.expectedMs ?? 0, () => {
        for (const item of d.asks) this.check(d.step, item, true);
      });
    return crashed;
  }

  #expected(act: ActKey): number {
    return this.plan.steps[parseActKey(act).step]?.expectedMs ?? 0;
  }

  #done(act: ActKey, attempt: number): void {
    this.add({ type: 'act-finished', act, attempt, result: 'done', effect: 'some', output: {} });
  }

  #approve(gate: string): void {
    const said = { gate, verdict: 'go', as: 'lead', unattended: false, user: 'u', reason: 'r' } as const;
    this.say({ command: 'approve', ...said, at: this.now });
  }

  #continue(): void {
    const { cause, step } = this.state.hold ?? {};
    if (cause !== 'window' || step == null) throw new Error(`held: ${cause} at ${step}`);
    this.windowHolds.push(step);
    const said = { choice: 'continue', step: null, user: 'u', reason: 'r' } as const;
    this.say({ command: 'resolve', ...said, at: this.now });
  }

  #after(ms: number, end: () => void): void {
    this.#pending.push({ at: this.now + ms, end });
  }

  /** Acts end before timers of the same instant. */
  #pass(): void {
    const timers = Object.entries(this.state.timers).flatMap(([timer, { until, ended }]): Pending[] =>
      ended ? [] : [{ at: until, end: () => this.add({ type: 'timer-ended', timer }) }],
    );
    const [first] = [...this.#pending, ...timers].sort((a, b) => a.at - b.at);
    if (!first) throw new Error(`nothing to wait for: ${this.ids().join(' ')}`);
    const found = this.#pending.indexOf(first);
    if (found !== -1) this.#pending.splice(found, 1);
    this.now = Math.max(this.now, first.at);
    first.end();
  }
}
