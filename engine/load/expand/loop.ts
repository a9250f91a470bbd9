/** `for_each` of a step, a group or a target: its items, each with its key. */
import * as z from 'zod';
import type { DataOf } from '../../diagnostic.ts';
import type { Path } from '../../expr/json-schema.ts';
import { hasPlaceholder } from '../../expr/placeholders.ts';
import type { Json, JsonObject } from '../../plan.ts';
import { shown } from '../describe.ts';
import { isMap } from '../is-map.ts';
import { loop, loopKeys } from '../schema/loops.ts';
import { parseSection } from '../section.ts';
import { type Expanding, type Here, type Item, inItem } from './here.ts';
import { knownValue } from './known.ts';

export interface Loop {
  readonly items: readonly Item[];
  readonly mode: 'serial' | 'parallel';
  /** Items at the same time; null: all. */
  readonly batch: number | null;
}

/** More is not a list that a person watches step by step. */
const MOST_ITEMS = 200;
/** Of loops in each other. */
const MOST_TIMES = 1000;

/** Part of an id, of a file name and of a shell word. */
const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;

/** null: there is none. `wrong`: it is reported, or a var has no value. */
export const loopOf = (
  value: JsonObject,
  path: Path,
  usual: Loop['mode'],
  here: Here,
  pass: Expanding,
): Loop | null | 'wrong' => {
  if (value.for_each === undefined) return hasStrayKeys(value, path, here, pass) ? 'wrong' : null;
  const items = itemsOf(value, path, here, pass);
  const how = howOf(value, path, here, pass);
  if (items === null || how === null) return 'wrong';
  const mode = how.mode ?? usual;
  if (how.batch === undefined || mode === 'parallel') return { items, mode, batch: how.batch ?? null };
  const why = 'is the number of items at the same time, and the items of this loop run one after the other';
  const remedy = 'Add `mode: parallel`, or remove it';
  pass.problems.add('RB273', { key: 'batch', why, remedy }, here.source.key([...path, 'batch']));
  return 'wrong';
};

const hasStrayKeys = (value: JsonObject, path: Path, here: Here, { problems }: Expanding): boolean => {
  const stray = loopKeys.filter((key) => value[key] !== undefined);
  const data = {
    why: 'belongs to a loop, and there is no `for_each`',
    remedy: 'Add `for_each`, or remove it',
  };
  for (const key of stray) problems.add('RB273', { key, ...data }, here.source.key([...path, key]));
  return stray.length > 0;
};

const how = z.object({ mode: loop.mode, batch: loop.batch });

const howOf = (value: JsonObject, path: Path, here: Here, pass: Expanding): z.output<typeof how> | null => {
  const given: { [key: string]: Json } = {};
  for (const key of ['mode', 'batch'] as const) {
    const written = value[key];
    if (written === undefined) continue;
    const known = knownValue(written, [...path, key], `\`${key}\``, here, pass);
    if (!known.ok) return null;
    given[key] = known.value;
  }
  const { source } = here;
  const before = pass.problems.count;
  const parsed = parseSection(how, given, { source, problems: pass.problems, path, label: 'the loop' });
  return pass.problems.count > before ? null : parsed;
};

/** null: it is wrong, which is reported, or a var has no value. */
const itemsOf = (value: JsonObject, path: Path, here: Here, pass: Expanding): readonly Item[] | null => {
  const eaches = eachesOf(value, path, here, pass);
  if (eaches === null) return null;
  const seen = new Map<string, string>();
  const items: Item[] = [];
  for (const each of eaches) {
    const key = keyOf(each, value, path, here, pass);
    if (key === null) return null;
    const small = key.toLowerCase();
    const first = seen.get(small);
    if (first !== undefined) {
      keyFault({ kind: 'twice', key, first }, value, path, here, pass);
      return null;
    }
    seen.set(small, key);
    items.push({ key, each: each.value });
  }
  return items;
};

interface Each {
  readonly value: Json;
  /** Of a map. */
  readonly key?: string;
}

/** What `each` is for each item. */
export const eachesOf = (
  value: JsonObject,
  path: Path,
  here: Here,
  pass: Expanding,
): readonly Each[] | null => {
  const at = [...path, 'for_each'];
  const given = value.for_each ?? null;
  const known = knownValue(given, at, '`for_each`', here, pass);
  if (!known.ok) return null;
  const position = () => here.source.value(at);
  const list = known.value;
  const eaches = Array.isArray(list)
    ? list.map((item: Json): Each => ({ value: item }))
    : isMap(list)
      ? Object.entries(list).map(([key, item]): Each => ({ value: { key, value: item }, key }))
      : null;
  if (eaches === null) {
    const bare =
      typeof given === 'string' && !hasPlaceholder(given)
        ? given.replaceAll(/^\$?\{+\s*|\s*\}+$/g, '')
        : null;
    pass.problems.add('RB263', { got: shown(list), bare }, position());
    return null;
  }
  if (eaches.length === 0) {
    pass.problems.add('RB265', {}, position());
    return null;
  }
  const [items, limit] =
    eaches.length > MOST_ITEMS ? [eaches.length, MOST_ITEMS] : [eaches.length * here.times, MOST_TIMES];
  if (items > limit) {
    pass.problems.add('RB267', { items, limit }, position());
    return null;
  }
  return eaches;
};

const keyOf = (each: Each, value: JsonObject, path: Path, here: Here, pass: Expanding): string | null => {
  const found = givenKey(each, value, path, here, pass);
  if (found === null) return null;
  if (typeof found !== 'string' && typeof found !== 'number') {
    const kind = value.key === undefined ? 'none' : 'no-text';
    keyFault({ kind, got: shown(found) }, value, path, here, pass);
    return null;
  }
  const key = String(found);
  if (KEY.test(key)) return key;
  keyFault({ kind: 'odd', key, given: value.key !== undefined }, value, path, here, pass);
  return null;
};

/** null: reported. */
const givenKey = (each: Each, value: JsonObject, path: Path, here: Here, pass: Expanding): Json => {
  if (value.key === undefined) return each.key ?? each.value ?? false;
  const inside = inItem(here, { key: '', each: each.value }, { items: 1, first: true });
  const known = knownValue(value.key, [...path, 'key'], '`key`', inside, pass);
  return known.ok ? (known.value ?? false) : null;
};

const keyFault = (
  fault: DataOf<'RB266'>['fault'],
  value: JsonObject,
  path: Path,
  here: Here,
  { problems }: Expanding,
): void => {
  const at = [...path, value.key === undefined ? 'for_each' : 'key'];
  problems.add('RB266', { fault }, here.source.value(at));
};
