/** What has been seen so far: counts, matches and the first lines. */
import { Matcher } from './matcher.ts';
import type { LogScanInput } from './step.ts';
import { withoutKeys } from './without-keys.ts';

const batchLines = 500;
/** Lines may be long. */
const batchCharacters = 1024 * 1024;
const shownCharacters = 240;

export class Tally {
  readonly #matcher: Matcher;
  readonly #names: readonly string[];
  readonly #input: LogScanInput;
  readonly #mask: (text: string) => string;
  readonly #samples: string[] = [];
  readonly #counts: Record<string, number>;
  #batch: string[] = [];
  #batched = 0;
  #lines = 0;
  #matches = 0;

  constructor(input: LogScanInput, mask: (text: string) => string, matcher?: Matcher) {
    this.#input = input;
    this.#mask = mask;
    this.#names = Object.keys(input.count);
    this.#counts = Object.fromEntries(this.#names.map((name) => [name, 0]));
    this.#matcher = matcher ?? new Matcher([...Object.values(input.count), ...input.fail_on, ...input.allow]);
  }

  /** Throws StepFailed, as `flush` does. */
  add(line: string): void {
    this.#batch.push(line);
    this.#batched += line.length;
    if (this.#batch.length >= batchLines || this.#batched >= batchCharacters) this.flush();
  }

  /** The same so far, counting on by itself. */
  copy(): Tally {
    const other = new Tally(this.#input, this.#mask, this.#matcher);
    other.#samples.push(...this.#samples);
    Object.assign(other.#counts, this.#counts);
    other.#batch = [...this.#batch];
    other.#batched = this.#batched;
    other.#lines = this.#lines;
    other.#matches = this.#matches;
    return other;
  }

  flush(): void {
    const lines = this.#batch;
    this.#batch = [];
    this.#batched = 0;
    if (lines.length === 0) return;
    for (const [i, hits] of this.#matcher.match(lines).entries()) this.#take(lines[i] ?? '', hits);
  }

  get totals() {
    return {
      lines: this.#lines,
      counts: { ...this.#counts },
      matches: this.#matches,
      samples: [...this.#samples],
    };
  }

  #take(line: string, hits: readonly boolean[]): void {
    const { fail_on, max_lines } = this.#input;
    this.#lines += 1;
    const counted = this.#names.filter((_, i) => hits[i]);
    for (const name of counted) this.#counts[name] = (this.#counts[name] ?? 0) + 1;
    const first = this.#names.length;
    const fails = hits.slice(first, first + fail_on.length).some(Boolean);
    const matches = fails && !hits.slice(first + fail_on.length).some(Boolean);
    if (matches) this.#matches += 1;
    const shows = fail_on.length > 0 ? matches : counted.length > 0;
    if (shows && this.#samples.length < max_lines) this.#samples.push(this.#shown(line));
  }

  /** Masked before it is cut: half a secret would be found by nobody. */
  #shown(line: string): string {
    const text = withoutKeys(this.#mask(line).replaceAll(/\p{Cc}/gu, '\u{FFFD}'));
    return text.length > shownCharacters ? `${text.slice(0, shownCharacters - 3)}...` : text;
  }
}
