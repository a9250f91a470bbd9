/** A span in words: how long it has lasted, and its limit. */
import type { SpanEvent } from '../decide/events.ts';
import { standsStill, stepState } from '../decide/queries.ts';
import { schedule } from '../decide/schedule.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan, PlanSpan } from '../plan.ts';
import { span as length, timeOfDay } from './format.ts';
import type { Line, Sentence, Tone } from './sentence.ts';

type Of<T extends SpanEvent['type']> = Extract<SpanEvent, { type: T }> & { at: number };

/** Of a span that an amended runbook no longer has, too. */
const nameOf = (plan: Plan, id: string): string => plan.spans?.find((span) => span.id === id)?.name ?? id;

const limitOf = (plan: Plan, id: string): string => {
  const limitMs = plan.spans?.find((span) => span.id === id)?.limitMs;
  return limitMs === undefined ? '' : ` (limit ${length(limitMs)})`;
};

/** `a to b`, where several steps begin or end it the first and the last. */
export const endsText = ({ from, to }: Pick<PlanSpan, 'from' | 'to'>): string =>
  from.length === 1 && to.length === 1 && from[0] === to[0]
    ? `${from[0]}`
    : `${among(from, from[0], 'first')} to ${among(to, to.at(-1), 'last')}`;

const among = (all: readonly string[], one: string | undefined, which: 'first' | 'last'): string =>
  all.length > 1 ? `${one} (the ${which} of ${all.length})` : `${one}`;

export const wordSpan = {
  'span-opened': (e: Of<'span-opened'>, plan: Plan): Sentence => ({
    tone: 'plain',
    text: `${nameOf(plan, e.span)}: counted ${e.n > 1 ? 'again ' : ''}since ${timeOfDay(e.since)}${limitOf(plan, e.span)}`,
  }),
  'span-closed': (e: Of<'span-closed'>, plan: Plan, state: RunState): Sentence => {
    const name = nameOf(plan, e.span);
    const s = state.spans[e.span];
    if (e.as === 'not-done')
      return { tone: 'plain', text: `${name}: not begun: ${s?.step ?? 'its first step'} had no effect` };
    const by = e.as === 'undone' ? ', ended by the rollback' : '';
    return {
      tone: s?.breachedAt == null ? 'good' : 'warn',
      text: `${name}: ${length(e.until - (s?.since ?? e.until))}${limitOf(plan, e.span)}${by}`,
    };
  },
  'span-breached': (e: Of<'span-breached'>, plan: Plan): Sentence => ({
    tone: 'bad',
    text: `${nameOf(plan, e.span)}: LIMIT of ${length(e.limitMs)} PASSED at ${timeOfDay(e.breachedAt)}`,
  }),
};

/** How a span stands, for `status`, the report and `--json`. */
export const spanReport = (plan: Plan, state: RunState, span: PlanSpan, now: number) => {
  const s = state.spans[span.id];
  const begun = s !== undefined && s.as !== 'not-done';
  const ms = begun ? (s.until ?? now) - s.since : null;
  const breached = s?.breachedAt ?? (ms !== null && ms > span.limitMs && s ? s.since + span.limitMs : null);
  return {
    id: span.id,
    name: span.name,
    from: span.from,
    to: span.to,
    limitMs: span.limitMs,
    onBreach: span.onBreach,
    state: !begun ? ('not begun' as const) : s.until === null ? ('open' as const) : ('ended' as const),
    /** Times that it began; more than 1 after a rollback of its end. */
    n: s?.n ?? 0,
    since: begun ? s.since : null,
    until: begun ? s.until : null,
    /** null: it has not ended. */
    endedBy: begun ? s.as : null,
    ms,
    expectedMs: begun && s.until === null ? expectedMs(plan, state, span, s.since, now) : null,
    breachedAt: breached,
  };
};

export type SpanReport = ReturnType<typeof spanReport>;

/** When nothing fails; null: a person decides, or nothing that is left would end it. */
const expectedMs = (
  plan: Plan,
  state: RunState,
  { to }: PlanSpan,
  since: number,
  now: number,
): number | null => {
  if (state.rollback || state.settled || standsStill(state)) return null;
  const left = to.filter((id) => ['pending', 'running'].includes(stepState(state, id).state));
  const ends = schedule(plan, state, now).flatMap(({ step, end }) => (left.includes(step.id) ? end : []));
  return left.length > 0 && ends.length === left.length ? Math.max(...ends) - since : null;
};

/** Of its limit: from here on the line is no longer plain. */
const nearFrom = 0.8;

const toneOf = ({ ms, expectedMs: expected, limitMs, breachedAt }: SpanReport): Tone => {
  if (breachedAt !== null) return 'bad';
  return (ms ?? 0) >= nearFrom * limitMs || (expected ?? 0) > limitMs ? 'warn' : 'plain';
};

/** `1m 42s of 3m, about 2m 10s expected` */
export const spanText = (found: SpanReport, now: number): string => {
  const { state, ms, limitMs, breachedAt, endedBy, expectedMs: expected } = found;
  if (ms === null) return `not begun (limit ${length(limitMs)})`;
  const of = `${length(ms)} of ${length(limitMs)}`;
  if (state === 'ended') {
    const by = endedBy === 'undone' ? ', ended by the rollback' : '';
    return `${of}${breachedAt === null ? '' : `: TOO LONG by ${length(ms - limitMs)}`}${by}`;
  }
  if (breachedAt !== null) return `${of}: LIMIT PASSED ${length(now - breachedAt)} ago`;
  return `${of}${expected === null ? '' : `, ${length(expected)} expected`}`;
};

/** Open ones, and those that a finished run never closed. */
export const spanLines = (plan: Plan, state: RunState, now: number): readonly Line[] =>
  (plan.spans ?? []).flatMap((span): readonly Line[] => {
    const at = state.settled?.at ?? now;
    const found = spanReport(plan, state, span, at);
    if (found.state !== 'open') return [];
    if (state.settled)
      return [{ tone: 'bad', text: `${span.name}: ${spanText(found, at)}, not ended when the run ended` }];
    return [{ tone: toneOf(found), text: `${span.name} ${spanText(found, at)}` }];
  });
