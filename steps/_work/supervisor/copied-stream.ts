/** One stream of supervised work, copied by offset; where it falls behind too far, a part is left out. */
import { type Gap, outputLimits, type Stream } from '../output-limits.ts';

export interface Part {
  readonly bytes: Uint8Array;
  /** Of the whole stream, by now. */
  readonly size: number;
}

export class CopiedStream {
  readonly #name: Stream;
  readonly #onChunk: (chunk: Uint8Array) => void;
  readonly #onGap: ((gap: Gap) => void) | undefined;
  #from = 0;
  #size = 0;
  #finalSize: number | null = null;
  #skipped = 0;
  /** The gap that has to be told with what comes next. */
  #gap: { bytes: number; lead: number } | null = null;

  constructor(name: Stream, onChunk: (chunk: Uint8Array) => void, onGap?: (gap: Gap) => void) {
    this.#name = name;
    this.#onChunk = onChunk;
    this.#onGap = onGap;
  }

  /** Where the next part begins. */
  get from(): number {
    return this.#from;
  }

  /** Bytes that are to come. */
  get left(): number {
    return Math.max(0, this.#size - this.#from);
  }

  get uncopied(): number {
    return this.#skipped + Math.max(0, this.left - (this.#gap?.lead ?? 0));
  }

  /** What comes later is a daemon's, which the work has left behind. */
  finish(): void {
    this.#finalSize ??= this.#size;
  }

  /** Hands the part on, then skips to the last `tail` bytes if more than `behind` are left. */
  take({ bytes, size }: Part, behind: number, tail: number): void {
    this.#size = this.#finalSize ?? Math.max(size, this.#from + bytes.length);
    const own = bytes.subarray(0, this.left);
    this.#hand(own);
    this.#from += own.length;
    if (this.left > behind) this.#skip(this.left, tail);
  }

  #hand(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const lead = Math.min(this.#gap?.lead ?? 0, bytes.length);
    if (this.#gap)
      this.#onGap?.({ stream: this.#name, bytes: this.#gap.bytes, before: bytes.subarray(0, lead) });
    this.#gap = null;
    if (bytes.length > lead) this.#onChunk(bytes.subarray(lead));
  }

  #skip(left: number, tail: number): void {
    const bytes = left - tail;
    const lead = Math.min(outputLimits.lead, bytes);
    this.#from += bytes - lead;
    this.#skipped += bytes;
    this.#gap = { bytes, lead };
  }
}
