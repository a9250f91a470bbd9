import type { Outcome } from '../../engine/step.ts';
import { nameOf } from './call.ts';
import { type Captured, exitText } from './captured.ts';
import type { CommandInput, CommandOutput } from './step.ts';

type Failed = Extract<Outcome<CommandOutput>, { done: false }>;

/** Of a command that ended by itself. */
export const outcomeOf = (
  input: CommandInput,
  exitCode: number,
  captured: Captured,
): Outcome<CommandOutput> => {
  const effect = input.effects === 'read' ? 'none' : 'some';
  const failed = (short: string, retryable: boolean): Failed => ({ done: false, effect, retryable, short });
  if (!input.ok_exit_codes.includes(exitCode)) {
    const words = captured.lastWords();
    const how = `${nameOf(input.run)}: ${exitText(exitCode)}`;
    return failed(words === null ? how : `${how}: ${words}`, true);
  }
  try {
    return { done: true, output: captured.output(input, exitCode) };
  } catch (error) {
    // A read may answer better next time; a write has happened, only its answer is unusable.
    return failed(`${nameOf(input.run)}: ${(error as Error).message}`, input.effects === 'read');
  }
};
