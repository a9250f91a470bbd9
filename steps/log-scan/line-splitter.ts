/** Bytes in, whole lines out; memory does not grow with the file, nor with a line that never ends. */
import { tooLong } from './failures.ts';
import { longestLine } from './scripts.ts';

export { longestLine };

const newline = 0x0a;

export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #kept: Buffer[] = [];
  #size = 0;
  #holes = 0;
  #whole = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Bytes up to the end of the last whole line. */
  get consumed(): number {
    return this.#whole;
  }

  /** Throws StepFailed for a line that is too long, and whatever the taker of a line throws. */
  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, from)) {
      this.#keep(bytes.subarray(from, at));
      this.#whole += this.#holes + this.#size + 1;
      this.#onLine(this.#take());
      from = at + 1;
    }
    this.#keep(bytes.subarray(from));
  }

  #keep(given: Buffer): void {
    // A writer that goes on at its old offset after the file was cut short leaves a hole before its next line.
    const hole = this.#size > 0 ? 0 : given.findIndex((byte) => byte !== 0);
    const part = hole < 0 ? given.subarray(given.length) : given.subarray(hole);
    this.#holes += given.length - part.length;
    if (part.length === 0) return;
    if (this.#size + part.length > longestLine) throw tooLong();
    // A copy: the chunk it is cut from is the stream's.
    this.#kept.push(Buffer.from(part));
    this.#size += part.length;
  }

  #take(): string {
    const text = Buffer.concat(this.#kept).toString('utf8');
    this.#kept = [];
    this.#size = 0;
    this.#holes = 0;
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }
}
