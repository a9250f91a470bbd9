/** Scalars: what is written between the quotes or under the `|` stays as it is; only its indent moves. */
import type { CST } from 'yaml';
import type { Page } from './page.ts';

/** `'text'` as `"text"`, where both say the same. */
const preferred = ({ type, source }: CST.FlowScalar): string => {
  const inner = source.slice(1, -1);
  return type === 'single-quoted-scalar' && !/["\\]/.test(inner)
    ? `"${inner.replaceAll("''", "'")}"`
    : source;
};

/** @param indent of a continued line */
export const putFlowScalar = (page: Page, scalar: CST.FlowScalar, indent: number): void => {
  const [first = '', ...rest] = preferred(scalar).split('\n');
  page.put(rest.length > 0 ? first.trimEnd() : first, indent);
  for (const [i, line] of rest.entries()) {
    const text = line.trimStart();
    // Blank lines between the words are line breaks of the value.
    if (text === '') page.verbatim('');
    else {
      page.startLine();
      page.put(i < rest.length - 1 && scalar.type === 'scalar' ? text.trimEnd() : text, indent);
    }
  }
};

const leadingSpaces = (line: string): number => line.length - line.replace(/^ +/, '').length;

/** @param parent indent of the collection that holds the text */
export const putBlockScalar = (page: Page, scalar: CST.BlockScalar, parent: number): void => {
  const header = scalar.props.find((p) => p.type === 'block-scalar-header');
  const mark = header && 'source' in header ? header.source : '|';
  page.put(mark, parent + 2);
  for (const prop of scalar.props) if (prop.type === 'comment') page.comment(prop.source, parent + 2);
  page.startLine();

  const lines = scalar.source.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const given = Number(/[1-9]/.exec(mark)?.[0] ?? 0);
  const shown = lines.find((line) => line.trim() !== '');
  const before = given > 0 ? scalar.indent + given : leadingSpaces(shown ?? '');
  const after = given > 0 ? parent + given : parent + 2;
  const last = mark.includes('+') ? lines.length - 1 : lines.findLastIndex((line) => line.trim() !== '');
  for (const [i, line] of lines.entries()) {
    const text = line.slice(before);
    if (i <= last) page.verbatim(text === '' ? '' : ' '.repeat(Math.max(0, after)) + text);
    else page.newline();
  }
};
