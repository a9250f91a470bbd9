/** How late each step may end: before a planned start is missed, and before the end of the run moves. */
import { isBackground } from '../decide/queries.ts';
import type { Plan, PlanStep } from '../plan.ts';
import { isAtT0, type Placed, type Walk } from './walk.ts';

const never = Number.POSITIVE_INFINITY;

/** The hard stop is for the steps at T0, or for the whole list where no act is planned at T0 (decide/outlook.ts). */
const governs = (listed: readonly Placed[]): ((step: PlanStep) => boolean) => {
  const atT0 = listed.some(({ step }) => step.atMs === 0 && step.kind === 'act');
  return (step) => !atT0 || step.atMs === 0;
};

/**
 * By step id. `still`: latest ends that stay where they are; `moving`: those that count from the end of the steps at
 * T0, and so move with it. A planned start ends the chain: what comes after it is not late by a delay before it.
 */
export const slackOf = (plan: Plan, { groups, anchorMs }: Walk): ReadonlyMap<string, number | null> => {
  const listed = groups.flat().filter(({ step }) => !isBackground(step));
  const governed = governs(listed);
  const stopMs = plan.timeline.hardStopMs ?? never;
  const planned = listed.filter(({ step }) => step.atMs !== null);
  const found = new Map<string, number | null>();
  let still = never;
  let moving = never;
  for (const group of groups.toReversed()) {
    const before = { still, moving };
    for (const { step, endMs, listMs } of group) {
      const beside = isBackground(step);
      const own = {
        still: Math.min(still, !beside && governed(step) ? stopMs : never),
        moving: isAtT0(step) ? never : moving,
      };
      const latest = beside ? afterWatch(planned, step.untilMs, anchorMs) : Math.min(own.still, own.moving);
      found.set(step.id, latest === never ? null : latest - endMs);
      if (step.atMs === null) {
        before.still = Math.min(before.still, own.still - listMs);
        before.moving = Math.min(before.moving, own.moving - listMs);
      } else if (step.atMs <= 0) before.still = Math.min(before.still, step.atMs);
      else before.moving = Math.min(before.moving, anchorMs + step.atMs);
    }
    still = before.still;
    moving = before.moving;
  }
  return found;
};

/** The planned start of the first step that waits for the end of the watch. */
const afterWatch = (planned: readonly Placed[], untilMs: number, anchorMs: number): number => {
  const next = planned.find(({ step }) => (step.atMs ?? 0) >= untilMs)?.step.atMs;
  if (next === undefined || next === null) return never;
  return next <= 0 ? next : anchorMs + next;
};

/** Ids of the steps whose delay delays the end of the run: the longest path back from it. */
export const criticalSteps = ({ groups, endMs: runEndMs, anchorMs }: Walk): ReadonlySet<string> => {
  /** Otherwise its count ends it, or its first measurement does: both follow from its start. */
  const endsAsPlanned = ({ untilMs }: { readonly untilMs: number }, endMs: number): boolean =>
    Math.abs(endMs - (untilMs <= 0 ? untilMs : anchorMs + untilMs)) < 1;
  const found = new Set<string>();
  /** Of a step, so that the run still ends in time; `T0`: of those at T0, whose end moves what is planned after it. */
  let latestMs = runEndMs;
  let latestT0Ms = never;
  for (const { step, endMs } of groups.flat()) {
    if (isBackground(step) && step.untilMs > 0 && endsAsPlanned(step, endMs))
      latestT0Ms = Math.min(latestT0Ms, runEndMs - step.untilMs);
  }
  for (const group of groups.toReversed()) {
    let earliest = latestMs;
    // Backwards: what is planned after T0 stands after what is planned at T0.
    for (const { step, startMs, endMs, listMs } of group.toReversed()) {
      if (isBackground(step)) {
        if (runEndMs - endMs < 1) found.add(step.id);
        if (!endsAsPlanned(step, endMs)) earliest = Math.min(earliest, runEndMs - (endMs - startMs));
        continue;
      }
      const ends = isAtT0(step) ? Math.min(latestMs, latestT0Ms) : latestMs;
      if (ends - endMs < 1) found.add(step.id);
      earliest = Math.min(earliest, ends - listMs);
      if (step.atMs !== null && step.atMs > 0) latestT0Ms = Math.min(latestT0Ms, ends - listMs - step.atMs);
    }
    latestMs = earliest;
  }
  return found;
};
