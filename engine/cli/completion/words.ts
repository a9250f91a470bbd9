/** What a shell needs of the table, flattened. */
import type { CommandSpec, Complete, OptionSpec } from '../spec.ts';

export interface CompletedOption {
  /** `--vars` */
  readonly name: string;
  readonly description: string;
  readonly takesValue: boolean;
  readonly repeatable: boolean;
  readonly complete: Complete;
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly arguments: readonly { readonly name: string; readonly complete: Complete }[];
}

/** Asked of the installed command, so that the script stays true when it learns more types. */
export const typesCommand = "runbook steps 2>/dev/null | cut -d ' ' -f 1";

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const optionOf = (spec: OptionSpec): CompletedOption => {
  const [name = '', value] = spec.flags.split(' ');
  return {
    name,
    description: spec.description,
    takesValue: value !== undefined,
    repeatable: spec.repeatable === true,
    complete: spec.complete ?? 'none',
  };
};

const commandOf = (spec: CommandSpec): CompletedCommand => ({
  name: spec.name,
  summary: spec.summary,
  options: spec.options.map(optionOf),
  arguments: spec.arguments.map((a) => ({ name: a.name, complete: a.complete ?? 'none' })),
});

export const completed = (commands: readonly CommandSpec[]): readonly CompletedCommand[] =>
  commands.map(commandOf);
