/** `spans`: each begins with a step, and ends with the same or a later one. */

import type { Position } from '../diagnostic.ts';
import { nearest } from '../diagnostics/near.ts';
import type { Path } from '../expr/json-schema.ts';
import type { JsonObject, PlanSpan } from '../plan.ts';
import type { LoadContext } from './context.ts';
import type { CompiledEntries } from './entries.ts';
import { idsOf, isWrong, resolve, type Scope } from './expand/names.ts';
import { readSection } from './sections.ts';

/** Where a step stands: steps of one entry run side by side, but for those of one lane. */
interface Place {
  readonly entry: number;
  readonly lane: number;
  readonly index: number;
}

export const compileSpans = (
  root: JsonObject,
  compiled: CompiledEntries,
  names: Scope,
  ctx: LoadContext,
): { readonly spans?: readonly PlanSpan[] } => {
  const declared = Object.entries(readSection('spans', root, ctx) ?? {});
  const places = placesOf(compiled);
  const spans = declared.map(([id, given]): PlanSpan => {
    const path = ['spans', id];
    const from = stepsOf(given.from, [...path, 'from'], names, ctx);
    const to = stepsOf(given.to, [...path, 'to'], names, ctx);
    checkOrder({ from, to }, places, ctx);
    return {
      id,
      name: given.name ?? id,
      from: from.map(({ id: step }) => step),
      to: to.map(({ id: step }) => step),
      limitMs: given.limit,
      onBreach: given.on_breach ?? 'hold',
      line: ctx.source.lineOf(path),
    };
  });
  return spans.length > 0 ? { spans } : {};
};

interface Named {
  readonly id: string;
  readonly position: Position;
}

/** A step of a loop stands for those of all items. What is not known is reported. */
const stepsOf = (
  given: string | readonly string[],
  path: Path,
  names: Scope,
  ctx: LoadContext,
): readonly Named[] => {
  const found = new Map<string, Named>();
  for (const [i, name] of [given].flat().entries()) {
    const position = ctx.source.value(typeof given === 'string' ? path : [...path, i]);
    const resolved = resolve(name, names);
    if (!resolved.ok) {
      const known = resolved.several.length > 0 ? resolved.several : ctx.steps.ids();
      ctx.problems.add('RB212', { kind: 'step', name, near: nearest(name, known), known }, position);
    } else if (!isWrong(resolved.named))
      for (const id of idsOf(resolved.named)) found.set(id, { id, position });
  }
  return [...found.values()];
};

const placesOf = ({ entries }: CompiledEntries): ReadonlyMap<string, Place> => {
  const places = new Map<string, Place>();
  for (const [entry, each] of entries.entries()) {
    if (each.kind === 'line') continue;
    const lanes = each.kind === 'step' ? [[each.step]] : (each.lanes ?? each.steps.map((step) => [step]));
    for (const [lane, steps] of lanes.entries())
      for (const [index, step] of steps.entries()) places.set(step, { entry, lane, index });
  }
  return places;
};

const inOrder = (from: Place, to: Place): boolean =>
  from.entry < to.entry || (from.entry === to.entry && from.lane === to.lane && from.index <= to.index);

const checkOrder = (
  ends: { readonly from: readonly Named[]; readonly to: readonly Named[] },
  places: ReadonlyMap<string, Place>,
  ctx: LoadContext,
): void => {
  // One that is wrong in itself has no place, and is reported already.
  if ([...ends.from, ...ends.to].some(({ id }) => !places.has(id))) return;
  for (const key of ['to', 'from'] as const) {
    const others = ends[key === 'to' ? 'from' : 'to'].map(({ id }) => id);
    const around = others.flatMap((id) => places.get(id) ?? []);
    const wrong = ends[key].find(({ id }) => {
      const own = places.get(id);
      return own && !around.some((other) => (key === 'to' ? inOrder(other, own) : inOrder(own, other)));
    });
    if (!wrong || others.length === 0) continue;
    const own = places.get(wrong.id);
    const beside = around.every((other) => other.entry === own?.entry && other.lane !== own.lane);
    const data = { key, step: wrong.id, others };
    ctx.problems.add(beside ? 'RB341' : 'RB340', data, wrong.position);
    // The other end would tell the same slip again.
    return;
  }
};
