/**
 * Spans: a time with a limit, such as how long a service may be read-only. It begins with the first act that may have
 * made it so, not with the start of its step, whose preconditions only read; it ends with the success of a later step,
 * or with the undo of what began it. Only the journal is counted, so a crash changes nothing.
 */
import type { Plan, PlanSpan } from '../plan.ts';
import type { Decision } from './decisions.ts';
import type { SpanEnd, SpanEvent } from './events.ts';
import { actKey, timerId } from './keys.ts';
import { joined, type Masked, ofPlan, say } from './masked.ts';
import { choices, type Move } from './move.ts';
import { owedSteps } from './owed.ts';
import { mayHaveActed, stepState } from './queries.ts';
import type { RunState, SpanState } from './state.ts';
import { wakeAt } from './wait.ts';

interface Began {
  readonly at: number;
  readonly step: string;
  readonly by: 'act' | 'undo';
}

/** What the acts and steps say, whether it is recorded already or not. null: it is not open, and has not ended. */
type Situation =
  | { readonly is: 'open'; readonly began: Began }
  | { readonly is: 'ended'; readonly began: Began; readonly as: SpanEnd; readonly until: number }
  | null;

const earliest = (all: readonly (Began | null)[]): Began | null =>
  all.reduce((first, each) => (each && (!first || each.at < first.at) ? each : first), null);

const firstEffect = (state: RunState, step: string, by: Began['by']): Began | null => {
  const act = state.acts[actKey(step, by === 'act' ? 'do' : 'undo', 0)];
  const attempt = act?.attempts.find(mayHaveActed);
  return attempt ? { at: attempt.startedAt, step, by } : null;
};

const beganBy = (plan: Plan, state: RunState, step: string): Began | null => {
  if (plan.steps[step]?.kind === 'act') return firstEffect(state, step, 'act');
  const { startedAt } = stepState(state, step);
  return startedAt === null ? null : { at: startedAt, step, by: 'act' };
};

/** All that began it is undone. What has nothing to undo ends with the rollback. null: not yet. */
const undoneAt = (plan: Plan, state: RunState, { from }: PlanSpan): number | null => {
  if (!state.rollback) return null;
  const begun = from.filter((id) => beganBy(plan, state, id));
  let last = Number.NEGATIVE_INFINITY;
  for (const id of begun) {
    const step = plan.steps[id];
    const { state: at, settledAt } = stepState(state, id);
    const undone = at === 'undone' ? settledAt : null;
    const nothing = step?.kind !== 'act' || step.undo.mode === 'nothing';
    const end = undone ?? (nothing && owedSteps(plan, state).length === 0 ? state.lastAt : null);
    if (end === null) return null;
    last = Math.max(last, end);
  }
  return begun.length > 0 ? last : null;
};

/** A step that its condition left out has nothing to end; what a person skipped may not have happened. */
const reachedAt = (state: RunState, { to }: PlanSpan): number | null => {
  let last: number | null = null;
  for (const id of to) {
    const { state: at, forwardAt, skipped } = stepState(state, id);
    if (at === 'succeeded') last = Math.max(last ?? 0, forwardAt ?? 0);
    else if (at !== 'skipped' || skipped !== 'condition') return null;
  }
  return last;
};

const situationOf = (plan: Plan, state: RunState, span: PlanSpan): Situation => {
  const s = state.spans[span.id];
  if (s?.as === 'undone') return null;
  // Once reached, only the undo of its end begins it again.
  const over = s?.as === 'reached' || s?.by === 'undo';
  const first = earliest(span.from.map((id) => beganBy(plan, state, id)));
  // What was proven to have had no effect after the end has nothing to begin again.
  const began = over && first ? earliest(span.to.map((id) => firstEffect(state, id, 'undo'))) : first;
  if (!began) return null;
  const undone = undoneAt(plan, state, span);
  if (undone !== null) return { is: 'ended', began, as: 'undone', until: undone };
  const reached = over ? null : reachedAt(state, span);
  return reached === null
    ? { is: 'open', began }
    : { is: 'ended', began, as: 'reached', until: Math.max(began.at, reached) };
};

const isSame = (s: SpanState | undefined, { at, step, by }: Began): boolean =>
  s !== undefined && s.since === at && s.step === step && s.by === by && s.as !== 'not-done';

/** The act that began it was left by an earlier session, and its probe comes first: it may never have begun. */
const isInDoubt = (state: RunState, { step, by }: Began): boolean => {
  const act = state.acts[actKey(step, by === 'act' ? 'do' : 'undo', 0)];
  const last = act?.attempts.at(-1);
  if (!last || act?.done || state.hold || last.result !== null) return false;
  return last.session !== state.session?.n && last.probe === null;
};

/** The events that bring the record to what is so. */
const eventsOf = (plan: Plan, state: RunState, span: PlanSpan, now: number): readonly SpanEvent[] => {
  const recorded = state.spans[span.id];
  // Its end was reached before the act that began it was proven to have had no effect.
  if (recorded?.as === 'reached' && !span.from.some((id) => beganBy(plan, state, id)))
    return [
      { type: 'span-closed', span: span.id, n: recorded.n, until: recorded.until ?? now, as: 'not-done' },
    ];
  const found = situationOf(plan, state, span);
  const events: SpanEvent[] = [];
  const open = recorded?.until === null;
  const same = found !== null && isSame(recorded, found.began);
  if (recorded && open && !same)
    events.push({ type: 'span-closed', span: span.id, n: recorded.n, until: now, as: 'not-done' });
  if (!found || (same && !open)) return events;
  const n = (recorded?.n ?? 0) + (same ? 0 : 1);
  const { began } = found;
  if (!same)
    events.push({ type: 'span-opened', span: span.id, n, since: began.at, step: began.step, by: began.by });
  const breachedAt = began.at + span.limitMs;
  const late = found.is === 'ended' ? found.until > breachedAt : now >= breachedAt;
  if (late && !isInDoubt(state, began) && (!same || recorded?.breachedAt === null))
    events.push({ type: 'span-breached', span: span.id, n, limitMs: span.limitMs, breachedAt });
  if (found.is === 'ended')
    events.push({ type: 'span-closed', span: span.id, n, until: found.until, as: found.as });
  return events;
};

export const spanDecisions = (plan: Plan, state: RunState, now: number): readonly Decision[] =>
  (plan.spans ?? []).flatMap((span): readonly Decision[] => {
    const events = eventsOf(plan, state, span, now);
    if (events.length > 0)
      return events.map((event) => ({ do: 'note-span', id: `${event.type}:${span.id}#${event.n}`, event }));
    const s = state.spans[span.id];
    if (s?.until !== null || s.breachedAt !== null) return [];
    const wake = wakeAt(state, timerId.span(span.id, s.n), s.since + span.limitMs);
    return wake ? [wake] : [];
  });

/** All that is left to end it is running: a hold would only make it longer. */
const isEnding = (plan: Plan, state: RunState, { to }: PlanSpan): boolean =>
  to.every((id) => {
    const { state: at } = stepState(state, id);
    return at === 'running' ? plan.steps[id]?.kind === 'act' : at !== 'pending';
  });

/** Open ones over their limit that hold the run, recorded or not. What is over, or just ending, is only told. */
export const breachedSpans = (plan: Plan, state: RunState, now: number): readonly PlanSpan[] =>
  (plan.spans ?? []).filter((span) => {
    const s = state.spans[span.id];
    if (span.onBreach !== 'hold' || s?.until !== null || s.waived) return false;
    const late = now >= s.since + span.limitMs || s.breachedAt !== null;
    return late && !isEnding(plan, state, span);
  });

/** Running acts continue: to interrupt them would make it longer. null: none of the breaches is recorded yet. */
export const spanHold = (state: RunState, breached: readonly PlanSpan[]): Move | null => {
  const recorded = breached.filter(({ id }) => state.spans[id]?.breachedAt !== null);
  if (recorded.length === 0) return null;
  const told = recorded.map(
    ({ name, limitMs }): Masked =>
      say`${ofPlan(name)} has lasted longer than its limit of ${limitMs / 1000} s`,
  );
  return {
    kind: 'hold',
    urgent: true,
    request: {
      cause: 'span',
      step: null,
      act: null,
      message: joined(told, '; '),
      remedy: null,
      choices: choices(state, 'continue', 'roll-back', 'stop'),
    },
  };
};
