/** Whether two canonical texts mean the same, and how a difference is told. Pure. */

import { canonicalJson, plainNumber } from './canonical-json.ts';
import { type ColumnPair, type ComparedTable, isMixedDouble } from './compared-table.ts';
import { isWithin } from './tolerance.ts';

/** NULL, a text, or an id that the map has no old one for (`unmapped:` and the id): that is no text of MySQL. */
export type Value = string | null | { readonly unmapped: string };

const sameDouble = (a: string, b: string): boolean => {
  const [x, y] = [numberOf(a), numberOf(b)];
  return x === y || (Number.isNaN(x) && Number.isNaN(y));
};

const numberOf = (text: string): number =>
  /^-?inf/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);

/** By the digits that are written: in binary, 0.4 and 0.3 are more than 0.1 apart. */
const near = ({ tolerance, kind }: ColumnPair, a: string, b: string): boolean => {
  if (tolerance === null) return false;
  return kind === 'double' ? isWithin(tolerance, plainNumber(a), plainNumber(b)) : isWithin(tolerance, a, b);
};

/** Letter by letter, where one small letter stands for one capital: two servers do not agree on more than that. */
const folded = (text: string): string =>
  Array.from(text, (letter) => {
    const small = letter.toLowerCase();
    return [...small].length === 1 ? small : letter;
  }).join('');

export const isSame = (pair: ColumnPair, a: Value, b: Value): boolean => {
  if (a === b) return true;
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  switch (pair.kind) {
    case 'json': {
      const [x, y] = [canonicalJson(a), canonicalJson(b)];
      return x !== null && x === y;
    }
    case 'caseless':
      return folded(a) === folded(b);
    case 'double':
      if (isMixedDouble(pair) ? plainNumber(a) === plainNumber(b) : sameDouble(a, b)) return true;
  }
  return near(pair, a, b);
};

const firstApart = (a: string, b: string): number => {
  const [x, y] = [[...a], [...b]];
  const i = x.findIndex((character, at) => character !== y[at]);
  return (i === -1 ? x.length : i) + 1;
};

const shownAs = (value: Value): string =>
  value === null ? 'NULL' : typeof value === 'string' ? value : value.unmapped;

/** A JSON text of any length is told by its length, as other texts are. */
const long = new Set(['text', 'caseless', 'json', 'set']);

/** Values only where the runbook shows them. Else which side has none; of a text how long it is and where it differs. */
export const toldApart = (
  { kind, entity, shown }: ColumnPair,
  labels: ComparedTable['labels'],
  a: Value,
  b: Value,
): string => {
  if (typeof a === 'string' && typeof b === 'string' && long.has(kind) && entity === null)
    return `${kind} of ${[...a].length} against ${[...b].length} characters, apart from the ${ordinal(firstApart(a, b))} on`;
  if (shown) return `${shownAs(a)} against ${shownAs(b)}`;
  if (a === null) return `NULL in ${labels.here} only`;
  if (b === null) return `NULL in ${labels.there} only`;
  return typeof b === 'string' ? 'different values' : 'an id that the id map does not have';
};

/** The whole value; only of a column that is shown. */
export const toldWhole = (value: Value): string => (value === null ? 'NULL' : JSON.stringify(shownAs(value)));

export const toldKey = shownAs;

const ordinal = (n: number): string => {
  const last = n % 100 > 10 && n % 100 < 14 ? 0 : n % 10;
  return `${n}${['th', 'st', 'nd', 'rd'][last] ?? 'th'}`;
};
