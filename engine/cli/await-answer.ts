/** Waits for the running engine's answer to a command. */
import { type CommandAnswer, readAnswer } from '../journal/command-answer.ts';

/** An engine answers between two fsyncs; longer than this it is stopped, or its disk is. */
export const answerWithinMs = 15_000;

const pollMs = 50;
/** Asking for the lock opens a database: not every time. */
const pollsPerLook = 5;

export interface Awaited {
  /** Of the run. */
  readonly runDir: string;
  /** Of the command. */
  readonly id: string;
  /** Whether an engine is running. */
  readonly live: () => boolean;
  /** On a monotonic clock. */
  readonly elapsedMs: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** `gone`: no engine any more, and no answer. `silent`: the engine is there, and has not answered in time. */
export const awaitAnswer = async (o: Awaited): Promise<CommandAnswer | 'gone' | 'silent'> => {
  const began = o.elapsedMs();
  for (let polls = 1; ; polls++) {
    const answer = readAnswer(o.runDir, o.id);
    if (answer) return answer;
    // Read again: its answer may have been the last thing that it did.
    if (polls % pollsPerLook === 0 && !o.live()) return readAnswer(o.runDir, o.id) ?? 'gone';
    if (o.elapsedMs() - began >= answerWithinMs) return 'silent';
    await o.sleep(pollMs);
  }
};
