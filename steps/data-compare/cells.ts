/** Whether two canonical texts mean the same, and how a difference is told without telling people's words. Pure. */

import { canonicalJson } from './canonical-json.ts';
import type { ColumnPair } from './table-plan.ts';
import { isWithin } from './tolerance.ts';

export type Cell = string | null;

const sameDouble = (a: string, b: string): boolean => {
  const [x, y] = [numberOf(a), numberOf(b)];
  return x === y || (Number.isNaN(x) && Number.isNaN(y));
};

const numberOf = (text: string): number =>
  /^-?inf/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);

const near = (pair: ColumnPair, a: string, b: string): boolean => {
  const { tolerance, kind } = pair;
  if (tolerance === null) return false;
  if (kind === 'double' && tolerance.of === 'number') {
    const most = Number(tolerance.digits) / 10 ** tolerance.scale;
    return Math.abs(numberOf(a) - numberOf(b)) <= most;
  }
  return isWithin(tolerance, a, b);
};

export const isSame = (pair: ColumnPair, a: Cell, b: Cell): boolean => {
  if (a === b) return true;
  if (a === null || b === null) return false;
  if (pair.kind === 'json') {
    const [x, y] = [canonicalJson(a), canonicalJson(b)];
    return x !== null && x === y;
  }
  if (pair.kind === 'double' && sameDouble(a, b)) return true;
  return near(pair, a, b);
};

const spoken = new Set(['integer', 'decimal', 'double', 'boolean', 'datetime', 'date', 'time']);

const firstApart = (a: string, b: string): number => {
  const [x, y] = [[...a], [...b]];
  const i = x.findIndex((character, at) => character !== y[at]);
  return (i === -1 ? x.length : i) + 1;
};

/** Numbers and instants as they are; of a text only how long it is and from where it differs. */
export const toldApart = ({ kind, entity }: ColumnPair, a: Cell, b: Cell): string => {
  if (a === null || b === null || entity !== null || spoken.has(kind)) {
    const told = (cell: Cell) =>
      cell === null ? 'NULL' : entity !== null || spoken.has(kind) ? cell : `${kind} of ${cell.length}`;
    return `${told(a)} against ${told(b)}`;
  }
  return `${kind} of ${[...a].length} against ${[...b].length} characters, apart from the ${ordinal(firstApart(a, b))} on`;
};

const ordinal = (n: number): string => {
  const last = n % 100 > 10 && n % 100 < 14 ? 0 : n % 10;
  return `${n}${['th', 'st', 'nd', 'rd'][last] ?? 'th'}`;
};
