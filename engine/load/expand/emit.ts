/** Second pass: the plain list, with every expression rewritten for its place, and where each part is written. */
import type { Path } from '../../expr/json-schema.ts';
import { hasPlaceholder } from '../../expr/placeholders.ts';
import type { Json } from '../../plan.ts';
import { isMap } from '../is-map.ts';
import type { Origin } from './expanded-source.ts';
import type { Expanding, Here } from './here.ts';
import type { Lane, Placed, PlacedStep } from './place.ts';
import { Walker } from './walk.ts';

export interface Emitted {
  readonly value: Json;
  readonly origin: Origin;
}

/** A list of which every entry has an origin of its own. */
export const emitList = (
  placed: readonly (Placed | Lane)[],
  { source }: Pick<Here, 'source'>,
  path: Path,
  pass: Expanding,
): Emitted => {
  const entries = placed.map((one) => emitOne(one, pass));
  const children = new Map(entries.map(({ origin }, i): [number, Origin] => [i, origin]));
  return { value: entries.map(({ value }) => value), origin: { source, path, children } };
};

const emitOne = (placed: Placed | Lane, pass: Expanding): Emitted => {
  if (placed.kind === 'step') return emitStep(placed, pass);
  const { here, path } = placed;
  const [key, list, own] =
    placed.kind === 'lane'
      ? (['group', placed.steps, {}] as const)
      : (['parallel', placed.branches, placed.value ?? {}] as const);
  const inner = emitList(list, here, [...path, key], pass);
  const { source } = here;
  return {
    value: { ...own, [key]: inner.value },
    origin: { source, path, children: new Map([[key, inner.origin]]) },
  };
};

const LOOP_KEYS = new Set(['for_each', 'key', 'mode', 'batch']);

const emitStep = ({ value, path, here, id }: PlacedStep, pass: Expanding): Emitted => {
  const { source } = here;
  if (!isMap(value)) return { value, origin: { source, path } };
  const walker = new Walker(value, path, here, pass);
  const children = new Map<string | number, Origin>();
  const step: { [key: string]: Json } = {};
  for (const [key, item] of Object.entries(value)) {
    if (LOOP_KEYS.has(key) || (key === 'at' && !startsAt(item, here))) continue;
    const { value: rewritten, origin } = walker.rewrite(item, [key]);
    step[key] = key === 'name' ? withItem(item, rewritten, here) : rewritten;
    if (origin) children.set(key, origin);
  }
  if (id !== null) step.id = id;
  return { value: step, origin: { source, path, ...(children.size > 0 && { children }) } };
};

/** An `at` that is the same for all items is when the first of them starts: the others follow it. */
const startsAt = (at: Json, { first, constants }: Here): boolean =>
  first || (typeof at === 'string' && hasPlaceholder(at) && reads(at, constants));

const reads = (text: string, constants: Here['constants']): boolean =>
  Object.keys(constants).some((root) => new RegExp(`\\b${root}\\b`).test(text));

/** Names that are the same for all items tell them apart by their keys. */
const withItem = (written: Json, name: Json, { items, constants }: Here): Json =>
  typeof name !== 'string' || items.length === 0 || reads(String(written), constants)
    ? name
    : `${name} (${items.join(', ')})`;
