/** A diff for a terminal: at most 100 columns. */
import { styleText } from 'node:util';
import { clean } from '../text.ts';
import { offset, span } from '../words/format.ts';
import { type Danger, dangers } from './change.ts';
import { grouped, type Point, placesText, type StepGroup } from './grouped.ts';
import { aboutStep, detailOf, isAllSaid, stepIn } from './phrases.ts';
import type { DiffReport, RunbookDiff } from './runbook-diff.ts';
import { type Sides, spanText, type TimesDiff } from './times.ts';
import { sameShift, storyCommand, titleOf, verdict, verdictOf } from './words.ts';

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
  ...dangers.flatMap((danger) =>
    grouped(diff.changes.filter((change) => change.danger === danger)).flatMap((group) =>
      groupLines(group, diff, paint),
    ),
  ),
  ...(diff.times ? timesLines(diff.times) : []),
  ...diff.notes.flatMap((note) => wrapped(`Note: ${note}`, '')),
];

const groupLines = ({ step, points }: StepGroup, diff: RunbookDiff, paint: Paint): readonly string[] => {
  const about = aboutStep(stepIn(step, diff.after?.plan, diff.before?.plan));
  return [
    ...(about === null ? [] : wrapped(`${step} (${about})`, '')),
    ...points.flatMap((point) => pointLines(point, diff, paint)),
  ];
};

const pointLines = ({ change, places }: Point, diff: RunbookDiff, paint: Paint): readonly string[] => {
  const { danger, before, after, lines, reason, cause } = change;
  const plan = diff.before?.plan ?? null;
  const detail = detailOf(change, stepIn(change.step, diff.after?.plan, plan), plan);
  const title = [
    `${cause === undefined ? '' : 'so '}${titleOf(change)}`,
    ...(detail === null ? [] : [`(${detail})`]),
    ...(places.length === 0 ? [] : [placesText(places)]),
  ].join(' ');
  const [first = '', ...rest] = wrapped(title, INDENT);
  const head = `${paint(colors[danger], danger.toUpperCase().padEnd(INDENT.length))}${first.slice(INDENT.length)}`;
  const story = storyCommand(change, diff.file);
  const values = lines
    ? lines
        .slice(0, MOST_ROWS)
        .map(({ op, text }) => `${INDENT}${op} ${cut(text, WIDTH - INDENT.length - 2)}`)
    : story !== null
      ? wrapped(`One of them: ${story}`, INDENT)
      : [
          ...(before === null || isAllSaid(change) ? [] : wrapped(`- ${before}`, INDENT)),
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
  const shift = sameShift(steps);
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
    ...(shift !== null ? wrapped(shift, '  ') : rows.length === 0 ? [] : [line(head), ...rows.map(line)]),
    ...(shift === null && steps.length > MOST_ROWS
      ? [`  ${steps.length - MOST_ROWS} more steps: --format json`]
      : []),
    '',
  ];
};
