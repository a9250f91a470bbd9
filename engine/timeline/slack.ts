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

/** Latest ends: those that stay where they are, and those that count from the end of the steps at T0 and move with it. */
interface Limits {
  readonly still: number;
  readonly moving: number;
}

const earlier = (a: Limits, b: Limits): Limits => ({
  still: Math.min(a.still, b.still),
  moving: Math.min(a.moving, b.moving),
});

const limitAt = (atMs: number | null, latestMs: number): Limits =>
  (atMs ?? 0) <= 0 ? { still: latestMs, moving: never } : { still: never, moving: latestMs };

/**
 * By step id. A planned start ends the chain: what comes after it is not late by a delay before it.
 */
export const slackOf = (plan: Plan, { entries }: Walk): ReadonlyMap<string, number | null> => {
  const listed = entries.flat(2).filter(({ step }) => !isBackground(step));
  const governed = governs(listed);
  const stopMs = plan.timeline.hardStopMs ?? never;
  /** Backwards, those with a planned start. */
  const later: Placed[] = [];
  const found = new Map<string, number | null>();
  /** Notes its slack. @returns in which instants what comes before it has to end. */
  const before = ({ step, plannedMs, endMs, listMs }: Placed, after: Limits): Limits => {
    const own = {
      still: Math.min(after.still, governed(step) ? stopMs : never),
      moving: isAtT0(step) ? never : after.moving,
    };
    let latest = Math.min(own.still, own.moving);
    let starts: Limits;
    if (plannedMs !== null) starts = limitAt(step.atMs, plannedMs);
    else starts = { still: own.still - listMs, moving: own.moving - listMs };
    if (isBackground(step)) {
      const next = later.findLast((each) => comesAfter(each.step, step));
      latest = next?.plannedMs ?? never;
      // Its first measurement is taken, however late it comes.
      starts = earlier(starts, limitAt(next?.step.atMs ?? null, latest - step.initialDelayMs));
    }
    found.set(step.id, latest === never ? null : latest - endMs);
    return earlier(after, starts);
  };
  let limits: Limits = { still: never, moving: never };
  for (const lanes of entries.toReversed()) {
    const after = limits;
    for (const lane of lanes)
      limits = earlier(
        limits,
        lane.reduceRight((end, placed) => before(placed, end), after),
      );
    later.push(
      ...lanes
        .flat()
        .filter((each) => each.plannedMs !== null)
        .reverse(),
    );
  }
  return found;
};

/** Ids of the steps whose delay delays the end of the run: the longest path back from it. */
export const criticalSteps = ({ entries, endMs: runEndMs, anchorMs }: Walk): ReadonlySet<string> => {
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
  for (const { step, endMs } of entries.flat(2)) {
    if (isBackground(step) && step.untilMs > 0 && endsAsPlanned(step, endMs))
      latestT0Ms = Math.min(latestT0Ms, runEndMs - step.untilMs);
  }
  /** @returns the latest end of what comes before it. */
  const before = ({ step, startMs, endMs, listMs }: Placed, afterMs: number): number => {
    const beside = isBackground(step);
    const ends = isAtT0(step) ? Math.min(afterMs, latestT0Ms) : afterMs;
    const fromStart = beside && (startMs + step.initialDelayMs >= endMs || !endsAsPlanned(step, endMs));
    const latestEnd = !beside ? ends : fromStart ? afterVerdict(step.untilMs) : runEndMs;
    if (latestEnd - endMs < 1) found.add(step.id);
    const latestStart = Math.min(ends - listMs, fromStart ? latestEnd - (endMs - startMs) : never);
    if (step.atMs !== null) waiting.push({ atMs: step.atMs, latestMs: latestStart });
    if (step.atMs !== null && step.atMs > 0) latestT0Ms = Math.min(latestT0Ms, latestStart - step.atMs);
    return Math.min(afterMs, latestStart);
  };
  for (const lanes of entries.toReversed()) {
    const afterMs = latestMs;
    // What is planned after T0 counts from what is planned at T0 in every lane: it is looked at first.
    const halves = lanes.map((lane) => {
      const first = lane.findIndex(({ step }) => step.atMs !== null && step.atMs > 0);
      const end = first === -1 ? lane.length : first;
      return { early: lane.slice(0, end), late: lane.slice(end) };
    });
    const back = (lane: readonly Placed[], end: number): number =>
      lane.reduceRight((latest, placed) => before(placed, latest), end);
    const ends = halves.map(({ late }) => back(late, afterMs));
    for (const [i, { early }] of halves.entries())
      latestMs = Math.min(latestMs, back(early, ends[i] ?? afterMs));
  }
  return found;
};
