import type { PlanWatch } from '../../plan.ts';
import { plural } from '../../words/format.ts';
import type { LintContext, LintedStep } from '../context.ts';
import type { Found, Rule } from '../rule.ts';

export const watchThatNeverTrips: Rule = {
  code: 'RB713',
  name: 'watch-that-never-trips',
  level: 'warning',
  page: {
    what: 'A watch whose limits are so high that bad measurements, or missing data, can never trip it',
    why: 'A watch looked at the rate of failed logins. The log had moved to another file, so that every measurement was without data, and its limit allowed a thousand of those. It was green until the first customer called.',
    bad: `steps:
  - id: health
    type: watch
    with:
      measure: { type: http.check, with: { url: "https://app.example/healthz" } }
      interval: 10s
      count: 5
      failure_limit: 5`,
    good: `steps:
  - id: health
    type: watch
    with:
      measure: { type: http.check, with: { url: "https://app.example/healthz" } }
      interval: 10s
      count: 5
      failure_limit: 1`,
  },
  *check(context) {
    for (const step of context.steps)
      if (step.step.kind === 'watch') yield* never(context, step, step.step, taken(context, step, step.step));
  },
};

/** At most so many measurements; null: not known. */
const taken = ({ times }: LintContext, { id }: LintedStep, watch: PlanWatch): number | null => {
  const start = times.steps[id]?.startMs;
  const byTime =
    watch.untilMs === null || start === undefined || watch.intervalMs === 0
      ? null
      : Math.floor((watch.untilMs - start - watch.initialDelayMs) / watch.intervalMs) + 1;
  if (watch.count === null || byTime === null) return watch.count ?? byTime;
  return Math.min(watch.count, byTime);
};

function* never(
  context: LintContext,
  step: LintedStep,
  watch: PlanWatch,
  most: number | null,
): Generator<Found> {
  if (most === null) return;
  const said = (key: string, what: string, limit: number): Found => ({
    at: context.atKey(step, 'with', key),
    step: step.id,
    message: `"${step.id}" never trips on ${what}: it takes ${plural(most, 'measurement')}, and \`${key}\` allows ${limit}`,
    remedy: `Lower \`${key}\``,
  });
  if (watch.failureLimit >= most) yield said('failure_limit', 'bad measurements', watch.failureLimit);
  const mayBeInconclusive =
    (watch.samples !== null && watch.noData === 'inconclusive') ||
    watch.minSamples > 0 ||
    (watch.success !== null && watch.failure !== null);
  if (mayBeInconclusive && watch.inconclusiveLimit >= most)
    yield said('inconclusive_limit', 'missing data', watch.inconclusiveLimit);
  if (watch.consecutiveErrorLimit >= most && most > 0)
    yield said('consecutive_error_limit', 'measurements that cannot be taken', watch.consecutiveErrorLimit);
}
