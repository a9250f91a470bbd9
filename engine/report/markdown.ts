/**
 * Escaping: errors, reasons and file names must never become a heading, a cell, a link, HTML or a marker of another
 * entry. Markup has its own type, so that unescaped text does not compile.
 */
import { clean } from '../words/format.ts';

declare const inline: unique symbol;
/** Escaped: allowed inside a line or a cell. */
export type Inline = string & { readonly [inline]: true };

/** Lines of one paragraph, list or table; blocks are parted by an empty line. */
export type Block = readonly string[];

const oneLine = (text: string): string => clean(text).replace(/\s+/gu, ' ').trim();

/** `|` and `<` by entity: a backslash before them would leave the bare letter in the source. */
const entities: { readonly [letter: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '|': '&#124;',
};

/** Reads as it is written. */
export const text = (raw: string): Inline =>
  oneLine(raw)
    .replace(/[&<>|]/g, (letter) => entities[letter] ?? letter)
    .replace(/[\\`*[\]~$]/g, '\\$&')
    // Inside a word an underscore means nothing, and ids are full of them.
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    // GitHub links bare addresses, and would include the escapes above.
    .replace(/:(?=\/\/)|(?<=www)\.|@(?=[\w-]+\.)/gi, '\\$&')
    // At the start of a line these begin a heading, a list or an underline.
    .replace(/^[#+=-]/, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2') as Inline;

/** As code: ids, expressions, digests. The fence is longer than any in the text. */
export const code = (raw: string): Inline => {
  const line = oneLine(raw);
  // No table can hold a backslash before | in code: then it is text.
  if (line === '' || line.includes('\\|')) return text(line);
  const longest = Math.max(0, ...Array.from(line.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}` as Inline;
};

/** A template whose literal parts are markup; what is put in is escaped unless it is markup already. */
export const md = (parts: TemplateStringsArray, ...values: readonly (Inline | number)[]): Inline =>
  parts.reduce((all, part, i) => `${all}${values[i - 1] ?? ''}${part}`) as Inline;

export const bold = (content: Inline): Inline => (content === '' ? content : (`**${content}**` as Inline));

export const joined = (parts: readonly Inline[], between: ', ' | ' · ' | '; ' = ', '): Inline =>
  parts.join(between) as Inline;

export const list = (items: readonly Inline[]): Block => items.map((item) => `- ${item}`);

/** Cells of code keep their `|`: the table's own escape is taken off before the code is read. */
export const table = (
  head: readonly Inline[],
  rows: readonly (readonly Inline[])[],
  numeric: readonly number[] = [],
): Block => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const cells = (row: readonly Inline[]) => line(row.map((cell) => cell.replaceAll('|', '\\|')));
  const rule = line(head.map((_, i) => (numeric.includes(i) ? '---:' : '---')));
  return [cells(head), rule, ...rows.map(cells)];
};
