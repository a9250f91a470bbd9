/** The undo of a step, or why there is none. */
import type { Path } from '../expr/json-schema.ts';
import type { PlanAct, PlanUndo } from '../plan.ts';
import { compileAct } from './act.ts';
import type { Call, Role } from './call.ts';
import type { LoadContext } from './context.ts';
import type { Act, Rollback } from './schema/steps.ts';
import type { StepSite } from './step-site.ts';

const AFTER_LINE = 'It is after the point of no return';

const nothing = (mode: 'none' | 'nothing', why: string | null): PlanUndo => ({
  mode,
  why,
  expectedMs: null,
  preconditions: [],
  acts: [],
  verify: [],
});

export const noUndo = nothing('nothing', null);

/** Compiles a list of calls; what is wrong is reported and left out. */
export const compileCalls = (
  calls: readonly Call[] | undefined,
  role: Role,
  at: { readonly path: Path; readonly step: string; readonly entry: number },
  ctx: LoadContext,
): readonly PlanAct[] =>
  (calls ?? [])
    .map((call, i) => compileAct(call, { path: [...at.path, i], role, step: at.step, entry: at.entry }, ctx))
    .filter((act) => act !== null);

/** `act` null: it is wrong, and what it would need is not known. */
export const compileUndo = (step: Act, act: PlanAct | null, site: StepSite, ctx: LoadContext): PlanUndo => {
  const path = [...site.path, 'rollback'];
  if (site.afterLine) {
    if (step.rollback) ctx.problems.add('RB233', { step: step.id, what: 'a rollback' }, ctx.source.key(path));
    return act?.effects === 'read' ? noUndo : nothing('none', AFTER_LINE);
  }
  const undo = step.rollback?.undo ?? 'auto';
  if (typeof undo === 'object' && 'none' in undo) return none(undo.none, step.rollback ?? {}, path, ctx);
  if (Array.isArray(undo)) return detailed('own', step, undo, site, ctx);
  if (act === null) return detailed('auto', step, [], site, ctx);
  if (act.effects === 'read') return nothingToUndo(step, path, ctx);
  const type = ctx.registry.steps.get(act.type);
  if (type?.undoes && (type.canUndo?.(act.with) ?? true))
    return { ...detailed('auto', step, [], site, ctx), acts: [act] };
  const position = ctx.source.value(step.rollback ? [...path, 'undo'] : [...site.path, 'id']);
  ctx.problems.add('RB224', { step: step.id, type: act.type }, position);
  return nothing('none', null);
};

const none = (why: string, rollback: Rollback, path: Path, ctx: LoadContext): PlanUndo => {
  for (const key of ['preconditions', 'verify', 'expected'] as const)
    if (rollback[key] !== undefined) ctx.problems.add('RB238', { key }, ctx.source.key([...path, key]));
  return nothing('none', why);
};

const nothingToUndo = (step: Act, path: Path, ctx: LoadContext): PlanUndo => {
  if (step.rollback) ctx.problems.add('RB232', { step: step.id }, ctx.source.key(path));
  return nothing('nothing', null);
};

const detailed = (
  mode: 'auto' | 'own',
  step: Act,
  acts: readonly Call[],
  { path, entry }: StepSite,
  ctx: LoadContext,
): PlanUndo => {
  const at = (key: string) => ({ path: [...path, 'rollback', key], step: step.id, entry });
  return {
    mode,
    why: null,
    expectedMs: step.rollback?.expected ?? null,
    preconditions: compileCalls(step.rollback?.preconditions, 'undo precondition', at('preconditions'), ctx),
    acts: compileCalls(acts, 'undo', at('undo'), ctx),
    verify: compileCalls(step.rollback?.verify, 'undo verify', at('verify'), ctx),
  };
};
