/** A diff for a terminal: at most 100 columns. */
import { styleText } from 'node:util';
import { clean } from '../text.ts';
import { offset, span } from '../words/format.ts';
import { byDanger, type Change, type Danger } from './change.ts';
import type { DiffReport, RunbookDiff } from './runbook-diff.ts';
import { type Sides, spanText, type TimesDiff } from './times.ts';
import { titleOf, verdict, verdictOf } from './words.ts';

const WIDTH = 100;
const INDENT = '          ';
/** Rows of a table on a screen; the JSON has all. */
const MOST_ROWS = 40;

const colors: Record<Danger, Parameters<typeof styleText>[0]> = {
  high: ['bold', 'red'],
  medium: 'yellow',
  low: 'cyan',
  none: 'dim',
};

type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

export const diffText = (report: DiffReport, color: boolean): string => {
  const paint: Paint = (format, text) => (color ? styleText(format, text, { validateStream: false }) : text);
  const lines = [
    ...wrapped(`${verdict(report)}: ${report.base} -> ${report.head}`, ''),
    ...report.runbooks.flatMap((each) => ['', ...runbookLines(each, paint)]),
  ];
  return `${lines.join('\n')}\n`;
};

const runbookLines = (diff: RunbookDiff, paint: Paint): readonly string[] => [
  ...wrapped(`${diff.file}: ${verdictOf(diff)}`, '').map((line) => paint('bold', line)),
  ...byDanger(diff.changes).flatMap((change) => changeLines(change, paint)),
  ...(diff.times ? timesLines(diff.times) : []),
  ...diff.notes.flatMap((note) => wrapped(`Note: ${note}`, '')),
];

const changeLines = (change: Change, paint: Paint): readonly string[] => {
  const { danger, before, after, lines, reason } = change;
  const [first = '', ...rest] = wrapped(titleOf(change), INDENT);
  const head = `${paint(colors[danger], danger.toUpperCase().padEnd(INDENT.length))}${first.slice(INDENT.length)}`;
  const values = lines
    ? lines
        .slice(0, MOST_ROWS)
        .map(({ op, text }) => `${INDENT}${op} ${cut(text, WIDTH - INDENT.length - 2)}`)
    : [
        ...(before === null ? [] : wrapped(`- ${before}`, INDENT)),
        ...(after === null ? [] : wrapped(`+ ${after}`, INDENT)),
      ];
  return [head, ...rest, ...values, ...wrapped(reason, INDENT)];
};

const cut = (text: string, width: number): string => {
  const line = clean(text);
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
};

/** Words are kept whole where they fit into a line. */
const wrapped = (text: string, indent: string): readonly string[] => {
  const width = WIDTH - indent.length;
  const lines: string[] = [];
  let line = '';
  for (const word of clean(text).split(/\s+/)) {
    for (let rest = word; rest !== ''; ) {
      const room = line === '' ? width : width - line.length - 1;
      if (rest.length > room && line !== '') {
        lines.push(line);
        line = '';
        continue;
      }
      const part = rest.slice(0, room);
      line = line === '' ? part : `${line} ${part}`;
      rest = rest.slice(part.length);
    }
  }
  return [...lines, line].map((each) => `${indent}${each}`);
};

const at = (ms: number | null): string => (ms === null ? '-' : offset(ms));
const cost = (ms: number | null): string => (ms === null ? '-' : span(ms));
const sides = ({ before, after }: Sides, show: (ms: number | null) => string): string =>
  before === after ? show(after) : `${show(before)} -> ${show(after)}`;

const timesLines = ({ steps, spans }: TimesDiff): readonly string[] => {
  if (steps.length === 0 && spans.length === 0) return [];
  const rows = steps
    .slice(0, MOST_ROWS)
    .map(({ step, start, latestAbort, rollback }) => [
      cut(step, 30),
      sides(start, at),
      sides(latestAbort, at),
      sides(rollback, cost),
    ]);
  const head = ['STEP', 'STARTS', 'ROLLBACK BEGINS BY', 'ROLLBACK TAKES'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.slice(0, WIDTH).trimEnd();
  return [
    '',
    'Times as planned, before -> after',
    ...spans.flatMap(({ what, before, after }) =>
      wrapped(
        spanText(before) === spanText(after)
          ? `${what}: ${spanText(after)}`
          : `${what}: ${spanText(before)} -> ${spanText(after)}`,
        '  ',
      ),
    ),
    ...(rows.length === 0 ? [] : [line(head), ...rows.map(line)]),
    ...(steps.length > MOST_ROWS ? [`  ${steps.length - MOST_ROWS} more steps: --format json`] : []),
    '',
  ];
};
