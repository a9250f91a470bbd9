import type { Outcome } from '../../engine/step.ts';
import type { TargetError } from '../../engine/target.ts';
import { captured, type Printed } from './capture.ts';
import type { CommandInput, CommandOutput } from './step.ts';

export const exited = (input: CommandInput, exitCode: number, printed: Printed): Outcome<CommandOutput> => {
  if (!input.ok_exit_codes.includes(exitCode)) {
    const reason = printed.reason();
    return {
      done: false,
      effect: input.effects === 'read' ? 'none' : 'some',
      retryable: true,
      short: `exit code ${exitCode}${reason && `: ${reason}`}`,
    };
  }
  const result = captured(input, exitCode, printed);
  if ('output' in result) return { done: true, output: result.output };
  return {
    done: false,
    effect: input.effects === 'read' ? 'none' : 'some',
    retryable: false,
    short: `it succeeded, but ${result.problem}`,
    remedy: result.remedy,
  };
};

/** The place said no before anything was started. */
export const notStarted = (error: TargetError): Outcome<CommandOutput> => ({
  done: false,
  effect: 'none',
  retryable: error.retry,
  short: `${error.target}: ${error.message}`,
  remedy: error.remedy,
  cause: error.cause,
});
