/** A new id for a step, everywhere that it is named. */
import type { Outline } from '../load/outline.ts';
import { writtenId } from '../load/schema/values.ts';
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
  if (!writtenId.test(to))
    return { refused: `"${to}" cannot be an id: a small letter, then small letters, digits and dashes` };
  if (outline.steps.find(to)) return { refused: `There is already a step "${to}"` };
  const unread = mentions.unread.find(({ text }) => text.includes(mention.name));
  if (unread) {
    const { line } = outline.source.lines.linePos(unread.start);
    return { refused: `The expression in line ${line} cannot be read, and may name the step: fix it first` };
  }
  const all = sameName(mentions, mention);
  if (all.filter(({ declares }) => declares).length > 1)
    return { refused: `Several groups have a step "${mention.name}": rename them by hand` };
  const named = all.map((each) => editOf(each, to, outline.source.text));
  return { edits: [...named, ...mentions.all.flatMap((each) => partsOf(each, mention.name, to))] };
};

/** In `steps['sections[s1]/ro']`, and in the `require` of such an id. */
const partsOf = ({ kind, name, start }: Mention, from: string, to: string): readonly Edit[] => {
  if (kind !== 'step' || !/[[/]/.test(name)) return [];
  let at = start;
  return name.split('/').flatMap((part) => {
    const [own = ''] = part.split('[');
    const edit = { start: at, end: at + own.length, text: to };
    at += part.length + 1;
    return own === from ? [edit] : [];
  });
};

const isPlainName = (name: string): boolean => /^[a-z_][a-z0-9_]*$/i.test(name);

const editOf = ({ start, end, as, inSingle }: Mention, to: string, text: string): Edit => {
  if (as !== 'dot' || isPlainName(to)) return { start, end, text: to };
  // `steps.a-b` would be a minus.
  const quote = inSingle ? '"' : "'";
  return { start: text.lastIndexOf('.', start), end, text: `[${quote}${to}${quote}]` };
};
