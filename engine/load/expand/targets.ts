/** Targets of a loop: `db-${{ each.name }}: { for_each: ... }`. */

import type { Path } from '../../expr/json-schema.ts';
import type { Json, JsonObject } from '../../plan.ts';
import { isMap } from '../is-map.ts';
import type { Emitted } from './emit.ts';
import type { Origin } from './expanded-source.ts';
import { type Expanding, type Here, inItem } from './here.ts';
import { knownValue } from './known.ts';
import { eachesOf } from './loop.ts';
import { Walker } from './walk.ts';

/** null: there are none. */
export const expandTargets = (targets: Json | undefined, here: Here, pass: Expanding): Emitted | null => {
  if (!isMap(targets) || !Object.values(targets).some(isLoop)) return null;
  const all: { [name: string]: Json } = {};
  const children = new Map<string, Origin>();
  for (const [written, target] of Object.entries(targets)) {
    const path = ['targets', written];
    const found = isLoop(target)
      ? itemsOf(written, target, path, here, pass)
      : [[written, { value: target, origin: { source: here.source, path } }] as const];
    for (const [name, { value, origin }] of found) {
      if (Object.hasOwn(all, name)) {
        pass.problems.add(
          'RB274',
          { name, line: children.get(name)?.source.lineOf(children.get(name)?.path ?? []) ?? 1 },
          origin.source.key(path),
        );
        continue;
      }
      all[name] = value;
      children.set(name, origin);
    }
  }
  return { value: all, origin: { source: here.source, path: ['targets'], children } };
};

const isLoop = (target: Json): target is JsonObject => isMap(target) && target.for_each !== undefined;

const itemsOf = (
  written: string,
  { for_each, ...target }: JsonObject,
  path: Path,
  here: Here,
  pass: Expanding,
): readonly (readonly [string, Emitted])[] => {
  const eaches = eachesOf({ for_each: for_each ?? null }, path, here, pass) ?? [];
  return eaches.flatMap(({ value: each }, i) => {
    const inside = inItem(here, { key: '', each }, { items: 1, first: i === 0 });
    const name = knownValue(written, path, 'The name of a target', inside, pass);
    if (!name.ok) return [];
    // Which target it goes through is read as it stands.
    const via = knownValue(target.via ?? null, [...path, 'via'], '`via`', inside, pass);
    if (!via.ok) return [];
    const own = via.value === null ? target : { ...target, via: via.value };
    const { value, origin } = new Walker({}, path, inside, pass).rewrite(own, []);
    return [[String(name.value), { value, origin: origin ?? { source: inside.source, path } }] as const];
  });
};
