/** A watch: what is measured has to be a read, and every limit has to be able to mean something. */

import { type JsonSchema, schemaOf } from '../expr/json-schema.ts';
import type { PlanAct, PlanWatch } from '../plan.ts';
import { compileAct } from './act.ts';
import { checkCondition } from './condition.ts';
import type { LoadContext } from './context.ts';
import { formatOffset } from './duration.ts';
import { failurePolicy } from './failure-policy.ts';
import { compileCalls } from './rollback.ts';
import type { Watch } from './schema/watch.ts';
import type { StepSite } from './step-site.ts';

export type WatchBody = Omit<
  PlanWatch,
  'id' | 'name' | 'description' | 'atMs' | 'expectedMs' | 'line' | 'digest'
>;

/** As of an Argo Rollouts AnalysisTemplate. */
const usual = { failure: 0, inconclusive: 0, consecutiveErrors: 4 };

/** null: what is wrong is reported. */
export const compileWatch = (watch: Watch, site: StepSite, ctx: LoadContext): WatchBody | null => {
  const given = watch.with;
  const path = [...site.path, 'with'];
  const at = { step: watch.id, entry: site.entry };
  const measure = compileAct(given.measure, { ...at, path: [...path, 'measure'], role: 'measurement' }, ctx);
  const onTrip = compileCalls(given.on_trip, 'act of the trip', { ...at, path: [...path, 'on_trip'] }, ctx);
  checkEnd(watch, site, ctx);
  checkSamples(watch, site, ctx);
  checkExpressions(watch, site, measure, ctx);
  if (!measure) return null;
  return {
    kind: 'watch',
    untilMs: watch.background?.until ?? null,
    measure,
    intervalMs: given.interval,
    initialDelayMs: given.initial_delay ?? 0,
    count: given.count ?? null,
    success: given.success_condition ?? null,
    failure: given.failure_condition ?? null,
    samples: given.samples ?? null,
    minSamples: given.min_samples ?? 0,
    noData: given.no_data ?? 'inconclusive',
    failureLimit: given.failure_limit ?? usual.failure,
    inconclusiveLimit: given.inconclusive_limit ?? usual.inconclusive,
    consecutiveErrorLimit: given.consecutive_error_limit ?? usual.consecutiveErrors,
    pauses: given.pauses ?? true,
    onTrip,
    onFailure: failurePolicy(watch, site, ctx),
  };
};

/** What ends it, and not before it starts. */
const checkEnd = (watch: Watch, { path, entry }: StepSite, ctx: LoadContext): void => {
  const { problems, source } = ctx;
  const until = watch.background?.until;
  if (until === undefined) {
    if (watch.with.count === undefined)
      problems.add('RB240', { step: watch.id }, source.value([...path, 'with']));
    return;
  }
  const start = watch.at ?? ctx.steps.plannedBy(entry);
  if (start === null || start < until) return;
  const times = { ends: formatOffset(until), starts: formatOffset(start) };
  problems.add('RB239', { step: watch.id, ...times }, source.value([...path, 'background', 'until']));
};

const checkSamples = (watch: Watch, { path }: StepSite, ctx: LoadContext): void => {
  if (watch.with.samples !== undefined) return;
  for (const key of ['min_samples', 'no_data'] as const) {
    if (watch.with[key] === undefined) continue;
    ctx.problems.add('RB243', { key }, ctx.source.key([...path, 'with', key]));
  }
};

const checkExpressions = (
  watch: Watch,
  { path, entry }: StepSite,
  measure: PlanAct | null,
  ctx: LoadContext,
): void => {
  const type = measure && ctx.registry.steps.get(measure.type);
  const output: JsonSchema = type ? schemaOf(type.output, 'output') : {};
  const result = { type: type?.type ?? '', output, sensitive: type?.sensitive ?? [] };
  for (const field of ['success_condition', 'failure_condition', 'samples'] as const) {
    const expr = watch.with[field];
    if (expr === undefined) continue;
    const expected = field === 'samples' ? 'a whole number' : 'true or false';
    const site = {
      step: watch.id,
      entry,
      path: [...path, 'with', field],
      what: `\`${field}\``,
      field,
      expected,
    };
    checkCondition(expr, { ...site, expected, result }, ctx);
  }
};
