/** Bytes in, whole lines out; memory does not grow with the file, nor with a line that never ends. */

/** Bytes of a line that are looked at. */
export const longestLine = 16 * 1024;

const newline = 0x0a;

export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #kept: Buffer[] = [];
  #size = 0;
  #whole = 0;
  #pending = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Bytes up to the end of the last whole line. */
  get consumed(): number {
    return this.#whole;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, from)) {
      this.#keep(bytes.subarray(from, at));
      this.#whole += this.#pending + 1;
      this.#pending = 0;
      this.#onLine(this.#take());
      from = at + 1;
    }
    this.#keep(bytes.subarray(from));
  }

  #keep(part: Buffer): void {
    this.#pending += part.length;
    const room = longestLine - this.#size;
    if (room <= 0 || part.length === 0) return;
    // A copy: the chunk it is cut from is the stream's.
    this.#kept.push(Buffer.from(part.subarray(0, room)));
    this.#size += Math.min(part.length, room);
  }

  #take(): string {
    const text = Buffer.concat(this.#kept).toString('utf8');
    this.#kept = [];
    this.#size = 0;
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }
}
