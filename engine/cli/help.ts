/** The part of the help that commander does not write: examples and exit codes. */
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { CommandSpec } from './spec.ts';

const exitLines = (codes: readonly ExitCode[], means: CommandSpec['means'] = {}): string =>
  codes.map((code) => `  ${String(code).padStart(3)}  ${means[code] ?? exitCodes[code]}`).join('\n');

export const commandHelp = (spec: CommandSpec): string => {
  const examples = spec.examples.map(({ run, what }) => `  # ${what}\n  ${run}`).join('\n');
  return `\nExamples:\n${examples}\n\nExit codes:\n${exitLines(spec.exits, spec.means)}`;
};

export const programHelp = (): string => {
  const codes = Object.keys(exitCodes).map(Number) as ExitCode[];
  return [
    '\nExamples:',
    '  runbook validate cutover.yaml --vars prod.yaml',
    '  runbook exec cutover.yaml --vars prod.yaml --dry-run',
    '  runbook exec cutover.yaml --vars prod.yaml',
    '  runbook status\n',
    `Exit codes:\n${exitLines(codes)}`,
  ].join('\n');
};
