/** How fast mails may go out, and how that changes when the server says: slower. */
import * as z from 'zod';
import type { ActContext } from '../../../engine/step.ts';

const limit = z.number().positive().max(100_000).optional();

export const rateSchema = z.strictObject({
  per_second: limit.describe('Mails a second'),
  per_minute: limit.describe('Mails a minute'),
  per_hour: limit.describe('Mails an hour'),
  burst: z.int().positive().max(10_000).default(1).describe('So many at once before the pace holds'),
});

export type Rate = z.output<typeof rateSchema>;

/** Between two mails: the slowest of the limits given. */
export const intervalMs = ({ per_second, per_minute, per_hour }: Rate): number =>
  Math.max(
    per_second === undefined ? 0 : 1_000 / per_second,
    per_minute === undefined ? 0 : 60_000 / per_minute,
    per_hour === undefined ? 0 : 3_600_000 / per_hour,
  );

const slowestMs = 60_000;

export class Pace {
  readonly #clock: ActContext['clock'];
  readonly #burst: number;
  #intervalMs: number;
  /** When the next mail would be due at an even pace; lies ahead of now while the pace holds us back. */
  #due: number;
  #notBefore = 0;

  constructor(clock: ActContext['clock'], rate: Rate) {
    this.#clock = clock;
    this.#burst = rate.burst;
    this.#intervalMs = intervalMs(rate);
    this.#due = clock.now();
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  /** Epoch ms: when the next mail may go. */
  get nextAt(): number {
    const due = this.#due - (this.#burst - 1) * this.#intervalMs;
    return Math.max(due, this.#notBefore, this.#clock.now());
  }

  /** Returns when the next mail may go, or at once when the signal fires. */
  async turn(signal: AbortSignal): Promise<void> {
    const wait = this.nextAt - this.#clock.now();
    if (wait > 0) await this.#clock.sleep(wait, signal);
    this.#due = Math.max(this.#due, this.#clock.now()) + this.#intervalMs;
  }

  /** Nobody is written to for so long. */
  rest(ms: number): void {
    this.#notBefore = Math.max(this.#notBefore, this.#clock.now() + ms);
  }

  /** Half as fast from now on, without a burst's credit. */
  slowDown(): void {
    this.#intervalMs = Math.min(slowestMs, Math.max(this.#intervalMs, 250) * 2);
    this.#due = this.#clock.now() + this.#burst * this.#intervalMs;
  }
}
