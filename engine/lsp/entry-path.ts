/** Entries of `steps`, in blocks and groups as well. */
import { isMap } from '../load/is-map.ts';
import type { Path } from '../load/yaml-source.ts';
import type { Json, JsonObject } from '../plan.ts';
import { valueAt } from './calls.ts';

/** The part of the path that leads to the innermost entry of the list; null: it is in none. */
export const entryPath = (path: Path): Path | null => {
  if (path[0] !== 'steps' || typeof path[1] !== 'number') return null;
  let length = 2;
  while ((path[length] === 'parallel' || path[length] === 'group') && typeof path[length + 1] === 'number')
    length += 2;
  return path.slice(0, length);
};

export const isEntryPath = (path: Path): boolean => entryPath(path)?.length === path.length;

/** The innermost loop around the path, with its own; null: there is none. */
export const loopAround = (root: Json, path: Path): JsonObject | null => {
  const first = path[0] === 'targets' ? path.slice(0, 2) : entryPath(path);
  for (let at = first; at !== null && at.length >= 2; at = at.slice(0, -2)) {
    const entry = valueAt(root, at);
    if (isMap(entry) && entry.for_each !== undefined) return entry;
  }
  return null;
};

/** An item of a loop as far as the file shows it, such as the first of a list; undefined: it does not. */
export const sampleItem = (root: Json, { for_each: given }: JsonObject): Json | undefined => {
  const name = typeof given === 'string' ? /^\$\{\{\s*vars\.(\w+)\s*\}\}$/.exec(given)?.[1] : undefined;
  const items = name === undefined ? undefined : valueAt(root, ['vars', name, 'items']);
  const list = name === undefined ? given : valueAt(root, ['vars', name, 'default']);
  if (Array.isArray(list) && list.length > 0) return list[0] as Json;
  if (isMap(list)) return { key: '', value: Object.values(list)[0] ?? null };
  const isOfMap = name !== undefined && valueAt(root, ['vars', name, 'type']) === 'map';
  return isOfMap ? { key: '', value: items ?? null } : items;
};
