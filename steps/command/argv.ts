import type { CommandInput } from './step.ts';

/** A script stops at its first failing line: a half-failed one must not look like success. */
export const argvOf = (run: CommandInput['run']): readonly [string, ...string[]] =>
  typeof run === 'string' ? ['/bin/sh', '-e', '-c', run] : run;
