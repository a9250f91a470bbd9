/** Sentences above and below the chart, and what its colours mean. */
import { staysBeforeLine } from '../rows.ts';
import { gateText, summary, warnings } from '../words.ts';
import { type Layout, margin, type Part, width } from './layout.ts';
import { fitted, widthOf, wrapped } from './measure.ts';
import { element, type Markup, text } from './xml.ts';

const size = 12;
const lineHeight = 18;
const room = width - 2 * margin;

const paragraph = (lines: readonly string[], from: number, name = '', x = margin): Part => {
  const drawn = lines.map((line, i) =>
    element('text', { class: name === '' ? undefined : name, x, y: from + i * lineHeight + 13 }, text(line)),
  );
  return { height: lines.length * lineHeight, drawn };
};

/** Parts below each other. */
export const stacked = (parts: readonly ((y: number) => Part)[], from: number): Part => {
  const drawn: Markup[] = [];
  let y = from;
  for (const part of parts) {
    const { height, drawn: markup } = part(y);
    drawn.push(...markup);
    y += height;
  }
  return { height: y - from, drawn };
};

const gap = (height: number) => (): Part => ({ height, drawn: [] });

const items =
  (all: readonly string[], name?: string) =>
  (from: number): Part =>
    stacked(
      all.map((item) => (y: number) => paragraph(wrapped(item, room - 14, size), y, name, margin + 14)),
      from,
    );

const heading =
  (title: string) =>
  (y: number): Part => ({
    height: 24,
    drawn: [element('text', { class: 'h2', x: margin, y: y + 16 }, text(title))],
  });

const section = (title: string, all: readonly string[]): readonly ((y: number) => Part)[] =>
  all.length === 0 ? [] : [gap(10), heading(title), items(all)];

export const headPart = ({ rows, t0 }: Layout, from: number): Part => {
  const { plan } = rows;
  const environment = plan.environment === null ? '' : `, ${plan.environment}`;
  const title = (y: number): Part => ({
    height: 34,
    drawn: [
      element(
        'text',
        { class: 'h1', x: margin, y: y + 22 },
        text(fitted(`${plan.name}${environment}`, room, 20, true)),
      ),
    ],
  });
  const warned = warnings(rows);
  return stacked(
    [
      title,
      (y) =>
        stacked(
          summary(rows, t0).map((line) => (at: number) => paragraph(wrapped(line, room, size), at, 'muted')),
          y,
        ),
      ...(warned.length === 0
        ? []
        : [gap(8), heading('What goes wrong even if nothing fails'), items(warned, 'bad')]),
      gap(14),
    ],
    from,
  );
};

const legend = [
  ['change', 'changes something, has an undo'],
  ['final', 'changes something, has no undo'],
  ['read', 'reads only'],
  ['gate', 'gate'],
  ['people', 'checklist'],
  ['watch', 'watch'],
  ['wait', 'wait'],
  ['read critical', 'outlined: critical'],
] as const;

const legendPart = (from: number): Part => {
  const drawn: Markup[] = [];
  let [x, y] = [margin, from];
  for (const [name, label] of legend) {
    const length = 22 + widthOf(label, 10.5) + 14;
    if (x + length > width - margin) {
      x = margin;
      y += lineHeight;
    }
    drawn.push(
      element('rect', { class: name, x: x + 1, y: y + 4, width: 14, height: 10, rx: 2 }),
      element('text', { class: 'small muted', x: x + 22, y: y + 13 }, text(label)),
    );
    x += length;
  }
  return { height: y - from + lineHeight, drawn };
};

const columns =
  'The thin line after a bar is slack: how late a step may end before a planned start or the hard stop is missed. Undo: of the step alone. Rollback: of all that is done when the step has ended.';

export const footPart = ({ rows }: Layout, from: number): Part => {
  const { plan, steps } = rows;
  const gates = steps.flatMap(({ step }) =>
    step.kind === 'gate' ? [`${step.id}: ${gateText(step, plan)}`] : [],
  );
  const stays = staysBeforeLine(rows).map(({ step, why }) => `${step}: ${why}`);
  return stacked(
    [
      gap(12),
      legendPart,
      (y) => paragraph(wrapped(columns, room, 10.5), y, 'small muted'),
      ...section('Gates', gates),
      ...section('What a rollback cannot undo', stays),
    ],
    from,
  );
};
