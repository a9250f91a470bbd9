/**
 * What a client tool of a server prints on stderr, without data: one in batch mode echoes the statement that failed,
 * thousands of rows with it. Only lines that are known to be messages pass.
 */
import { ownMark } from '../../_work/script.ts';

const longestLine = 4096;
const shownCharacters = 300;
const mostLines = 20;

const cut = (text: string): string =>
  text.length > shownCharacters ? `${text.slice(0, shownCharacters - 1)}…` : text;

/** The highest rank is the most telling. */
export interface Word {
  readonly rank: number;
  readonly text: string;
}

/** What a line of a server's tool says; null: it may be a part of a statement. */
export type WordOf = (line: string) => Word | null;

/** Programs that the scripts call beside the tool, as they begin a message. */
export const isOfShell = (line: string): boolean =>
  /^(?:[\w./-]*\/)?(?:(?:ba|da|a|k)?sh|sed|cat|ln|chmod|mkdir|rm|env)(?::| \[)/.test(line);

const decoder = new TextDecoder();

export class ToolWords {
  readonly #wordOf: WordOf;
  readonly #log: (text: string) => void;
  #kept: Buffer[] = [];
  #size = 0;
  #shown = 0;
  #leftOut = 0;
  #best: Word | null = null;

  constructor(wordOf: WordOf, log: (text: string) => void) {
    this.#wordOf = wordOf;
    this.#log = log;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, from)) {
      this.#keep(bytes.subarray(from, at));
      this.#line();
      from = at + 1;
    }
    this.#keep(bytes.subarray(from));
  }

  /** The most telling line; null: there was none. Says what was left out. */
  end(): string | null {
    if (this.#size > 0) this.#line();
    if (this.#leftOut > 0)
      this.#log(`${this.#leftOut} lines of its output are left out: they may hold data\n`);
    return this.#best?.text ?? null;
  }

  #keep(part: Buffer): void {
    const room = longestLine - this.#size;
    if (room <= 0 || part.length === 0) return;
    this.#kept.push(Buffer.from(part.subarray(0, room)));
    this.#size += Math.min(room, part.length);
  }

  #line(): void {
    const line = decoder.decode(Buffer.concat(this.#kept)).trimEnd();
    this.#kept = [];
    this.#size = 0;
    if (/^-*$/.test(line)) return;
    const word = line.startsWith(ownMark)
      ? { rank: 3, text: line.slice(ownMark.length) }
      : this.#wordOf(line);
    if (word === null || this.#shown >= mostLines) {
      this.#leftOut += 1;
      return;
    }
    const text = cut(word.text);
    this.#shown += 1;
    this.#log(`${text}\n`);
    if (word.rank >= (this.#best?.rank ?? 0)) this.#best = { ...word, text };
  }
}

/** The most telling line of all that a tool printed; null: there was none. */
export const complaintOfTool = (wordOf: WordOf, stderr: Uint8Array): string | null => {
  const words = new ToolWords(wordOf, () => undefined);
  words.push(stderr);
  return words.end();
};
