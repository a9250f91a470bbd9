/** Texts for people, as written in the sources: string literals and templates of code, prose of Markdown. */
import { parseSync, Visitor } from 'oxc-parser';

/** Names of events, keys and codes have no blank; a text has. What a template fills in is `…`. */
export const textsOfCode = (file: string, source: string): readonly string[] => {
  const texts: string[] = [];
  const add = (text: string) => {
    if (/\S\s+\S/.test(text)) texts.push(text.replaceAll(/\s+/g, ' ').trim());
  };
  new Visitor({
    Literal: (node) => {
      if (typeof node.value === 'string') add(node.value);
    },
    TemplateLiteral: (node) => add(node.quasis.map(({ value }) => value.cooked ?? value.raw).join('…')),
  }).visit(parseSync(file, source).program);
  return texts;
};

/** Line by line, without what is code: names of files, steps and options are not prose. */
export const textsOfMarkdown = (source: string): readonly string[] =>
  source
    .replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '')
    .replaceAll(/`[^`\n]*`/g, '`…`')
    .replaceAll(/\]\([^)\s]*\)/g, ']')
    .split('\n')
    .filter((line) => line.trim() !== '');
