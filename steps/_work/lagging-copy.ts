/**
 * Hands output on in turns of its own, so that a command is never slowed down by whoever masks, logs and shows what
 * it prints: its time limit is about its own work. Too far behind, a part is left out; nobody has it then.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { type Gap, outputLimits, type Stream } from './output-limits.ts';

/** Handed on in one turn: while a screen shows it, the command waits. */
const sliceBytes = 8 * 1024;

export interface Sinks {
  onStdout(chunk: Uint8Array): void;
  onStderr(chunk: Uint8Array): void;
  onGap(gap: Gap): void;
}

export class LaggingCopy {
  readonly #sinks: Sinks;
  readonly #limits: { readonly behind: number; readonly tail: number; readonly lead: number };
  readonly #waiting: { readonly [stream in Stream]: Uint8Array[] } = { stdout: [], stderr: [] };
  readonly #size = { stdout: 0, stderr: 0 };
  #copying: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;
  /** Bytes that were left out. */
  uncopied = 0;

  constructor(sinks: Sinks, limits: Pick<typeof outputLimits, 'behind' | 'tail' | 'lead'> = outputLimits) {
    this.#sinks = sinks;
    this.#limits = limits;
  }

  push(stream: Stream, chunk: Uint8Array): void {
    this.#waiting[stream].push(chunk);
    this.#size[stream] += chunk.length;
    this.#copying ??= this.#copy()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#copying = null;
      });
  }

  /** All that is there by now has been handed on; a sink's error is thrown. */
  async drained(): Promise<void> {
    await this.#copying;
    if (this.#failure) throw this.#failure.error;
  }

  async #copy(): Promise<void> {
    while (this.#size.stdout + this.#size.stderr > 0) {
      await turn();
      for (const stream of ['stdout', 'stderr'] as const) this.#next(stream);
    }
  }

  #next(stream: Stream): void {
    if (this.#size[stream] > this.#limits.behind) this.#skip(stream);
    const [whole] = this.#waiting[stream];
    if (whole === undefined) return;
    const chunk = whole.subarray(0, sliceBytes);
    if (chunk.length === whole.length) this.#waiting[stream].shift();
    else this.#waiting[stream][0] = whole.subarray(sliceBytes);
    this.#size[stream] -= chunk.length;
    if (stream === 'stdout') this.#sinks.onStdout(chunk);
    else this.#sinks.onStderr(chunk);
  }

  #skip(stream: Stream): void {
    const { tail, lead } = this.#limits;
    const all = Buffer.concat(this.#waiting[stream]);
    const bytes = all.length - tail;
    this.uncopied += bytes;
    this.#waiting[stream].splice(0, Number.POSITIVE_INFINITY, all.subarray(bytes));
    this.#size[stream] = tail;
    this.#sinks.onGap({ stream, bytes, before: all.subarray(Math.max(0, bytes - lead), bytes) });
  }
}
