/** A forecast on a terminal. */
import { clean, offset } from '../words/format.ts';
import type { Forecast } from './forecast.ts';
import {
  causeLine,
  count,
  instantRows,
  limitRows,
  missHead,
  type Row,
  sourceLines,
  spanRows,
  stopLines,
} from './words.ts';

const wide = 50;

/** A long name has a line of its own. */
const rowLines = ({ what, cells }: Row, widths: readonly number[]): readonly string[] => {
  const columns = cells
    .map((cell, i) => cell.padEnd(widths[i] ?? 0))
    .join('  ')
    .trimEnd();
  return what.length > wide
    ? [`  ${what}`, `  ${' '.repeat(wide)}  ${columns}`]
    : [`  ${what.padEnd(wide)}  ${columns}`];
};

const table = (head: readonly string[], rows: readonly Row[]): readonly string[] => {
  if (rows.length === 0) return [];
  const widths = head
    .slice(1)
    .map((cell, i) => Math.max(cell.length, ...rows.map(({ cells }) => cells[i]?.length ?? 0)));
  const [first = '', ...rest] = head;
  return [
    ...rowLines({ what: first, cells: rest }, widths),
    ...rows.flatMap((row) => rowLines(row, widths)),
    '',
  ];
};

export const forecastText = (found: Forecast, name: string, environment: string | null): string => {
  const head = missHead(found);
  const stops = stopLines(found);
  return `${[
    `forecast of ${name}${environment === null ? '' : ` (${environment})`}: ${count(found.draws)} draws, seed ${found.seed}`,
    `  it starts at ${offset(found.now - found.t0)}`,
    '',
    ...table(['ON TIME', 'CHANCE', 'IF ALL THAT IS UNSURE TAKES 50 % LONGER'], limitRows(found)),
    ...table(['WHEN', 'P50', 'P90', 'P99'], instantRows(found)),
    ...table(['HOW LONG', 'P50', 'P90', 'P99'], spanRows(found)),
    ...(stops.length > 0 ? [...stops.map((line) => `  ${line}`), ''] : []),
    ...(head === null
      ? []
      : [head, ...(found.misses?.found.causes ?? []).map((cause) => `  ${causeLine(cause)}`), '']),
    ...sourceLines(found),
  ]
    .map(clean)
    .join('\n')}\n`;
};
