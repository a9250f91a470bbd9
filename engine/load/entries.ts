/** The list of `steps`: steps, parallel blocks and the point of no return. */
import type { Path } from '../expr/json-schema.ts';
import type { Json, JsonObject, PlanEntry } from '../plan.ts';
import type { LoadContext } from './context.ts';
import { shown } from './describe.ts';
import { isMap } from './is-map.ts';
import { type CompiledLine, checkNeighbours, compileLine, isLine } from './line.ts';
import { isCore, parallel } from './schema/steps.ts';
import { parseSection } from './section.ts';
import { type CompiledStep, compileStep } from './step.ts';
import type { StepSite } from './step-site.ts';

export interface CompiledEntries {
  readonly entries: readonly (Exclude<PlanEntry, { kind: 'line' }> | CompiledLine)[];
  /** In list order. */
  readonly steps: readonly { readonly step: CompiledStep; readonly path: Path }[];
}

export const compileEntries = (list: readonly Json[], ctx: LoadContext): CompiledEntries => {
  const entries: CompiledEntries['entries'][number][] = [];
  const steps: { step: CompiledStep; path: Path }[] = [];
  const lineAt = list.findIndex(isLine);
  const seen = new Map<string, Path>();
  const afterLine = (entry: number) => lineAt !== -1 && entry > lineAt;

  const add = (value: Json, path: Path, entry: number): string | null => {
    if (!isMap(value)) {
      ctx.problems.add(
        'RB203',
        { what: 'A step', why: `a map was expected, not ${shown(value)}` },
        ctx.source.value(path),
      );
      return null;
    }
    checkUnique(value.id, path, seen, ctx);
    const beside: StepSite['beside'] | null =
      lineAt === entry + 1 ? 'before' : lineAt !== -1 && lineAt === entry - 1 ? 'after' : null;
    const site = { path, entry, afterLine: afterLine(entry), ...(beside && { beside }) } as const;
    const step = compileStep(value, site, ctx);
    if (!step) return null;
    steps.push({ step, path });
    return step.id;
  };

  for (const [entry, value] of list.entries()) {
    const path = ['steps', entry];
    if (isLine(value)) {
      if (entry !== lineAt) {
        const firstLine = ctx.source.lineOf(['steps', lineAt]);
        ctx.problems.add('RB218', { firstLine }, ctx.source.key([...path, 'point_of_no_return']));
        continue;
      }
      checkNeighbours(list, entry, ctx);
      const line = compileLine(
        value as JsonObject,
        { path, entry, gate: idOf(list[entry - 1]), act: idOf(list[entry + 1]) },
        ctx,
      );
      if (line) entries.push(line);
    } else if (isMap(value) && 'parallel' in value) {
      const lanes = compileParallel(value, path, ctx, (step, at) => add(step, at, entry));
      if (lanes) entries.push(parallelOf(lanes));
    } else {
      const id = add(value, path, entry);
      if (id !== null) entries.push({ kind: 'step', step: id });
    }
  }
  return { entries, steps };
};

const idOf = (value: Json | undefined): string =>
  isMap(value) && typeof value.id === 'string' ? value.id : '';

const checkUnique = (id: Json | undefined, path: Path, seen: Map<string, Path>, ctx: LoadContext): void => {
  if (typeof id !== 'string') return;
  const first = seen.get(id);
  if (first === undefined) seen.set(id, path);
  else
    ctx.problems.add('RB211', { id, firstLine: ctx.source.lineOf(first) }, ctx.source.value([...path, 'id']));
};

const compileParallel = (
  value: Json,
  path: Path,
  ctx: LoadContext,
  add: (step: Json, path: Path) => string | null,
): readonly Lane[] | null => {
  const { source, problems } = ctx;
  const block = parseSection(parallel, value, { source, problems, path, label: 'the parallel block' });
  if (!block) return null;
  return (block.parallel as readonly Json[]).flatMap((branch, i): readonly Lane[] => {
    const at = [...path, 'parallel', i];
    const chain = isMap(branch) && Array.isArray(branch.group) ? (branch.group as readonly Json[]) : null;
    if (chain) return [chain.map((step, j) => add(step, [...at, 'group', j])).filter((id) => id !== null)];
    const what = forbidden(branch);
    const id = what === null ? add(branch, at) : null;
    if (what !== null) problems.add('RB219', { what }, source.value(at));
    return id === null ? [] : [id];
  });
};

/** Steps that run in order; a branch that is one step is that step's id. */
type Lane = string | readonly string[];

const parallelOf = (branches: readonly Lane[]): PlanEntry & { kind: 'parallel' } => {
  const lanes = branches.map((branch) => (typeof branch === 'string' ? [branch] : branch));
  const steps = lanes.flat();
  return { kind: 'parallel', steps, ...(branches.some((b) => typeof b !== 'string') && { lanes }) };
};

const forbidden = (step: Json): string | null => {
  if (!isMap(step)) return null;
  if ('parallel' in step) return 'Another `parallel`';
  if (isLine(step)) return 'The point of no return';
  return isCore(step.type) ? `A ${step.type}` : null;
};
