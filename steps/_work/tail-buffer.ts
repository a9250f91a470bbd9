/** The last bytes of a stream, without keeping the rest. */
export class TailBuffer {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #dropped = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    // Twice the limit before cutting: each byte is copied once, however small the chunks are.
    if (this.#size > 2 * this.#limit) this.#cut();
  }

  /** The beginning of the stream is gone. */
  get truncated(): boolean {
    return this.#dropped || this.#size > this.#limit;
  }

  bytes(): Uint8Array {
    this.#cut();
    return this.#chunks[0] ?? new Uint8Array();
  }

  #cut(): void {
    const all = Buffer.concat(this.#chunks);
    this.#dropped ||= all.length > this.#limit;
    const kept = all.subarray(Math.max(0, all.length - this.#limit));
    this.#chunks = [kept];
    this.#size = kept.length;
  }
}
