/** A diff as one comment of a pull request: the verdict, danger first with its reason, long parts folded. */
import { bold, code, type Inline, md, table, text } from '../report/markdown.ts';
import { clean } from '../text.ts';
import { offset, plural, span } from '../words/format.ts';
import { byDanger, type Change, type Danger } from './change.ts';
import { gantt } from './gantt.ts';
import { grouped, type Point, placesText } from './grouped.ts';
import type { LineChange } from './lines.ts';
import { aboutStep, detailOf, isAllSaid, phraseOf, stepIn } from './phrases.ts';
import type { DiffReport, RunbookDiff } from './runbook-diff.ts';
import { shortened, shortenedChange } from './shortened.ts';
import { type Sides, spanText, type TimesDiff } from './times.ts';
import { dangerWord, sameShift, storyCommand, verdict, verdictOf } from './words.ts';

/**
 * GitHub refuses a comment of more than 65,536 characters. Its bytes are counted here: they are never fewer, whatever
 * is taken for a character. The rest is for the marker that a sticky comment adds.
 */
const MOST_BYTES = 65_000;
/** Lines of a change of one text, and rows of a table, that a comment has room for. */
const MOST_LINES = 40;
const MOST_ROWS = 60;

const bytes = (content: string): number => Buffer.byteLength(content, 'utf8');

/** What is cut, the least important first. */
interface Room {
  readonly charts: boolean;
  readonly tables: boolean;
  readonly lines: boolean;
  /** Changes that are shown, the most dangerous first. */
  readonly changes: number;
}

const total = ({ runbooks }: DiffReport): number =>
  runbooks.reduce((sum, { changes }) => sum + changes.length, 0);

export const diffMarkdown = (report: DiffReport): string => {
  const all = { charts: true, tables: true, lines: true, changes: total(report) };
  const steps: readonly Room[] = [
    all,
    { ...all, charts: false },
    { ...all, charts: false, tables: false },
    { ...all, charts: false, tables: false, lines: false },
  ];
  for (const room of steps) {
    const content = written(report, room);
    if (bytes(content) <= MOST_BYTES) return content;
  }
  // The most changes that fit.
  let [low, high] = [0, all.changes];
  const least = { charts: false, tables: false, lines: false };
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (bytes(written(report, { ...least, changes: middle })) <= MOST_BYTES) low = middle;
    else high = middle - 1;
  }
  const content = written(report, { ...least, changes: low });
  return bytes(content) <= MOST_BYTES ? content : `## ${text(verdict(report))}\n\n${text(tooMany)}\n`;
};

const tooMany = 'Too many runbooks changed for one comment: run the diff for each of them.';

const written = (report: DiffReport, room: Room): string => {
  const ranked = byDanger(report.runbooks.flatMap(({ changes }) => changes));
  const shown = new Set(ranked.slice(0, room.changes));
  const left = ranked.length - shown.size;
  return `${[
    `## ${text(verdict(report))}`,
    '',
    md`${code(report.base)} → ${code(report.head)}`,
    '',
    ...report.runbooks.flatMap((diff) => runbookLines(diff, shown, room)),
    ...(left > 0
      ? [
          bold(
            text(
              `${plural(left, 'change')} left out, the least dangerous: this comment is full. Run the diff to see all.`,
            ),
          ),
          '',
        ]
      : []),
  ].join('\n')}`;
};

const runbookLines = (diff: RunbookDiff, shown: ReadonlySet<Change>, room: Room): readonly string[] => {
  const changes = diff.changes.filter((change) => shown.has(change));
  const of = (danger: Danger) => changes.filter((change) => change.danger === danger);
  return [
    md`### ${code(diff.file)}: ${text(verdictOf(diff))}`,
    '',
    ...open('high', of('high'), diff, room),
    ...open('medium', of('medium'), diff, room),
    ...folded('low', of('low'), diff, room),
    ...folded('none', of('none'), diff, room),
    ...(diff.times ? timesLines(diff, diff.times, room) : []),
    ...diff.notes.flatMap((note) => [`> ${text(note)}`, '']),
  ];
};

const open = (
  danger: Danger,
  changes: readonly Change[],
  diff: RunbookDiff,
  room: Room,
): readonly string[] =>
  changes.length === 0
    ? []
    : [md`#### ${text(`${dangerWord[danger]} (${changes.length})`)}`, '', ...items(changes, diff, room)];

const folded = (
  danger: Danger,
  changes: readonly Change[],
  diff: RunbookDiff,
  room: Room,
): readonly string[] =>
  changes.length === 0
    ? []
    : details(text(`${dangerWord[danger]} (${changes.length})`), items(changes, diff, room));

const details = (summary: Inline, content: readonly string[]): readonly string[] => [
  `<details><summary>${summary}</summary>`,
  '',
  ...content,
  '</details>',
  '',
];

const items = (changes: readonly Change[], diff: RunbookDiff, room: Room): readonly string[] => [
  ...grouped(changes).flatMap(({ step, points }) => {
    if (step === null) return points.flatMap((point) => item(point, '', diff, room));
    const about = aboutStep(stepIn(step, diff.after?.plan, diff.before?.plan));
    return [
      about === null ? md`- ${bold(code(step))}` : md`- ${bold(code(step))} (${text(about)})`,
      ...points.flatMap((point) => item(point, '  ', diff, room)),
    ];
  }),
  '',
];

const item = (
  { change, places }: Point,
  indent: string,
  diff: RunbookDiff,
  room: Room,
): readonly string[] => {
  const { lines, cause } = change;
  const { before, after, reason } = shortenedChange(change);
  const title = cause === undefined ? phraseOf(change) : `so ${phraseOf(change)}`;
  const plan = diff.before?.plan ?? null;
  const detail = detailOf(change, stepIn(change.step, diff.after?.plan, plan), plan);
  const head = [
    `${indent}- ${bold(text(title))}`,
    ...(detail === null ? [] : [md` (${code(detail)})`]),
    ...(places.length === 0 ? [] : [md` ${text(placesText(places))}`]),
    md`: ${text(reason)}`,
  ].join('');
  if (lines && room.lines) return [head, '', ...lineDiff(lines).map((line) => line && `${indent}${line}`)];
  const story = storyCommand(change, diff.file);
  if (story !== null) return [`${head}<br>one of them: ${code(story)}`];
  if (isAllSaid(change)) return [head];
  if (before !== null && after !== null) return [`${head}<br>${code(before)} → ${code(after)}`];
  if (before !== null) return [`${head}<br>before: ${code(before)}`];
  return after === null ? [head] : [`${head}<br>now: ${code(after)}`];
};

/** Inside an item of a list; the fence is longer than any in the text. */
const lineDiff = (lines: readonly LineChange[]): readonly string[] => {
  const shown = lines.slice(0, MOST_LINES).map(({ op, text: line }) => `${op} ${shortened(clean(line))}`);
  const longest = Math.max(
    2,
    ...shown.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)),
  );
  const fence = '`'.repeat(longest + 1);
  const more = lines.length > MOST_LINES ? [`  … ${lines.length - MOST_LINES} more lines`] : [];
  return [`${fence}diff`, ...shown, ...more, fence, ''].map((line) => (line === '' ? '' : `  ${line}`));
};

const at = (ms: number | null): string => (ms === null ? '–' : offset(ms));
const cost = (ms: number | null): string => (ms === null ? '–' : span(ms));
const sides = ({ before, after }: Sides, show: (ms: number | null) => string): Inline =>
  before === after ? text(show(after)) : md`${text(show(before))} → ${bold(text(show(after)))}`;

const timesLines = (diff: RunbookDiff, times: TimesDiff, room: Room): readonly string[] => {
  const { spans, steps } = times;
  const changed = spans.filter(({ before, after }) => spanText(before) !== spanText(after));
  const states =
    changed.length === 0
      ? []
      : [
          ...table(
            [text('State as planned'), text('Before'), text('After')],
            changed.map(({ what, before, after }) => [
              code(what),
              text(spanText(before)),
              bold(text(spanText(after))),
            ]),
          ),
          '',
        ];
  const rows = steps
    .slice(0, MOST_ROWS)
    .map(({ step, start, latestAbort, rollback }) => [
      code(step),
      sides(start, at),
      sides(latestAbort, at),
      sides(rollback, cost),
    ]);
  const head = ['Step', 'Starts', 'A rollback after it begins by', 'and takes'].map((title) => text(title));
  const more = steps.length > MOST_ROWS ? ['', text(`and ${steps.length - MOST_ROWS} more steps`)] : [];
  const shift = sameShift(steps);
  const backs =
    shift !== null
      ? [text(shift), '']
      : rows.length === 0 || !room.tables
        ? []
        : details(text(`Times and rollback of ${plural(steps.length, 'step')}, before and after`), [
            ...table(head, rows),
            ...more,
            '',
          ]);
  return [...states, ...backs, ...charts(diff, times, room)];
};

const charts = ({ before, after, changes }: RunbookDiff, times: TimesDiff, room: Room): readonly string[] => {
  if (!room.charts || !before?.plan || !after?.plan || times.steps.length === 0) return [];
  const marked = new Set(
    changes.flatMap(({ step, danger }) => (step === null || danger === 'none' ? [] : [step])),
  );
  const [was, is] = [
    gantt(`Before: ${before.label}`, before.plan, times.before, marked),
    gantt(`After: ${after.label}`, after.plan, times.after, marked),
  ];
  if (untitled(was) === untitled(is)) return [];
  const chart = (content: string) => ['```mermaid', content, '```', ''];
  return details(text('Timeline before and after'), [...chart(was), ...chart(is)]);
};

const untitled = (chart: string): string => chart.replace(/^ *title .*$/m, '');
