/** Two inputs of a step, by path. Marked objects of plan.ts are compared by what they mean. */
import { canonicalJson } from '../digest.ts';
import { isMarker } from '../expr/markers.ts';
import type { Json, JsonObject } from '../plan.ts';
import { asWritten, canonical, type Rename } from './expressions.ts';

export type Path = readonly (string | number)[];

export interface ValueChange {
  readonly path: Path;
  /** undefined: not there. */
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** An item of a list that came or went, whatever its place. */
  readonly item: boolean;
}

type Piece = string | { readonly expr: string } | { readonly name: string };

/** Equal texts mean the same. */
export const meaningOf = (value: Json | undefined, rename: Rename = asWritten): string =>
  value === undefined ? '' : canonicalJson(inCanon(value, rename));

const inCanon = (value: Json, rename: Rename): Json => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => inCanon(item, rename));
  const map = value as JsonObject;
  if (typeof map.$expr === 'string') return { $expr: canonical(map.$expr, rename) };
  if (Array.isArray(map.$template))
    return {
      $template: (map.$template as readonly Piece[]).map((piece) =>
        typeof piece === 'string' ? piece : { expr: canonical('expr' in piece ? piece.expr : '', rename) },
      ),
    };
  return Object.fromEntries(Object.entries(map).map(([key, item]) => [key, inCanon(item, rename)]));
};

/** As an author would write it; a secret by its name. */
export const shownValue = (value: Json | undefined): string => {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object' || item === null || isPiece(item)))
      return `[${value.map((item) => shownValue(item)).join(', ')}]`;
    return `[${value.map(shownValue).join(', ')}]`;
  }
  const map = value as JsonObject;
  if (typeof map.$expr === 'string') return `\${{ ${map.$expr} }}`;
  const pieces = map.$template ?? map.secret;
  if (Array.isArray(pieces) && isMarker(value)) return (pieces as readonly Piece[]).map(shownPiece).join('');
  return `{ ${Object.entries(map)
    .map(([key, item]) => `${key}: ${shownValue(item)}`)
    .join(', ')} }`;
};

const isPiece = (value: Json): boolean => typeof value === 'object' && value !== null && isMarker(value);

const shownPiece = (piece: Piece): string => {
  if (typeof piece === 'string') return piece;
  return `\${{ ${'expr' in piece ? piece.expr : `secrets.${piece.name}`} }}`;
};

const isPlainMap = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isMarker(value);

/** Lists of words are one value: a command, whose words mean nothing alone. */
const isWords = (value: Json): boolean =>
  Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null || isPiece(item));

export const changedValues = (
  before: Json | undefined,
  after: Json | undefined,
  rename: Rename,
  path: Path = [],
): readonly ValueChange[] => {
  if (meaningOf(before, rename) === meaningOf(after)) return [];
  if (isPlainMap(before) && isPlainMap(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      changedValues(before[key], after[key], rename, [...path, key]),
    );
  if (
    Array.isArray(before) &&
    Array.isArray(after) &&
    !(isCommand(path) && isWords(before) && isWords(after))
  )
    return changedItems(before, after, rename, path);
  return [{ path, before, after, item: false }];
};

/** Keys whose value is run as it stands, in whatever step type. */
export const isCommand = (path: Path): boolean =>
  /^(run|sql|script|command|probe)$/.test(String(path.at(-1)));

const changedItems = (
  before: readonly Json[],
  after: readonly Json[],
  rename: Rename,
  path: Path,
): readonly ValueChange[] => {
  const left = new Map<string, number[]>();
  for (const [i, item] of after.entries()) push(left, meaningOf(item), i);
  const gone: number[] = [];
  for (const [i, item] of before.entries())
    if (left.get(meaningOf(item, rename))?.shift() === undefined) gone.push(i);
  const come = [...left.values()].flat().sort((a, b) => a - b);
  if (gone.length === 0 && come.length === 0) return [{ path, before, after, item: false }];
  const named = new Map<string, number[]>();
  for (const i of come) push(named, nameOf(after[i]), i);
  const found: ValueChange[] = [];
  const paired = new Set<number>();
  for (const i of gone) {
    const name = nameOf(before[i]);
    const j = gone.length === come.length && name === '' ? come[gone.indexOf(i)] : named.get(name)?.shift();
    if (j === undefined || (name === '' && gone.length !== come.length)) {
      found.push({ path: [...path, i], before: before[i], after: undefined, item: true });
      continue;
    }
    paired.add(j);
    found.push(...changedValues(before[i], after[j], rename, [...path, isTold(after[j]) ? name : j]));
  }
  for (const j of come)
    if (!paired.has(j)) found.push({ path: [...path, j], before: undefined, after: after[j], item: true });
  return found;
};

/** Of an item of a list, what tells it from the others. */
const nameOf = (item: Json | undefined): string => {
  if (!isPlainMap(item)) return '';
  const name = item.id ?? item.table ?? item.name ?? item.path ?? item.message;
  return typeof name === 'string' ? name : '';
};

/** Its name is short enough for a path. */
const isTold = (item: Json | undefined): boolean =>
  isPlainMap(item) && nameOf({ ...item, message: null }) !== '';

const push = (map: Map<string, number[]>, key: string, value: number): void => {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
};

/** `with.expect.rows`, `with.tables.users.ignore` */
export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, key) =>
      typeof key === 'number'
        ? `${text}[${key}]`
        : /^[\w-]+$/.test(key)
          ? `${text}${text === '' ? '' : '.'}${key}`
          : `${text}[${JSON.stringify(key)}]`,
    '',
  );
