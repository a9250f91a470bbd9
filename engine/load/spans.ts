/** `spans`: each begins with a step, and ends with the same or a later one. */
import { nearest } from '../diagnostics/near.ts';
import type { Path } from '../expr/json-schema.ts';
import type { JsonObject, PlanSpan } from '../plan.ts';
import type { LoadContext } from './context.ts';
import type { CompiledEntries } from './entries.ts';
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
  ctx: LoadContext,
): { readonly spans?: readonly PlanSpan[] } => {
  const declared = Object.entries(readSection('spans', root, ctx) ?? {});
  const places = placesOf(compiled);
  const spans = declared.map(([id, given]): PlanSpan => {
    const path = ['spans', id];
    const ends = { from: listOf(given.from), to: listOf(given.to) };
    const known = (['from', 'to'] as const).map((key) => checkKnown(ends[key], [...path, key], ctx));
    if (known.every(Boolean)) checkOrder(ends, places, path, ctx);
    return {
      id,
      name: given.name ?? id,
      ...ends,
      limitMs: given.limit,
      onBreach: given.on_breach ?? 'hold',
      line: ctx.source.lineOf(path),
    };
  });
  return spans.length > 0 ? { spans } : {};
};

const listOf = (given: string | readonly string[]): readonly string[] =>
  typeof given === 'string' ? [given] : [...new Set(given)];

/** A single id stands at the key itself, which is the nearest place then. */
const positionOf = (path: Path, i: number, ctx: LoadContext) => ctx.source.value([...path, i]);

const checkKnown = (ids: readonly string[], path: Path, ctx: LoadContext): boolean => {
  const known = ctx.steps.ids();
  const missing = ids.filter((id) => !ctx.steps.find(id));
  for (const name of missing)
    ctx.problems.add(
      'RB212',
      { kind: 'step', name, near: nearest(name, known), known },
      positionOf(path, ids.indexOf(name), ctx),
    );
  return missing.length === 0;
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
  ends: { readonly from: readonly string[]; readonly to: readonly string[] },
  places: ReadonlyMap<string, Place>,
  path: Path,
  ctx: LoadContext,
): void => {
  for (const key of ['to', 'from'] as const) {
    const before = ctx.problems.count;
    const others = ends[key === 'to' ? 'from' : 'to'];
    for (const [i, step] of ends[key].entries()) {
      const own = places.get(step);
      const around = others.flatMap((id) => places.get(id) ?? []);
      // One that is wrong in itself has no place, and is reported already.
      if (!own || around.length < others.length) continue;
      if (around.some((other) => (key === 'to' ? inOrder(other, own) : inOrder(own, other)))) continue;
      const beside = around.some((other) => other.entry === own.entry && other.lane !== own.lane);
      ctx.problems.add(beside ? 'RB341' : 'RB340', { key, step, others }, positionOf([...path, key], i, ctx));
    }
    // The same slip, seen from the other end.
    if (ctx.problems.count > before) return;
  }
};
