/** The time axis, its marks, and what is true of the world meanwhile. */
import type { PlanTimes } from '../../timeline/times.ts';
import { offset, span } from '../../words/format.ts';
import { endsText } from '../../words/span.ts';
import { clockTime } from '../clock.ts';
import { type Layout, labelWidth, margin, numbers, type Part, width } from './layout.ts';
import { fitted, widthOf } from './measure.ts';
import { ticksOf } from './scale.ts';
import { element, type Markup, text } from './xml.ts';

const tickSize = 10.5;
const markSize = 10.5;

interface Mark {
  readonly ms: number;
  readonly label: string;
  readonly line: string;
  readonly bad: boolean;
}

const marksOf = ({ rows: { plan, times }, t0, scale }: Layout): readonly Mark[] => {
  const { opensMs, hardStopMs } = plan.timeline;
  const when = (ms: number): string => (t0 ? `${offset(ms)} ${clockTime(t0, ms).slice(0, 5)}` : offset(ms));
  const { noReturnMs } = times;
  return [
    ...(opensMs === null
      ? []
      : [{ ms: opensMs, label: `window opens ${when(opensMs)}`, line: 'grid', bad: false }]),
    { ms: 0, label: when(0), line: 't0', bad: false },
    ...(noReturnMs === null
      ? []
      : [{ ms: noReturnMs, label: `point of no return ${when(noReturnMs)}`, line: 'line', bad: true }]),
    ...(hardStopMs === null
      ? []
      : [
          {
            ms: hardStopMs,
            label: `hard stop ${when(hardStopMs)}${scale.beyond(hardStopMs) ? ' →' : ''}`,
            line: 'stop',
            bad: true,
          },
        ]),
  ];
};

/** Each mark in the highest lane that is free there. */
const inLanes = (
  marks: readonly Mark[],
  { scale }: Layout,
): readonly { readonly mark: Mark; readonly lane: number; readonly x: number }[] => {
  const taken: [number, number][][] = [];
  return marks.map((mark) => {
    const length = widthOf(mark.label, markSize, true);
    const at = scale.x(mark.ms);
    const x = Math.max(scale.left, Math.min(at - length / 2, numbers.rollback - length));
    let lane = 0;
    while (taken[lane]?.some(([from, to]) => x < to + 8 && x + length > from - 8)) lane++;
    taken[lane] ??= [];
    taken[lane]?.push([x, x + length]);
    return { mark, lane, x };
  });
};

export interface Axis extends Part {
  /** Behind the rows, down to this `y`. */
  grid(from: number, to: number): readonly Markup[];
}

const laneHeight = 15;

export const axisPart = (layout: Layout, y: number): Axis => {
  const { scale, rows, t0 } = layout;
  const marks = inLanes(marksOf(layout), layout);
  const lanes = Math.max(...marks.map(({ lane }) => lane)) + 1;
  const ticks = ticksOf(scale, t0, tickSize);
  /** One at the end of the axis would reach into the columns. */
  const labelled = ticks.filter(
    ({ ms, label }) => scale.x(ms) + widthOf(label, tickSize) / 2 <= scale.right + 24,
  );
  const ticksY = y + lanes * laneHeight + 14;
  const head = (x: number, word: string): Markup =>
    element('text', { class: 'small muted end', x, y: ticksY }, text(word));
  const drawn = [
    ...marks.map(({ mark, lane, x }) =>
      element(
        'text',
        { class: `small id${mark.bad ? ' bad' : ''}`, x, y: y + (lane + 1) * laneHeight - 3 },
        text(mark.label),
      ),
    ),
    ...labelled.map(({ ms, label }) =>
      element('text', { class: 'small muted mid', x: scale.x(ms), y: ticksY }, text(label)),
    ),
    ...labelled.map(({ ms, clock }) =>
      clock === null
        ? text('')
        : element('text', { class: 'small muted mid', x: scale.x(ms), y: ticksY + 13 }, text(clock)),
    ),
    ...(Object.keys(numbers) as (keyof typeof numbers)[]).map((name) => head(numbers[name], name)),
  ];
  const height = lanes * laneHeight + 22 + (t0 ? 13 : 0);
  const grid = (from: number, to: number): readonly Markup[] => {
    const vertical = (ms: number, name: string): Markup =>
      element('path', { class: name, d: `M${scale.x(ms)} ${from}V${to}` });
    const shade = (name: string, fromMs: number, toMs: number): Markup =>
      element('rect', {
        class: name,
        x: scale.x(fromMs),
        y: from,
        width: scale.x(toMs) - scale.x(fromMs),
        height: to - from,
      });
    const { opensMs, hardStopMs } = rows.plan.timeline;
    return [
      ...(opensMs !== null && opensMs > scale.fromMs ? [shade('closed', scale.fromMs, opensMs)] : []),
      ...(hardStopMs !== null && !scale.beyond(hardStopMs) ? [shade('over', hardStopMs, scale.toMs)] : []),
      ...ticks.map(({ ms }) => vertical(ms, 'grid')),
      ...marks.filter(({ mark }) => !scale.beyond(mark.ms)).map(({ mark }) => vertical(mark.ms, mark.line)),
    ];
  };
  return { height, drawn, grid };
};

const factHeight = 20;

interface Lane {
  readonly name: string;
  readonly title: string;
  readonly startMs: number;
  /** null: to the end. */
  readonly endMs: number | null;
  readonly lasts: string;
  readonly bad: boolean;
}

const lanesOf = ({ spans, limited }: PlanTimes): readonly Lane[] => [
  ...limited.map((each): Lane => {
    const { name, startMs, endMs, limitMs } = each;
    const lasts = `${span(endMs - startMs)} of ${span(limitMs)}`;
    const title = `${name}: ${endsText(each)}, ${lasts}`;
    return { name, title, startMs, endMs, lasts, bad: endMs - startMs > limitMs };
  }),
  ...spans.map(({ fact, value, startMs, endMs, from, to }): Lane => {
    const name = `${fact} = ${value}`;
    const lasts = endMs === null ? 'stays' : span(endMs - startMs);
    const title = `${name}: from ${from} ${to === null ? 'on' : `to ${to}`}, ${lasts}`;
    return { name, title, startMs, endMs, lasts, bad: false };
  }),
];

/** A lane for each span of the runbook, and for each of a fact. */
export const factsPart = (layout: Layout, y: number): Part => {
  const lanes = lanesOf(layout.rows.times);
  const { scale } = layout;
  const drawn = lanes.map(({ name, title, startMs, endMs, lasts, bad }, i): Markup => {
    const top = y + i * factHeight;
    const [x, end] = [scale.x(startMs), endMs === null ? scale.right : scale.x(endMs)];
    return element(
      'g',
      {},
      element('title', {}, text(title)),
      element(
        'text',
        { class: 'small', x: margin, y: top + 14 },
        text(fitted(name, labelWidth(layout) + layout.idX - margin, 10.5)),
      ),
      element('rect', { class: 'fact', x, y: top + 4, width: Math.max(3, end - x), height: 12, rx: 2 }),
      element(
        'text',
        { class: `num end ${bad ? 'bad' : 'muted'}`, x: numbers.expected, y: top + 14 },
        text(lasts),
      ),
    );
  });
  const height = lanes.length === 0 ? 0 : lanes.length * factHeight + 10;
  const rule = element('path', {
    class: 'grid',
    d: `M${margin} ${y + height - 5}H${width - margin}`,
  });
  return { height, drawn: lanes.length === 0 ? [] : [...drawn, rule] };
};
