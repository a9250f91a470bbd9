/**
 * What a client tool of the server prints on stderr, without data: a client in batch mode echoes the whole statement
 * that failed, thousands of rows with it. Only lines that are known to be messages pass.
 */
import { ownMark } from '../../_work/script.ts';
import { withoutRows } from '../../_work/without-data.ts';

const longestLine = 4096;
const shownCharacters = 300;
const mostLines = 20;

const cut = (text: string): string =>
  text.length > shownCharacters ? `${text.slice(0, shownCharacters - 1)}…` : text;

const ofServer = /^(ERROR (\d+) \([0-9A-Z]{5}\)(?: at line \d+)?)(?: in file: '.*?')?: (.*)$/;
const ofClient = /^ERROR(?: at line \d+)?: /;
const ofTool =
  /^(?:[\w./-]*\/)?(?:mysql|mariadb|mysqldump|mariadb-dump|(?:ba|da|a|k)?sh|sed|cat|ln|chmod|mkdir|rm|env)(?:\.exe)?(?::| \[)/;

interface Word {
  readonly rank: number;
  readonly text: string;
}

/** null: it may be a part of a statement. */
const wordOf = (line: string): Word | null => {
  if (line.startsWith(ownMark)) return { rank: 3, text: line.slice(ownMark.length) };
  const [, head, errno, message = ''] = ofServer.exec(line) ?? [];
  if (head !== undefined) return { rank: 2, text: `${head}: ${withoutRows(Number(errno), message)}` };
  // It quotes the query at the end, and single characters before.
  if (ofClient.test(line))
    return { rank: 2, text: line.replace(/ *Query: .*$/, '').replace(/'.{4,}'/, "'…'") };
  return ofTool.test(line) ? { rank: 1, text: line } : null;
};

const decoder = new TextDecoder();

export class ToolWords {
  readonly #log: (text: string) => void;
  #kept: Buffer[] = [];
  #size = 0;
  #shown = 0;
  #leftOut = 0;
  #best: Word | null = null;

  constructor(log: (text: string) => void) {
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
    const word = wordOf(line);
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
export const complaintOfTool = (stderr: Uint8Array): string | null => {
  const words = new ToolWords(() => undefined);
  words.push(stderr);
  return words.end();
};
