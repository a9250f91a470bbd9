/** Work under way, by the id of the decision that asked for it: a decision made again is not carried out twice. */
import type { ActKey } from '../decide/events.ts';
import type { AbortReason } from '../step.ts';

interface Work {
  /** null: no act; it ends with the first interrupt. */
  readonly act: ActKey | null;
  readonly control: AbortController;
  readonly done: Promise<void>;
}

export class InFlight {
  readonly #work = new Map<string, Work>();
  readonly #changed: () => void;
  /** The first error that no act can answer for: a journal that failed, a bug. The run is over. */
  failure: { error: unknown } | null = null;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get size(): number {
    return this.#work.size;
  }

  has(id: string): boolean {
    return this.#work.has(id);
  }

  add(id: string, act: ActKey | null, control: AbortController, work: () => Promise<void>): void {
    const done = work()
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => {
        this.#work.delete(id);
        this.#changed();
      });
    this.#work.set(id, { act, control, done });
  }

  some(which: (act: ActKey) => boolean): boolean {
    return [...this.#work.values()].some(({ act }) => act !== null && which(act));
  }

  /** The control of an attempt that this session carries out. */
  actOf(act: ActKey): AbortController | undefined {
    for (const work of this.#work.values()) if (work.act === act) return work.control;
    return undefined;
  }

  /** Pauses an act; a second call changes nothing. */
  pause(act: ActKey): void {
    const control = this.actOf(act);
    if (control && !control.signal.aborted) control.abort('pause' satisfies AbortReason);
  }

  /** Cancels reads that are no longer needed. */
  keepReads(wanted: (id: string) => boolean): void {
    for (const [id, { control }] of this.#work) {
      if (!wanted(id) && !control.signal.aborted) control.abort('stop' satisfies AbortReason);
    }
  }

  interrupt(reason: AbortReason, which: (act: ActKey) => boolean): void {
    for (const { act, control } of this.#work.values()) {
      if ((act === null || which(act)) && !control.signal.aborted) control.abort(reason);
    }
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#work.values()].map((w) => w.done));
  }
}
