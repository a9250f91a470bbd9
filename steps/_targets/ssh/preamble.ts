/**
 * What a login shell's start-up files print comes before the command's own output. Each exec therefore marks
 * where its output begins, with a token of its own; what stands before is dropped, all but its end: a server
 * that never marks anything must not fill the engine's memory.
 */
const longestKept = 64 * 1024;

export class Preamble {
  readonly #mark: Buffer;
  readonly #onMark: (words: string) => void;
  readonly #onData: (chunk: Uint8Array) => void;
  #before: Buffer | null = Buffer.alloc(0);

  constructor(token: string, onMark: (words: string) => void, onData: (chunk: Uint8Array) => void) {
    this.#mark = Buffer.from(`\x1e${token}`);
    this.#onMark = onMark;
    this.#onData = onData;
  }

  push(chunk: Uint8Array): void {
    if (this.#before === null) {
      this.#onData(chunk);
      return;
    }
    this.#before = Buffer.concat([this.#before.subarray(-longestKept), chunk]);
    const start = this.#before.indexOf(this.#mark);
    const end = start < 0 ? -1 : this.#before.indexOf(0x0a, start);
    if (end < 0) return;
    const words = this.#before
      .subarray(start + this.#mark.length, end)
      .toString('latin1')
      .trim();
    const rest = this.#before.subarray(end + 1);
    this.#before = null;
    this.#onMark(words);
    if (rest.length > 0) this.#onData(rest);
  }

  /** What came instead of the mark: the account's complaint where it runs no commands. */
  get unmarked(): string | null {
    return this.#before?.toString('utf8') ?? null;
  }
}
