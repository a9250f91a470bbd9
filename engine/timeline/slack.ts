/** How late each step may end: before a planned start is missed, and before the end of the run moves. */
import { comesAfter, isBackground } from '../decide/queries.ts';
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
export const slackOf = (plan: Plan, { groups }: Walk): ReadonlyMap<string, number | null> => {
  const listed = groups.flat().filter(({ step }) => !isBackground(step));
  const governed = governs(listed);
  const stopMs = plan.timeline.hardStopMs ?? never;
  /** Backwards, those with a planned start. */
  const later: Placed[] = [];
  const found = new Map<string, number | null>();
  let still = never;
  let moving = never;
  for (const group of groups.toReversed()) {
    const before = { still, moving };
    /** In which the step has to start. */
    const limit = (atMs: number | null, latestMs: number): void => {
      if ((atMs ?? 0) <= 0) before.still = Math.min(before.still, latestMs);
      else before.moving = Math.min(before.moving, latestMs);
    };
    for (const { step, plannedMs, endMs, listMs } of group) {
      const own = {
        still: Math.min(still, governed(step) ? stopMs : never),
        moving: isAtT0(step) ? never : moving,
      };
      if (plannedMs !== null) limit(step.atMs, plannedMs);
      else {
        before.still = Math.min(before.still, own.still - listMs);
        before.moving = Math.min(before.moving, own.moving - listMs);
      }
      let latest = Math.min(own.still, own.moving);
      if (isBackground(step)) {
        const next = later.findLast((each) => comesAfter(each.step, step));
        latest = next?.plannedMs ?? never;
        // Its first measurement is taken, however late it comes.
        limit(next?.step.atMs ?? null, latest - step.initialDelayMs);
      }
      found.set(step.id, latest === never ? null : latest - endMs);
    }
    later.push(...group.filter((each) => each.plannedMs !== null).toReversed());
    still = before.still;
    moving = before.moving;
  }
  return found;
};

/** Ids of the steps whose delay delays the end of the run: the longest path back from it. */
export const criticalSteps = ({ groups, endMs: runEndMs, anchorMs }: Walk): ReadonlySet<string> => {
  /** Otherwise its count ends it, or its first measurement does: both follow from its start. */
  const endsAsPlanned = ({ untilMs }: { readonly untilMs: number }, endMs: number): boolean =>
    Math.abs(endMs - (untilMs <= 0 ? untilMs : anchorMs + untilMs)) < 1;
  const found = new Set<string>();
  /** Steps that are planned for when a watch is over wait for one that ends later. */
  const waiting: { readonly atMs: number; readonly latestMs: number }[] = [];
  const afterVerdict = (untilMs: number): number =>
    waiting.reduce(
      (least, each) => (each.atMs >= untilMs ? Math.min(least, each.latestMs) : least),
      runEndMs,
    );
  /** Of a step, so that the run still ends in time; `T0`: of those at T0, whose end moves what is planned after it. */
  let latestMs = runEndMs;
  let latestT0Ms = never;
  for (const { step, endMs } of groups.flat()) {
    if (isBackground(step) && step.untilMs > 0 && endsAsPlanned(step, endMs))
      latestT0Ms = Math.min(latestT0Ms, runEndMs - step.untilMs);
  }
  for (const group of groups.toReversed()) {
    let earliest = latestMs;
    let ownT0Ms = never;
    for (const { step, startMs, endMs, listMs } of group) {
      const beside = isBackground(step);
      const ends = isAtT0(step) ? Math.min(latestMs, latestT0Ms) : latestMs;
      const fromStart = beside && (startMs + step.initialDelayMs >= endMs || !endsAsPlanned(step, endMs));
      const latestEnd = !beside ? ends : fromStart ? afterVerdict(step.untilMs) : runEndMs;
      if (latestEnd - endMs < 1) found.add(step.id);
      const latestStart = Math.min(ends - listMs, fromStart ? latestEnd - (endMs - startMs) : never);
      earliest = Math.min(earliest, latestStart);
      if (step.atMs === null) continue;
      waiting.push({ atMs: step.atMs, latestMs: latestStart });
      if (step.atMs > 0) ownT0Ms = Math.min(ownT0Ms, latestStart - step.atMs);
    }
    latestT0Ms = Math.min(latestT0Ms, ownT0Ms);
    latestMs = earliest;
  }
  return found;
};
