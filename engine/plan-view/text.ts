/** The plan on a terminal, within 100 columns. */
import { clean, offset } from '../words/format.ts';
import { conditionsOf } from '../words/left-out.ts';
import { clockTime, type T0 } from './clock.ts';
import { type PlanRows, type StepRow, staysBeforeLine } from './rows.ts';
import {
  abortWord,
  expectedWord,
  gateText,
  limitText,
  rollbackWord,
  slackWord,
  spanText,
  summary,
  undoWord,
  warnings,
} from './words.ts';

const columns = 100;

/** Letters that take two cells on a terminal. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

const widthOf = (text: string): number => {
  let width = 0;
  for (const letter of text) width += wide.test(letter) ? 2 : 1;
  return width;
};

const cut = (word: string, width: number): readonly string[] => {
  const parts: string[] = [];
  let part = '';
  for (const letter of word) {
    if (part !== '' && widthOf(part + letter) > width) {
      parts.push(part);
      part = '';
    }
    part += letter;
  }
  return [...parts, part];
};

/** Lines of at most `columns`; `lead` stands before the first, as many spaces before the others. */
const wrapped = (lead: string, text: string): readonly string[] => {
  const width = columns - lead.length;
  const lines: string[] = [];
  let line = '';
  for (const word of clean(text)
    .split(/\s+/u)
    .flatMap((each) => cut(each, width))) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each, i) => `${i === 0 ? lead : ' '.repeat(lead.length)}${each}`);
};

interface Column {
  readonly head: string;
  readonly of: (row: StepRow) => string;
}

const columnsOf = (t0: T0 | null, hasStop: boolean): readonly Column[] => [
  { head: 'START', of: ({ times }) => offset(times.startMs) },
  ...(t0 ? [{ head: 'CLOCK', of: ({ times }: StepRow) => clockTime(t0, times.startMs) }] : []),
  { head: 'EXPECTED', of: expectedWord },
  { head: 'SLACK', of: slackWord },
  { head: 'UNDO', of: undoWord },
  { head: 'ROLLBACK', of: rollbackWord },
  ...(hasStop ? [{ head: 'ABORT BY', of: abortWord }] : []),
];

const beside = ({ parallel, lane }: StepRow): string =>
  parallel === null ? ' ' : lane?.index === 0 ? '+' : '|';

const marks = (row: StepRow): string => `${row.times.critical ? '*' : ' '}${beside(row)} `;

const tableOf = ({ plan, rows, steps }: PlanRows, t0: T0 | null): readonly string[] => {
  const shown = columnsOf(t0, plan.timeline.hardStopMs !== null);
  const cells = new Map(steps.map((row) => [row, shown.map(({ of }) => of(row))]));
  const widths = shown.map(({ head }, i) =>
    steps.reduce((most, row) => Math.max(most, cells.get(row)?.[i]?.length ?? 0), head.length),
  );
  const line = (all: readonly string[]): string =>
    all.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ');
  return [
    `${line(shown.map(({ head }) => head))}     STEP`,
    ...rows.flatMap((row) => {
      if (row.kind === 'line') return [`${'-'.repeat(24)} point of no return `.padEnd(columns, '-')];
      return wrapped(`${line(cells.get(row) ?? [])}  ${marks(row)}`, row.step.id);
    }),
  ];
};

const section = (head: string, items: readonly (readonly string[])[]): readonly string[] =>
  items.length === 0 ? [] : ['', head, ...items.flat()];

export const planText = (rows: PlanRows, t0: T0 | null): string => {
  const { plan, times, steps } = rows;
  const environment = plan.environment === null ? '' : ` (${plan.environment})`;
  const named = (id: string, text: string) => wrapped(`  ${clean(id)}: `, text);
  const gates = steps.flatMap(({ step }) =>
    step.kind === 'gate' ? [named(step.id, gateText(step, plan))] : [],
  );
  const lanes = steps.some(({ lane }) => lane !== null) ? ' (+ begins a lane, whose steps run in order)' : '';
  const stays = staysBeforeLine(rows).map(({ step, why }) => named(step, why));
  return `${[
    ...wrapped('', `plan of ${plan.name}${environment}`),
    ...summary(rows, t0).flatMap((line) => wrapped('  ', line)),
    ...section(
      'What goes wrong even if nothing fails',
      warnings(rows).map((line) => wrapped('  ! ', line)),
    ),
    '',
    ...tableOf(rows, t0),
    '',
    ...wrapped(
      '',
      `* critical: its delay delays the end of the run. | in parallel${lanes}. SLACK: how late it may end before a planned start or the hard stop is missed. UNDO: of the step alone. ROLLBACK: of all that is done when the step has ended.`,
    ),
    ...section('Gates', gates),
    ...section(
      'Runs only if, decided when it would start',
      conditionsOf(plan).map(([id, when]) => named(id, when)),
    ),
    ...section(
      'Left out, since it is false with these vars',
      (plan.leftOut ?? []).map(({ id, when }) => named(id, when)),
    ),
    ...section('What a rollback cannot undo', stays),
    ...section(
      'Spans, planned against their limits',
      times.limited.map((each) => wrapped('  ', limitText(each))),
    ),
    ...section(
      'Facts that differ from the start',
      times.spans.map((each) => wrapped('  ', spanText(each))),
    ),
  ].join('\n')}\n`;
};
