/** Spans in the course of one draw: how long each lasts, and where the run is held for one. */
import { isLeft } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan, PlanSpan, PlanStep } from '../plan.ts';

/** With the steps by their index in the list. */
export interface Limited {
  readonly span: PlanSpan;
  /** Epoch ms; null: it has not begun. */
  readonly since: number | null;
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** Whether the run is held at its limit. */
  readonly holds: boolean;
  /** What is left to end it are acts: once they run, no hold stops them. */
  readonly endedByActs: boolean;
}

/** Of a run as it stands; those that are over are left out. */
export const limitedOf = (plan: Plan, state: RunState, steps: readonly PlanStep[]): readonly Limited[] => {
  if (!plan.spans) return [];
  const index = new Map(steps.map(({ id }, i) => [id, i] as const));
  const indexes = (ids: readonly string[]) => ids.flatMap((id) => index.get(id) ?? []);
  return plan.spans.flatMap((span): readonly Limited[] => {
    const s = state.spans[span.id];
    if (s?.as === 'reached' || s?.as === 'undone') return [];
    const to = indexes(span.to);
    const left = to.flatMap((i) => steps[i] ?? []).filter((step) => isLeft(state, step));
    return [
      {
        span,
        since: s && s.until === null ? s.since : null,
        from: indexes(span.from),
        to,
        holds: span.onBreach === 'hold' && !s?.waived,
        endedByActs: left.every(({ kind }) => kind === 'act'),
      },
    ];
  });
};

export interface Course {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Steps from this index on are not reached. */
  readonly reached: number;
}

const never = Number.POSITIVE_INFINITY;

const first = (at: Float64Array, which: readonly number[], reached: number): number =>
  which.reduce((least, i) => (i < reached ? Math.min(least, at[i] ?? never) : least), never);

const last = (at: Float64Array, which: readonly number[], reached: number): number =>
  which.reduce((most, i) => Math.max(most, i < reached ? (at[i] ?? never) : never), 0);

const sinceOf = ({ since, from }: Limited, { starts, reached }: Course): number =>
  since ?? first(starts, from, reached);

/** ms; Infinity: this draw does not come to its end. */
export const lastsMs = (limited: Limited, course: Course): number => {
  const since = sinceOf(limited, course);
  const until = last(course.ends, limited.to, course.reached);
  return since === never || until === never ? never : Math.max(0, until - since);
};

/** The first step that does not start because the run is held for it; -1: none. As decide/spans.ts. */
export const heldAt = (limited: Limited, course: Course): number => {
  if (!limited.holds) return -1;
  const breachedAt = sinceOf(limited, course) + limited.span.limitMs;
  if (lastsMs(limited, course) <= limited.span.limitMs || breachedAt === never) return -1;
  if (limited.endedByActs && last(course.starts, limited.to, course.reached) < breachedAt) return -1;
  return course.starts.findIndex((at, i) => i < course.reached && at >= breachedAt);
};
