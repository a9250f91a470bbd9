/** `until`, `every` and `for`: a read that is repeated until its output is as wanted. */
import { schemaOf } from '../expr/json-schema.ts';
import type { PlanAct, PlanUntil } from '../plan.ts';
import type { AnyStepType } from '../step.ts';
import type { Call, CallSite } from './call.ts';
import { checkCondition } from './condition.ts';
import type { LoadContext } from './context.ts';
import { formatDuration } from './duration.ts';
import type { Act } from './schema/steps.ts';
import type { StepSite } from './step-site.ts';

const DEFAULT_EVERY_MS = 5000;

const keys = ['until', 'every', 'for'] as const;

/** null: the call does not wait, or what is wrong is reported. */
export const compileUntil = (
  call: Call,
  { type, effects }: { readonly type: AnyStepType; readonly effects: PlanAct['effects'] },
  site: CallSite,
  ctx: LoadContext,
): PlanUntil | null => {
  const { problems, source } = ctx;
  const at = (key: string) => source.key([...site.path, key]);
  const first = keys.find((key) => call[key] !== undefined);
  if (first === undefined) return null;
  const refusal =
    effects === 'write'
      ? 'a step that writes is carried out once and never repeated until something is true'
      : site.role === 'would_lose'
        ? 'what a rollback would lose is shown at once'
        : null;
  if (refusal !== null) {
    problems.add(
      'RB290',
      { key: first, type: type.type, why: refusal, write: effects === 'write' },
      at(first),
    );
    return null;
  }
  if (call.until === undefined) {
    problems.add('RB291', { key: first }, at(first));
    return null;
  }
  if (call.retry !== undefined) problems.add('RB293', {}, at('retry'));
  checkExpression(call.until, type, site, ctx);
  if (call.for === undefined) {
    // A wrong one is reported as that.
    if (source.has([...site.path, 'for'])) return null;
    problems.add('RB292', {}, at('until'));
    return null;
  }
  const everyMs = call.every ?? DEFAULT_EVERY_MS;
  if (everyMs > call.for) {
    const data = { every: formatDuration(everyMs), for: formatDuration(call.for) };
    problems.add('RB294', { ...data, given: call.every !== undefined }, at('for'));
  }
  return { expr: call.until, everyMs, forMs: call.for };
};

const checkExpression = (expr: string, type: AnyStepType, site: CallSite, ctx: LoadContext): void =>
  checkCondition(
    expr,
    {
      step: site.step ?? '',
      entry: site.entry,
      path: [...site.path, 'until'],
      what: '`until`',
      field: 'until',
      expected: 'true or false',
      result: {
        type: type.type,
        output: schemaOf(type.output, 'output'),
        sensitive: type.sensitive ?? [],
      },
    },
    ctx,
  );

/** A verify on the output of its own step's read: to wait there would judge the same rows again and again. */
export const checkOwnReads = (
  step: Act,
  act: PlanAct | null,
  verify: readonly PlanAct[],
  { path }: StepSite,
  ctx: LoadContext,
): void => {
  if (act?.effects !== 'read') return;
  for (const check of verify) {
    if (!check.until || !check.reads.includes(step.id)) continue;
    const index = (step.verify ?? []).findIndex(({ until }) => until === check.until?.expr);
    ctx.problems.add('RB295', { step: step.id }, ctx.source.key([...path, 'verify', index, 'until']));
  }
};
