/** The plan as Markdown: its picture, then a table, folded where it is long. */
import { bold, code, type Inline, list, md, table, text } from '../report/markdown.ts';
import { offset } from '../words/format.ts';
import { conditionsOf } from '../words/left-out.ts';
import { clockTime, type T0 } from './clock.ts';
import { timelineMermaid } from './mermaid.ts';
import { type PlanRows, type StepRow, staysBeforeLine } from './rows.ts';
import {
  abortWord,
  expectedWord,
  limitText,
  rollbackWord,
  slackWord,
  spanText,
  stepText,
  summary,
  undoWord,
  warnings,
} from './words.ts';

const unfolded = 30;

const section = (head: string, items: readonly Inline[]): readonly string[] =>
  items.length === 0 ? [] : [`### ${text(head)}`, '', ...list(items), ''];

const stepCell = ({ step, times, parallel, lane }: StepRow): Inline => {
  const marks = [
    ...(times.critical ? ['critical'] : []),
    ...(parallel === null ? [] : [`parallel ${parallel}${lane === null ? '' : `, lane ${lane.lane + 1}`}`]),
  ];
  const after = marks.length > 0 ? md` (${text(marks.join(', '))})` : text('');
  const name = step.name === step.id ? text('') : md`<br>${text(step.name)}`;
  return md`${step.kind === 'gate' ? bold(code(step.id)) : code(step.id)}${after}${name}`;
};

const tableOf = ({ plan, rows }: PlanRows, t0: T0 | null): readonly string[] => {
  const stop = plan.timeline.hardStopMs !== null;
  const head = [
    'Start',
    ...(t0 ? ['Clock'] : []),
    'Step',
    'Expected',
    'Slack',
    'Undo',
    'Rollback',
    ...(stop ? ['Abort by'] : []),
    'What happens',
  ];
  const cells = rows.map((row): readonly Inline[] => {
    if (row.kind === 'line') {
      const cell = md`${bold(text('Point of no return'))}<br>${code(row.line.forwardFix.path)}`;
      const when = text(row.atMs === null ? '' : offset(row.atMs));
      return head.map((name) => (name === 'Start' ? when : name === 'Step' ? cell : text('')));
    }
    return [
      text(offset(row.times.startMs)),
      ...(t0 ? [text(clockTime(t0, row.times.startMs))] : []),
      stepCell(row),
      text(expectedWord(row)),
      text(slackWord(row)),
      text(undoWord(row)),
      text(rollbackWord(row)),
      ...(stop ? [text(abortWord(row))] : []),
      text(stepText(row, plan)),
    ];
  });
  return table(head.map(text), cells);
};

export const planMarkdown = (rows: PlanRows, t0: T0 | null): string => {
  const { plan, times, steps } = rows;
  const stays = staysBeforeLine(rows).map(({ step, why }) => md`${code(step)}: ${text(why)}`);
  const long = steps.length > unfolded;
  return `${[
    `## Plan: ${text(plan.name)}`,
    '',
    ...list(summary(rows, t0).map(text)),
    '',
    ...section('What goes wrong even if nothing fails', warnings(rows).map(text)),
    '```mermaid',
    timelineMermaid(plan, times, t0).trimEnd(),
    '```',
    '',
    ...(long ? [`<details><summary>${steps.length} steps</summary>`, ''] : []),
    ...tableOf(rows, t0),
    '',
    text(
      'Slack: how late a step may end before a planned start or the hard stop is missed. Undo: of the step alone. Rollback: of all that is done when the step has ended.',
    ),
    '',
    ...(long ? ['</details>', ''] : []),
    ...section(
      'Runs only if, decided when it would start',
      conditionsOf(plan).map(([id, when]) => md`${code(id)}: ${code(when)}`),
    ),
    ...section(
      'Left out, since it is false with these vars',
      (plan.leftOut ?? []).map(({ id, when }) => md`${code(id)}: ${code(when)}`),
    ),
    ...section('What a rollback cannot undo', stays),
    ...section(
      'Spans, planned against their limits',
      times.limited.map((each) => text(limitText(each))),
    ),
    ...section(
      'Facts that differ from the start',
      times.spans.map((each) => text(spanText(each))),
    ),
  ].join('\n')}`;
};
