/** A command as a shell or the system would start it, each of its words with its place. */
import type { Path } from '../../load/yaml-source.ts';

export interface Word {
  /** Without its quotes; what the shell would put in is left as written: `$HOME/x`. */
  readonly text: string;
  /** Below the input of the step. */
  readonly path: Path;
  /** Offsets into the text at `path`; null: all of it. */
  readonly span: { readonly start: number; readonly end: number } | null;
}

export interface ShellCommand {
  /** Of the program, without its folder and without what starts it (sudo, env, timeout); '': not written out. */
  readonly name: string;
  /** All words; the program is not always the first. */
  readonly words: readonly Word[];
  readonly program: Word;
  readonly args: readonly Word[];
  /** `NAME=value` before the program. */
  readonly variables: readonly Word[];
  readonly redirects: readonly { readonly operator: string; readonly target: Word }[];
  /** What it reads by `<<`; null: nothing is written out. */
  readonly document: Word | null;
  /** The commands that read its output, next first. */
  readonly pipedTo: readonly string[];
  /** Such a pipe fails with any of its commands. */
  readonly pipefail: boolean;
  /** The `true` of `|| true`; null: its failure counts. */
  readonly ignoredBy: Word | null;
}

export const argsOf = ({ args }: ShellCommand): readonly string[] => args.map(({ text }) => text);

/** Whether an option is given: long, or a letter in a bundle (`-rf`); a longer word has its value with it. */
export const option = (
  command: ShellCommand,
  letter: string | null,
  ...long: readonly string[]
): Word | null =>
  command.args.find(
    ({ text }) =>
      long.some((name) => text === name || text.startsWith(`${name}=`)) ||
      (letter !== null && /^-[A-Za-z]{1,6}$/.test(text) && text.slice(1).includes(letter)),
  ) ?? null;

export const has = (command: ShellCommand, letter: string | null, ...long: readonly string[]): boolean =>
  option(command, letter, ...long) !== null;

/** Words that are no options. */
export const operands = (command: ShellCommand): readonly Word[] =>
  command.args.filter(({ text }) => !text.startsWith('-'));
