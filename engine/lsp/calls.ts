/** The calls of step types in a file, right or wrong. */
import { isMap } from '../load/is-map.ts';
import { judge } from '../load/with-input.ts';
import type { Path } from '../load/yaml-source.ts';
import type { Json, JsonObject } from '../plan.ts';
import type { Registry } from '../registry.ts';
import type { AnyStepType } from '../step.ts';

export const valueAt = (root: Json, path: Path): Json | undefined =>
  path.reduce<Json | undefined>((at, key) => {
    if (Array.isArray(at)) return at[key as number];
    return isMap(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }, root);

export const typeAt = (root: Json, path: Path, registry: Registry): AnyStepType | null => {
  const call = valueAt(root, path);
  return (isMap(call) && typeof call.type === 'string' && registry.steps.get(call.type)) || null;
};

/** The input of a call, with something in place of each expression; null: too much of it is wrong. */
export const inputOf = (type: AnyStepType, given: Json | undefined): unknown => {
  const value: JsonObject = isMap(given) ? given : {};
  const judgement = judge(type.input, value, expressionsIn(value, []));
  return judgement.ok ? judgement.input : null;
};

const expressionsIn = (value: Json, path: Path): Parameters<typeof judge>[2] => {
  if (typeof value === 'string')
    return value.includes('${{') ? [{ path, type: 'dyn', text: value, undecided: true }] : [];
  if (Array.isArray(value)) return value.flatMap((item: Json, i) => expressionsIn(item, [...path, i]));
  return isMap(value)
    ? Object.entries(value).flatMap(([key, item]) => expressionsIn(item, [...path, key]))
    : [];
};
