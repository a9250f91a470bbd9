/** The point of no return: a gate directly before it, an act directly after it, and a forward fix. */
import type { Path } from '../expr/json-schema.ts';
import type { Json, JsonObject, PlanLine } from '../plan.ts';
import { compileAct } from './act.ts';
import type { LoadContext } from './context.ts';
import { isMap } from './is-map.ts';
import * as schema from './schema/steps.ts';
import { parseFilled } from './section.ts';

/** Its text is read with all other files. */
export type CompiledLine = Omit<PlanLine, 'forwardFix'> & { readonly forwardFix: { readonly path: string } };

export const isLine = (value: Json): boolean => isMap(value) && 'point_of_no_return' in value;

type Neighbour = 'nothing' | 'act' | 'parallel' | 'line' | schema.CoreType;

const kindOf = (value: Json | undefined): Neighbour => {
  if (!isMap(value)) return 'nothing';
  if ('parallel' in value) return 'parallel';
  if (isLine(value)) return 'line';
  return schema.isCore(value.type) ? value.type : 'act';
};

const aStep = (value: Json | undefined): string => {
  const { id, type } = value as JsonObject;
  return `"${String(id ?? '')}" (${String(type ?? '')})`;
};

const names = {
  nothing: () => 'nothing',
  parallel: () => 'a parallel block',
  line: () => 'a second point of no return',
  act: aStep,
  gate: aStep,
  wait: aStep,
  watch: aStep,
  checklist: aStep,
} satisfies Record<Neighbour, (value: Json | undefined) => string>;

const nameOf = (value: Json | undefined): string => names[kindOf(value)](value);

export const checkNeighbours = (list: readonly Json[], entry: number, ctx: LoadContext): void => {
  const position = () => ctx.source.key(['steps', entry, 'point_of_no_return']);
  const [before, after] = [list[entry - 1], list[entry + 1]];
  if (kindOf(before) !== 'gate') ctx.problems.add('RB216', { before: nameOf(before) }, position());
  if (kindOf(after) !== 'act') ctx.problems.add('RB217', { after: nameOf(after) }, position());
};

/** null: what is wrong is reported. */
export const compileLine = (
  value: JsonObject,
  at: { readonly path: Path; readonly entry: number; readonly gate: string; readonly act: string },
  ctx: LoadContext,
): CompiledLine | null => {
  const parsed = parseFilled(
    schema.pointOfNoReturn,
    value,
    {
      path: at.path,
      label: 'the point of no return',
      where: 'The point of no return',
      skip: (path) => path.at(-1) === 'with',
    },
    ctx,
  );
  if (!parsed) return null;
  const { forward_fix, would_lose } = parsed.point_of_no_return;
  const path = [...at.path, 'point_of_no_return'];
  ctx.files.add(forward_fix, ctx.source.value([...path, 'forward_fix']));
  const place = { path: [...path, 'would_lose'], role: 'would_lose', step: null, entry: at.entry } as const;
  return {
    kind: 'line',
    gate: at.gate,
    act: at.act,
    forwardFix: { path: forward_fix },
    wouldLose: would_lose ? compileAct(would_lose, place, ctx) : null,
    line: ctx.source.lineOf(at.path),
  };
};
