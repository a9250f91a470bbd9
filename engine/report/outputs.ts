/** Figures from the outputs of steps: sizes, digests, counts, with secrets masked. */
import { actKey } from '../decide/keys.ts';
import type { Json } from '../plan.ts';
import { amount } from '../words/format.ts';
import { code, type Inline, table, text } from './markdown.ts';
import type { ReportedRun } from './reported-run.ts';
import { section } from './section.ts';

/** Longer text is a log, not a figure. */
const longest = 120;
/** Per step; further figures are only in the journal. */
const mostOfOne = 40;

type Scalar = boolean | number | string;

const isFigure = (value: Json): value is Scalar =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && value !== '' && value.length <= longest && !/[\r\n]/.test(value));

/** `tables.trades`, 3000; a list counts as its length. */
const figures = (value: Json, path: string): readonly { path: string; value: Scalar }[] => {
  if (isFigure(value)) return path === '' ? [{ path: 'output', value }] : [{ path, value }];
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return path === '' ? [] : [{ path: `${path}.length`, value: value.length }];
  return Object.entries(value).flatMap(([key, v]) => figures(v, path === '' ? key : `${path}.${key}`));
};

const depth = (path: string): number => path.split('.').length;

const outputsOf = ({ plan, state }: ReportedRun) =>
  Object.keys(plan.steps).flatMap((step) => {
    const act = state.acts[actKey(step, 'do', 0)];
    if (!act?.done) return [];
    // Sums before their parts: only the first figures of a long output are shown.
    const all = figures(act.output, '').toSorted((a, b) => depth(a.path) - depth(b.path));
    return all.length === 0
      ? []
      : [{ step, figures: all.slice(0, mostOfOne), leftOut: Math.max(0, all.length - mostOfOne) }];
  });

const shown = (path: string, value: Scalar): Inline => {
  if (typeof value === 'string') return code(value);
  if (typeof value === 'boolean') return text(value ? 'yes' : 'no');
  const bytes = /(?:^|[._])bytes$|Bytes$/.test(path) && value >= 1000 ? ` (${amount(value, 'bytes')})` : '';
  return text(`${value}${bytes}`);
};

const head = ['Step', 'Figure', 'Value'].map(text);

export const outputs = section('Outputs', outputsOf, (steps) =>
  steps.length === 0
    ? []
    : [
        table(
          head,
          steps.flatMap(({ step, figures: all, leftOut }) => [
            ...all.map(({ path, value }) => [code(step), code(path), shown(path, value)]),
            ...(leftOut > 0 ? [[code(step), text('more'), text(`${leftOut}, in the journal`)]] : []),
          ]),
        ),
      ],
);
