/** A machine whose time passes as soon as everything waits for it, and whose clock can be set. */
import type { Machine } from '../../../engine/run/clock.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

export class ManualMachine implements Machine {
  /** Time that has really passed, ms. */
  real = 0;
  wallOffMs: number;
  suspendedMs = 0;
  bootId: string | null;
  readonly #sleepers = new Set<Sleeper>();
  #plans: { readonly at: number; readonly what: () => void }[] = [];
  #pumping = false;

  constructor(epoch: number, bootId: string | null = 'boot-1') {
    this.wallOffMs = epoch;
    this.bootId = bootId;
  }

  wall = (): number => this.real + this.wallOffMs;
  monotonic = (): number => this.real - this.suspendedMs;
  boot = () => (this.bootId === null ? null : { id: this.bootId, upMs: this.real + 50_000 });

  /** Happens once so much time has passed. */
  plan(at: number, what: () => void): void {
    this.#plans = [...this.#plans, { at, what }].sort((a, b) => a.at - b.at);
  }

  setClock(byMs: number): void {
    this.wallOffMs += byMs;
  }

  suspend(ms: number): void {
    this.real += ms;
    this.suspendedMs += ms;
  }

  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { until: this.monotonic() + Math.max(0, ms), wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
      this.#pump();
    });

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    // Long enough for what is not waiting for time to get on.
    setTimeout(() => {
      this.#pumping = false;
      const [next] = [...this.#sleepers].sort((a, b) => a.until - b.until);
      if (!next) return;
      const target = Math.max(this.real, next.until + this.suspendedMs);
      const plan = this.#plans[0];
      if (plan && plan.at <= target) {
        this.#plans.shift();
        this.real = Math.max(this.real, plan.at);
        plan.what();
      } else {
        this.real = target;
        next.wake();
      }
      if (this.#sleepers.size > 0) this.#pump();
    }, 2);
  }
}
