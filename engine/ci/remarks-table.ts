/** Remarks as a table of a comment, the worst first. */
import { code, type Inline, md, table, text } from '../report/markdown.ts';
import type { Level, Remark } from '../review/remark.ts';
import { worstFirst } from '../review/view.ts';

/** More are in the annotations and in the SARIF file. */
const most = 50;

const words: Record<Level, string> = { error: '**error**', warning: 'warning', note: 'note' };

export const remarksTable = (remarks: readonly Remark[]): string => {
  if (remarks.length === 0) return '';
  const shown = worstFirst(remarks).slice(0, most);
  const rows = shown.map(({ level, code: rule, file, region, message, remedy }) => [
    words[level] as Inline,
    code(rule),
    code(`${file}:${region.line}`),
    remedy === null ? text(message) : md`${text(message)}. ${text(remedy)}`,
  ]);
  const left = remarks.length - shown.length;
  const head = ['Level', 'Code', 'Place', 'Remark'].map(text);
  return [...table(head, rows), ...(left > 0 ? ['', `And ${left} more.`] : [])].join('\n');
};
