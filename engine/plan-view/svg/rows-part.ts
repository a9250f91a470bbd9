/** A row for each step: its label, its bar on the time axis, its numbers. */
import { offset, span } from '../../words/format.ts';
import { clockInstant, clockTime, type T0 } from '../clock.ts';
import type { LineRow, StepRow } from '../rows.ts';
import { abortWord, expectedWord, rollbackWord, slackWord, stepText, typeWord, undoWord } from '../words.ts';
import { type Layout, labelWidth, margin, numbers, type Part, rowHeight, width } from './layout.ts';
import { fitted } from './measure.ts';
import type { BarKind } from './style.ts';
import { all, element, type Markup, text } from './xml.ts';

const barHeight = 12;
/** What takes no time is still seen. */
const leastWidth = 3;

const kindOf = ({ step }: StepRow): BarKind | 'wait' => {
  switch (step.kind) {
    case 'gate':
    case 'watch':
    case 'wait':
      return step.kind;
    case 'checklist':
      return 'people';
    case 'act':
      if (step.undo.mode === 'none') return 'final';
      return step.act.effects === 'read' ? 'read' : 'change';
  }
};

const diamond = (x: number, y: number, half: number, name: string): Markup =>
  element('path', {
    class: name,
    d: `M${x} ${y - half}L${x + half} ${y}L${x} ${y + half}L${x - half} ${y}Z`,
  });

const arrow = (x: number, y: number, name: string): Markup =>
  element('path', { class: name, d: `M${x} ${y - barHeight / 2}L${x + 7} ${y}L${x} ${y + barHeight / 2}Z` });

const slackLine = ({ times: { endMs, slackMs } }: StepRow, { scale }: Layout, middle: number): Markup => {
  if (slackMs === null || slackMs <= 0) return text('');
  const [from, to] = [scale.x(endMs), scale.x(endMs + slackMs)];
  if (to - from < 6) return text('');
  const tick = scale.beyond(endMs + slackMs) ? '' : `M${to} ${middle - 3}V${middle + 3}`;
  return element('path', { class: 'slack', d: `M${from} ${middle}H${to}${tick}` });
};

const bar = (row: StepRow, layout: Layout, y: number): Markup => {
  const { startMs, endMs, critical } = row.times;
  const { scale } = layout;
  const [x, middle] = [scale.x(startMs), y + rowHeight / 2];
  const kind = kindOf(row);
  const name = critical ? `${kind} critical` : kind;
  const length = scale.x(endMs) - x;
  if (kind === 'gate' && length < 14)
    return all([slackLine(row, layout, middle), diamond(x, middle, 7, name)]);
  if (endMs === startMs) return all([slackLine(row, layout, middle), diamond(x, middle, 4, name)]);
  const box = {
    class: name,
    x,
    y: middle - barHeight / 2,
    width: Math.max(leastWidth, length),
    height: barHeight,
    rx: Math.min(2, Math.max(leastWidth, length) / 2),
  };
  return all([
    slackLine(row, layout, middle),
    element('rect', box),
    scale.beyond(endMs) ? arrow(scale.right, middle, kind) : text(''),
  ]);
};

const tooltip = (row: StepRow, { rows, t0 }: Layout): Markup => {
  const { step, times, lateMs } = row;
  const clock = t0 ? ` (${clockInstant(t0, times.startMs)})` : '';
  const lines = [
    `${step.id} (${typeWord(step)}): ${step.name}`,
    `${offset(times.startMs)} to ${offset(times.endMs)}${clock}`,
    ...(lateMs >= 1000 ? [`starts ${span(lateMs)} after its planned start`] : []),
    `expected ${expectedWord(row)}, slack ${slackWord(row)}${times.critical ? ', critical' : ''}`,
    `undo ${undoWord(row)}, rollback ${rollbackWord(row)}, to begin by ${abortWord(row)}`,
    stepText(row, rows.plan),
  ];
  return element('title', {}, text(lines.join('\n')));
};

const second = (row: StepRow, { rows }: Layout): string =>
  row.step.kind === 'gate' ? gateLine(row, rows.plan.approvers) : nameLine(row.step);

const nameLine = ({ id, name }: StepRow['step']): string => (name === id ? '' : name);

const gateLine = ({ step }: StepRow, approvers: Layout['rows']['plan']['approvers']): string => {
  if (step.kind !== 'gate') return '';
  if (step.prompt === null) return 'nobody is asked: its criteria decide';
  const names = step.approvers.map((id) => approvers[id]?.name ?? id);
  const within = step.timeoutMs === null ? '' : `, within ${span(step.timeoutMs)}`;
  return `${step.minApprovals} of ${names.join(', ')}${within}`;
};

const costWidth = 52;

const costBar = ({ times: { wayBackMs } }: StepRow, most: number, y: number): Markup =>
  wayBackMs === null || wayBackMs === 0
    ? text('')
    : element('rect', {
        class: 'cost',
        x: numbers.rollback - (wayBackMs / most) * costWidth,
        y: y + rowHeight - 7,
        width: (wayBackMs / most) * costWidth,
        height: 3,
      });

const numberCells = (row: StepRow, y: number): readonly Markup[] => {
  const cell = (x: number, word: string, tone: '' | 'bad' | 'muted'): Markup =>
    element('text', { class: `num end ${word === '-' ? 'muted' : tone}`.trim(), x, y: y + 20 }, text(word));
  const undo = undoWord(row);
  return [
    cell(numbers.expected, expectedWord(row), ''),
    cell(numbers.slack, slackWord(row), (row.times.slackMs ?? 0) < 0 ? 'bad' : ''),
    cell(numbers.undo, undo, row.afterLine ? 'muted' : undo === 'none' ? 'bad' : ''),
    cell(numbers.rollback, rollbackWord(row), row.times.wayBackMs === null ? 'muted' : ''),
  ];
};

const startCell = ({ times: { startMs }, lateMs }: StepRow, { t0 }: Layout, y: number): readonly Markup[] => {
  const tone = lateMs >= 1000 ? 'bad' : 'muted';
  const start = element(
    'text',
    { class: `num ${tone}`, x: margin, y: y + (t0 ? 14 : 20) },
    text(offset(startMs)),
  );
  const clock = (at: T0) =>
    element('text', { class: 'small muted', x: margin, y: y + 26 }, text(clockTime(at, startMs)));
  return t0 ? [start, clock(t0)] : [start];
};

/** `above` and `below`: the row there is of the same parallel block. */
const stepRow = (
  row: StepRow,
  layout: Layout,
  at: {
    readonly y: number;

    readonly most: number;
    readonly above: boolean;
    readonly below: boolean;
  },
): Markup => {
  const { y } = at;
  const room = labelWidth(layout);
  const left = layout.idX - 8;
  const [top, bottom] = [at.above ? y : y + 6, at.below ? y + rowHeight : y + rowHeight - 6];
  return element(
    'g',
    {},
    tooltip(row, layout),
    costBar(row, at.most, y),
    ...startCell(row, layout, y),
    row.parallel === null ? text('') : element('path', { class: 'bracket', d: `M${left} ${top}V${bottom}` }),
    element('text', { class: 'id', x: layout.idX, y: y + 14 }, text(fitted(row.step.id, room, 12, true))),
    element(
      'text',
      { class: 'small muted', x: layout.idX, y: y + 26 },
      text(fitted(second(row, layout), room, 10.5)),
    ),
    bar(row, layout, y),
    ...numberCells(row, y),
  );
};

const lineRow = ({ line }: LineRow, y: number): Markup => {
  const said = `Point of no return: after it there is no rollback. Then: ${line.forwardFix.path}`;
  const room = width - 2 * margin - 20;
  return element(
    'g',
    {},
    element('rect', { class: 'band', x: margin, y: y + 3, width: width - 2 * margin, height: 22 }),
    element('text', { class: 'id bad', x: margin + 10, y: y + 18 }, text(fitted(said, room, 12, true))),
  );
};

const stripe = (y: number): Markup =>
  element('rect', { class: 'stripe', x: margin, y, width: width - 2 * margin, height: rowHeight });

const lineHeight = 28;

/** Under everything else, the grid included. */
export interface Rows extends Part {
  readonly stripes: readonly Markup[];
}

export const rowsPart = (layout: Layout, from: number): Rows => {
  const { rows, steps } = layout.rows;
  const most = steps.reduce((max, { times }) => Math.max(max, times.wayBackMs ?? 0), 0);
  const drawn: Markup[] = [];
  const stripes: Markup[] = [];
  let y = from;
  for (const [i, row] of rows.entries()) {
    if (row.kind === 'line') {
      drawn.push(lineRow(row, y));
      y += lineHeight;
      continue;
    }
    const same = (other: (typeof rows)[number] | undefined): boolean =>
      row.parallel !== null && other?.kind === 'step' && other.parallel === row.parallel;
    if (i % 2 === 1) stripes.push(stripe(y));
    drawn.push(stepRow(row, layout, { y, most, above: same(rows[i - 1]), below: same(rows[i + 1]) }));
    y += rowHeight;
  }
  return { height: y - from, drawn, stripes };
};
