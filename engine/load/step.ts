/** One step of the list: an act, or one of the kinds of the core. */

import type { Path } from '../expr/json-schema.ts';
import type {
  JsonObject,
  PlanActStep,
  PlanChecklist,
  PlanGate,
  PlanStep,
  PlanWait,
  PlanWatch,
} from '../plan.ts';
import { compileAct } from './act.ts';
import { compileChecklist } from './checklist.ts';
import type { LoadContext } from './context.ts';
import { failurePolicy } from './failure-policy.ts';
import { compileGate } from './gate.ts';
import { checkOwnReads } from './polling.ts';
import { compileCalls, compileUndo, noUndo } from './rollback.ts';
import * as schema from './schema/steps.ts';
import * as watchSchema from './schema/watch.ts';
import { parseFilled } from './section.ts';
import type { StepSite } from './step-site.ts';
import { compileWatch } from './watch.ts';
import { compileWhen } from './when.ts';

/** A step that lacks what only the whole plan can tell. */
export type CompiledStep =
  | Undigested<PlanActStep>
  | Undigested<PlanGate>
  | Undigested<PlanWait>
  | Undigested<PlanWatch>
  | Undigested<PlanChecklist>;
type Undigested<S extends PlanStep> = Omit<S, 'digest'>;

/** null: what is wrong is reported. */
export const compileStep = (value: JsonObject, site: StepSite, ctx: LoadContext): CompiledStep | null => {
  const { id, type } = value;
  const label = `step ${typeof id === 'string' ? `"${id}"` : 'without an id'}${typeof type === 'string' ? ` (${type})` : ''}`;
  const at = { path: site.path, label, where: label.replace(/^s/, 'S') };
  const line = ctx.source.lineOf(site.path);

  if (!schema.isCore(type)) {
    const act = parseFilled(schema.act, value, { ...at, skip: isJudgedApart }, ctx);
    return act && compileActStep(act, value, line, site, ctx);
  }
  switch (type) {
    case 'gate': {
      const gate = parseFilled(
        schema.gate,
        value,
        { ...at, skip: (path) => isWhen(path) || path.includes('criteria') },
        ctx,
      );
      return gate && { ...common(gate, line, site, ctx), ...compileGate(gate, site, ctx) };
    }
    case 'wait': {
      const wait = parseFilled(schema.wait, value, { ...at, skip: isWhen }, ctx);
      return wait && { ...common(wait, line, site, ctx), kind: 'wait', forMs: wait.with?.for ?? 0 };
    }
    case 'watch': {
      const watch = parseFilled(watchSchema.watch, value, { ...at, skip: isJudgedInside }, ctx);
      const shared = watch && common(watch, line, site, ctx);
      const body = watch && compileWatch(watch, site, ctx);
      return shared && body && { ...shared, ...body };
    }
    case 'checklist': {
      const list = parseFilled(watchSchema.checklist, value, { ...at, skip: isJudgedInside }, ctx);
      return list && { ...common(list, line, site, ctx), ...compileChecklist(list, site, ctx) };
    }
  }
};

/** Conditions are expressions themselves; the `with` of a call is for its step type. */
const isJudgedApart = (path: Path): boolean =>
  isWhen(path) || conditions.includes(String(path.at(-1))) || isUntil(path) || path.at(-1) === 'with';
/** The same in the `with` of a kind of the core, which is checked here. */
const isJudgedInside = (path: Path): boolean => isWhen(path) || (path.length > 1 && isJudgedApart(path));
const isWhen = (path: Path): boolean => path.length === 1 && path[0] === 'when';
const conditions = ['success_condition', 'failure_condition', 'samples'];
/** The end of a watch in the background is a time. */
const isUntil = (path: Path): boolean => path.at(-1) === 'until' && path.at(-2) !== 'background';

const common = (
  step: Omit<schema.Wait, 'type' | 'with'>,
  line: number,
  site: StepSite,
  ctx: LoadContext,
) => ({
  id: step.id,
  name: step.name ?? step.id,
  description: step.description ?? null,
  atMs: step.at ?? null,
  expectedMs: step.expected ?? null,
  line,
  ...compileWhen(step, site, ctx),
});

const compileActStep = (
  step: schema.Act,
  given: JsonObject,
  line: number,
  site: StepSite,
  ctx: LoadContext,
): CompiledStep | null => {
  const { path, entry } = site;
  const shared = common(step, line, site, ctx);
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
  checkOwnReads(step, act, verify, site, ctx);
  const onFailure = failurePolicy(step, site, ctx);
  // A rollback too wrong to be read is reported as such, not as missing.
  const unread = given.rollback !== undefined && step.rollback === undefined;
  const undo = unread ? noUndo : compileUndo(step, act, site, ctx);
  if (!act) return null;
  const sets = step.sets && { sets: step.sets };
  return {
    ...shared,
    kind: 'act',
    act,
    preconditions,
    verify,
    onFailure,
    undo,
    ...sets,
  };
};
