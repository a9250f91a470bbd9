/** Which steps make a run late: how often each takes longer than planned where a limit is missed, and what it would gain. */
import { type Chance, chanceOf } from './chance.ts';
import { type Drawn, playAll, type Results, type Subject } from './draws.ts';

export interface Cause {
  readonly step: string;
  /** null: it has no `expected`, and the plan takes no time for it. */
  readonly plannedMs: number | null;
  /** Longer than planned: in how many of the misses, and of all draws. */
  readonly inMisses: Chance;
  readonly inAll: Chance;
  /** How much longer it takes in the misses than in all draws, on average. ms. */
  readonly longerMs: number;
  /** The chance to keep the limit if this step alone took as long as planned, in the same draws. */
  readonly asPlanned: Chance;
}

export interface Misses {
  readonly draws: number;
  /** Even as planned the limit is missed: no single step is to blame. */
  readonly planned: boolean;
  /** The one that would gain the most first. */
  readonly causes: readonly Cause[];
}

const mostCauses = 5;
/** Of all draws: below it a step gains nothing that a person would act on. */
const leastGain = 0.01;

/** @param lateness of a result at its n-th draw: beyond 0 it is a miss */
export const missesOf = (
  subject: Subject,
  drawn: Drawn,
  plan: Drawn,
  lateness: (results: Results, n: number) => number,
): Misses | null => {
  const late = latesOf(playAll(subject, drawn), drawn.count, lateness);
  if (late.length === 0) return null;
  const causes = suspects(subject, drawn, plan, late).map((i): Cause => {
    const { inMisses, inAll, longerMs } = overruns(subject, drawn, plan, late, i);
    const left = latesOf(playAll(subject, onPlan(drawn, plan, late, i)), late.length, lateness).length;
    return {
      step: subject.durations.steps[i]?.id ?? '',
      plannedMs: subject.durations.steps[i]?.expectedMs ?? null,
      inMisses: chanceOf(inMisses, late.length),
      inAll: chanceOf(inAll, drawn.count),
      longerMs,
      asPlanned: chanceOf(drawn.count - left, drawn.count),
    };
  });
  const sorted = causes.toSorted((a, b) => b.asPlanned.hits - a.asPlanned.hits || b.longerMs - a.longerMs);
  const gains = ({ asPlanned }: Cause): boolean =>
    asPlanned.hits - (drawn.count - late.length) >= drawn.count * leastGain;
  return {
    draws: late.length,
    planned: latesOf(playAll(subject, plan), 1, lateness).length > 0,
    causes: sorted.filter((cause, i) => i === 0 || gains(cause)),
  };
};

const latesOf = (
  results: Results,
  count: number,
  lateness: (results: Results, n: number) => number,
): readonly number[] => Array.from({ length: count }, (_, n) => n).filter((n) => lateness(results, n) > 0);

const overruns = (
  { durations: { steps } }: Subject,
  drawn: Drawn,
  plan: Drawn,
  late: readonly number[],
  i: number,
) => {
  const planned = plan.forward[i] ?? 0;
  let [inAll, inMisses, ms, lateMs] = [0, 0, 0, 0];
  for (let n = 0; n < drawn.count; n++) {
    const took = drawn.forward[n * steps.length + i] ?? 0;
    ms += took;
    if (took > planned) inAll++;
  }
  for (const n of late) {
    const took = drawn.forward[n * steps.length + i] ?? 0;
    lateMs += took;
    if (took > planned) inMisses++;
  }
  return { inAll, inMisses, longerMs: Math.round(lateMs / late.length - ms / drawn.count) };
};

/** Those that take the longest beyond their plan where the limit is missed. */
const suspects = (
  subject: Subject,
  drawn: Drawn,
  plan: Drawn,
  late: readonly number[],
): readonly number[] => {
  const { steps, forward } = subject.durations;
  const most = late.length * 2 > drawn.count;
  const score = (i: number): number => {
    const { longerMs } = overruns(subject, drawn, plan, late, i);
    if (!most) return longerMs;
    // Where most draws miss, the misses are like all of them: what counts is the time beyond the plan.
    let beyond = 0;
    for (const n of late) beyond += (drawn.forward[n * steps.length + i] ?? 0) - (plan.forward[i] ?? 0);
    return beyond / late.length;
  };
  return forward
    .flatMap((known, i) => (known.from === 'fixed' ? [] : { i, score: score(i) }))
    .filter(({ score: found }) => found > 0)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, mostCauses)
    .map(({ i }) => i);
};

/** The draws that miss, with one step as planned. */
const onPlan = (drawn: Drawn, plan: Drawn, late: readonly number[], i: number): Drawn => {
  const width = plan.forward.length;
  const forward = new Float64Array(late.length * width);
  for (const [k, n] of late.entries()) {
    forward.set(drawn.forward.subarray(n * width, (n + 1) * width), k * width);
    forward[k * width + i] = Math.min(forward[k * width + i] ?? 0, plan.forward[i] ?? 0);
  }
  return { count: late.length, forward, undo: drawn.undo };
};
