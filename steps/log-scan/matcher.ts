/**
 * Regular expressions over lines that strangers can write (a URL in an access log), so a pattern that
 * backtracks without end must not stop the engine. A linear engine would be a native package, and no test of
 * a pattern's text finds every bad one: instead the runtime's own engine runs in a context whose calls have
 * a time limit, which also ends a match that is under way.
 */
import vm from 'node:vm';
import { tooSlow } from './failures.ts';

/** For a batch, which takes a few milliseconds otherwise. */
const batchMs = 2_000;

const program = new vm.Script(`
const patterns = sources.map((source) => new RegExp(source));
let at = 0;
const match = (lines) => lines.map((line) => patterns.map((pattern, i) => { at = i; return pattern.test(line); }));
`);
const call = new vm.Script('match(lines)');
const where = new vm.Script('at');

export class Matcher {
  readonly #context: vm.Context;
  readonly #sources: readonly string[];

  constructor(sources: readonly string[]) {
    this.#sources = sources;
    this.#context = vm.createContext({ sources: [...sources], lines: [] });
    program.runInContext(this.#context);
  }

  /** For each line, whether each pattern is in it. Throws StepFailed where that takes too long. */
  match(lines: readonly string[]): readonly (readonly boolean[])[] {
    this.#context.lines = lines;
    try {
      return call.runInContext(this.#context, { timeout: batchMs }) as boolean[][];
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw tooSlow(this.#sources[Number(where.runInContext(this.#context))] ?? '', batchMs);
    }
  }
}
