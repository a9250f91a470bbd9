import type { Plan } from '../plan.ts';
import { factSpans } from './fact-spans.ts';
import { plannedSpans } from './planned-spans.ts';
import { rollbackCosts } from './rollback-costs.ts';
import { criticalSteps, slackOf } from './slack.ts';
import type { PlanTimes, Stays, StepTimes } from './times.ts';
import { walk } from './walk.ts';

/** The times of a run in which nothing fails and nobody is asked longer than expected. Linear in the steps. */
export const timesOf = (plan: Plan): PlanTimes => {
  const walked = walk(plan);
  const slack = slackOf(plan, walked);
  const critical = criticalSteps(walked);
  const { wayBackMs, noReturnMs, windowHold } = rollbackCosts(plan, walked);
  const stopMs = plan.timeline.hardStopMs;
  const steps: { [id: string]: StepTimes } = {};
  for (const { step, startMs, endMs } of walked.entries.flat(2)) {
    const back = wayBackMs.get(step.id) ?? null;
    steps[step.id] = {
      startMs,
      endMs,
      slackMs: slack.get(step.id) ?? null,
      critical: critical.has(step.id),
      wayBackMs: back,
      latestAbortMs: stopMs === null || back === null ? null : stopMs - back,
    };
  }
  const { startMs, endMs } = walked;
  return {
    startMs,
    endMs,
    steps,
    noReturnMs,
    windowHold,
    stays: staysOf(plan),
    spans: factSpans(plan, walked),
    limited: plannedSpans(plan, walked),
  };
};

const staysOf = (plan: Plan): readonly Stays[] =>
  Object.values(plan.steps).flatMap((step) =>
    step.kind === 'act' && step.undo.mode === 'none' ? [{ step: step.id, why: step.undo.why ?? '' }] : [],
  );
