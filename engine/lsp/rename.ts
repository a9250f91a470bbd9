/** A new id for a step, everywhere that it is named. */
import type { Outline } from '../load/outline.ts';
import { stepId } from '../load/schema/values.ts';
import type { Mention, Mentions } from './mentions.ts';
import { sameName } from './mentions.ts';

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export type Renamed = { readonly edits: readonly Edit[] } | { readonly refused: string };

export const rename = (mention: Mention, to: string, mentions: Mentions, outline: Outline): Renamed => {
  if (mention.kind !== 'step') return { refused: 'Only the id of a step can be renamed' };
  if (!stepId.safeParse(to).success)
    return { refused: `"${to}" cannot be an id: a small letter, then small letters, digits and dashes` };
  if (outline.steps.find(to)) return { refused: `There is already a step "${to}"` };
  const unread = mentions.unread.find(({ text }) => text.includes(mention.name));
  if (unread) {
    const { line } = outline.source.lines.linePos(unread.start);
    return { refused: `The expression in line ${line} cannot be read, and may name the step: fix it first` };
  }
  return { edits: sameName(mentions, mention).map((each) => editOf(each, to, outline.source.text)) };
};

const isPlainName = (name: string): boolean => /^[a-z_][a-z0-9_]*$/i.test(name);

const editOf = ({ start, end, as, inSingle }: Mention, to: string, text: string): Edit => {
  if (as !== 'dot' || isPlainName(to)) return { start, end, text: to };
  // `steps.a-b` would be a minus.
  const quote = inSingle ? '"' : "'";
  return { start: text.lastIndexOf('.', start), end, text: `[${quote}${to}${quote}]` };
};
