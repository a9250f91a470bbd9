/** A forecast as a comment of a pull request. */
import { bold, list, table, text } from '../report/markdown.ts';
import { offset } from '../words/format.ts';
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

const section = (head: readonly string[], rows: readonly Row[]): readonly string[] =>
  rows.length === 0
    ? []
    : [
        ...table(
          head.map(text),
          rows.map(({ what, cells }) => [what, ...cells].map(text)),
          [],
        ),
        '',
      ];

export const forecastMarkdown = (found: Forecast, name: string, environment: string | null): string => {
  const head = missHead(found);
  const causes = found.misses?.found.causes ?? [];
  return `${[
    `## Forecast: ${text(name)}${environment === null ? '' : text(` (${environment})`)}`,
    '',
    text(`${count(found.draws)} draws, seed ${found.seed}, started at ${offset(found.now - found.t0)}`),
    '',
    ...section(['On time', 'Chance', 'If all that is unsure takes 50 % longer'], limitRows(found)),
    ...section(['When', 'P50', 'P90', 'P99'], instantRows(found)),
    ...section(['How long', 'P50', 'P90', 'P99'], spanRows(found)),
    ...(found.stops.length > 0 ? [...list(stopLines(found).map((line) => bold(text(line)))), ''] : []),
    ...(head === null ? [] : [text(head), '', ...list(causes.map((cause) => text(causeLine(cause)))), '']),
    '<details><summary>Where the numbers are from</summary>',
    '',
    ...list(sourceLines(found).map(text)),
    '',
    '</details>',
  ].join('\n')}\n`;
};
