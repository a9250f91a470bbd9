/** A diagnostic as text for a terminal, and as a record for `--json`. */
import { styleText } from 'node:util';
import type { Code, Diagnostic, Position } from '../diagnostic.ts';
import { marked } from '../text.ts';
import type { Entry } from './entry.ts';
import { catalogue } from './index.ts';

export interface RenderOptions {
  readonly color: boolean;
}

const entryOf = (d: Diagnostic): Entry<unknown> => catalogue[d.code] as Entry<unknown>;

/** Wide enough for any line number of a file that is read, and stable from one diagnostic to the next. */
const GUTTER = 4;

const WIDEST = 160;

/** A long line is cut to what surrounds the mark. */
const clip = (p: Position): { text: string; col: number } => {
  if (p.sourceLine.length <= WIDEST) return { text: p.sourceLine, col: p.col - 1 };
  const from = Math.max(0, Math.min(p.col - 1 - WIDEST / 2, p.sourceLine.length - WIDEST));
  const text = p.sourceLine.slice(from, from + WIDEST);
  const head = from > 0 ? '…' : '';
  return {
    text: `${head}${text}${from + WIDEST < p.sourceLine.length ? '…' : ''}`,
    col: p.col - 1 - from + head.length,
  };
};

/** Underlines with the line's own tabs, so that the mark is under the word in every terminal. */
const excerpt = (p: Position): [string, string] => {
  const gutter = `${String(p.line).padStart(GUTTER)} | `;
  const { text, col } = clip(p);
  const lead = text.slice(0, col).replace(/[^\t]/g, ' ');
  const carets = '^'.repeat(Math.max(1, Math.min(p.length, text.length - col)));
  return [`${gutter}${text}`.trimEnd(), `${' '.repeat(GUTTER)} | ${lead}${carets}`];
};

/** What is shown of a problem, whoever found it. */
export interface Finding {
  readonly code: string;
  /** Shown where not every finding weighs the same. */
  readonly level?: string;
  readonly message: string;
  readonly remedy: string | null;
  /** Without a source line: the place alone is shown. */
  readonly position?: Omit<Position, 'sourceLine'> & { readonly sourceLine: string | null };
}

export const renderFinding = (f: Finding, { color }: RenderOptions): string => {
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    color ? styleText(format, text, { validateStream: false }) : text;
  const { position: p } = f;
  const where = p ? `${p.file}:${p.line}:${p.col}  ` : '';
  const level = f.level === undefined ? '' : `${f.level}: `;
  const lines = [
    `${paint('bold', marked(where))}${paint(paintOf(f.level), f.code)}  ${level}${marked(f.message)}`,
  ];
  if (p && p.sourceLine !== null) {
    const [source, carets] = excerpt({ ...p, sourceLine: marked(p.sourceLine) });
    lines.push(paint('dim', source), paint(paintOf(f.level), carets));
  }
  if (p?.usedFrom !== undefined) lines.push(`  In a part that is used from ${marked(p.usedFrom)}`);
  if (f.remedy !== null) lines.push(`  ${marked(f.remedy)}`);
  return lines.join('\n');
};

const paintOf = (level: string | undefined): 'red' | 'yellow' | 'cyan' =>
  level === 'warning' ? 'yellow' : level === 'note' ? 'cyan' : 'red';

export const renderDiagnostic = (d: Diagnostic, options: RenderOptions): string => {
  const { message, remedy } = entryOf(d);
  const { code, position } = d;
  return renderFinding(
    { code, message: message(d.data), remedy: remedy(d.data), ...(position && { position }) },
    options,
  );
};

/** What `--json` prints for each. */
export interface DiagnosticRecord {
  readonly code: Code;
  readonly exit: number;
  readonly message: string;
  readonly remedy: string | null;
  readonly position: Omit<Position, 'sourceLine'> | null;
}

export const diagnosticRecord = (d: Diagnostic): DiagnosticRecord => {
  const { exit, message, remedy } = entryOf(d);
  const position = d.position && {
    file: d.position.file,
    line: d.position.line,
    col: d.position.col,
    length: d.position.length,
    ...(d.position.usedFrom !== undefined && { usedFrom: d.position.usedFrom }),
  };
  return { code: d.code, exit, message: message(d.data), remedy: remedy(d.data), position: position ?? null };
};

/** The exit code for all of them together: the first one's, as they are reported in order of weight. */
export const exitOf = (diagnostics: readonly Diagnostic[]): number => {
  const first = diagnostics[0];
  return first === undefined ? 70 : entryOf(first).exit;
};
