/** A rule about single commands, wherever the runbook runs one. */
import type { LintContext, LintedCall } from '../context.ts';
import type { Fix, Found, Rule } from '../rule.ts';
import type { ShellCommand, Word } from '../shell/command.ts';

export interface Flaw {
  readonly at: Word;
  readonly message: string;
  readonly remedy: string;
  /** Texts to put after the word at fault; only where that is surely meant. */
  readonly insert?: string;
}

type ShellRule = Omit<Rule, 'check'> & {
  find(command: ShellCommand, call: LintedCall): Flaw | null;
};

export const shellRule = ({ find, ...rule }: ShellRule): Rule => ({
  ...rule,
  *check(context) {
    for (const call of context.calls)
      for (const command of [...call.commands, ...call.probes]) {
        const flaw = find(command, call);
        if (flaw) yield foundOf(flaw, call, context);
      }
  },
});

const foundOf = (
  { at: word, message, remedy, insert }: Flaw,
  call: LintedCall,
  context: LintContext,
): Found => {
  const at = context.atWord(call, word);
  const fix = insert === undefined ? null : insertion(word, at, insert, context);
  return { at, step: call.step, message, remedy, ...(fix && { fix }) };
};

/** null: the word is not written as it is read, so that nothing can be put after it by its place. */
const insertion = (word: Word, at: Found['at'], insert: string, context: LintContext): Fix | null => {
  const written = at.sourceLine.slice(at.col - 1, at.col - 1 + at.length);
  if (written !== word.text) return null;
  const end = context.offsetOf(at) + at.length;
  const inList = word.span === null && typeof word.path.at(-1) === 'number';
  if (inList && !/^\s*,/.test(at.sourceLine.slice(at.col - 1 + at.length))) return null;
  return { start: end, end, text: inList ? `, ${insert}` : ` ${insert}` };
};
