/** One step of the list: an act, a gate or a wait. */
import type { JsonObject, PlanActStep, PlanGate, PlanStep, PlanWait } from '../plan.ts';
import { compileAct } from './act.ts';
import type { LoadContext } from './context.ts';
import { compileGate } from './gate.ts';
import { compileCalls, compileUndo, noUndo, type Standing } from './rollback.ts';
import * as schema from './schema/steps.ts';
import { parseFilled } from './section.ts';

/** A step that lacks what only the whole plan can tell. */
export type CompiledStep = Undigested<PlanActStep> | Undigested<PlanGate> | Undigested<PlanWait>;
type Undigested<S extends PlanStep> = Omit<S, 'digest'>;

/** null: what is wrong is reported. */
export const compileStep = (value: JsonObject, standing: Standing, ctx: LoadContext): CompiledStep | null => {
  const { id, type } = value;
  const label = `step ${typeof id === 'string' ? `"${id}"` : 'without an id'}${typeof type === 'string' ? ` (${type})` : ''}`;
  const at = { path: standing.path, label, where: label.replace(/^s/, 'S') };
  const line = ctx.source.lineOf(standing.path);

  if (type === 'gate') {
    const gate = parseFilled(schema.gate, value, { ...at, skip: (path) => path.includes('criteria') }, ctx);
    return gate && { ...common(gate, line), ...compileGate(gate, standing, ctx) };
  }
  if (type === 'wait') {
    const wait = parseFilled(schema.wait, value, at, ctx);
    return wait && { ...common(wait, line), kind: 'wait', forMs: wait.with?.for ?? 0 };
  }
  const act = parseFilled(schema.act, value, { ...at, skip: (path) => path.at(-1) === 'with' }, ctx);
  return act && compileActStep(act, value, line, standing, ctx);
};

const common = (step: schema.Act | schema.Gate | schema.Wait, line: number) => ({
  id: step.id,
  name: step.name ?? step.id,
  description: step.description ?? null,
  atMs: step.at ?? null,
  expectedMs: step.expected ?? null,
  line,
});

const compileActStep = (
  step: schema.Act,
  given: JsonObject,
  line: number,
  standing: Standing,
  ctx: LoadContext,
): CompiledStep | null => {
  const { path, entry } = standing;
  const act = compileAct(step, { path, role: 'act', step: step.id, entry }, ctx);
  const guards = (key: 'preconditions' | 'verify') =>
    compileCalls(
      step[key],
      key === 'verify' ? 'verify' : 'precondition',
      { path: [...path, key], step: step.id, entry },
      ctx,
    );
  const preconditions = guards('preconditions');
  const verify = guards('verify');
  if (step.on_failure === 'rollback' && standing.afterLine)
    ctx.problems.add(
      'RB233',
      { step: step.id, what: 'a rollback' },
      ctx.source.value([...path, 'on_failure']),
    );
  const onFailure = step.on_failure ?? defaultOnFailure(standing, ctx);
  // A rollback too wrong to be read is reported as such, not as missing.
  const unread = given.rollback !== undefined && step.rollback === undefined;
  const undo = unread ? noUndo : compileUndo(step, act, standing, ctx);
  if (!act) return null;
  return { ...common(step, line), kind: 'act', act, preconditions, verify, onFailure, undo };
};

const defaultOnFailure = ({ afterLine }: Standing, ctx: LoadContext): PlanActStep['onFailure'] => {
  const usual = ctx.defaults.on_failure ?? 'hold';
  return afterLine && usual === 'rollback' ? 'hold' : usual;
};
