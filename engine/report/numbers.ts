/** The run in numbers. */
import { hardStop } from '../decide/times.ts';
import type { Plan } from '../plan.ts';
import { instant, plural, span } from '../words/format.ts';
import { notRun } from '../words/skipped.ts';
import { actsOf, retriesOf } from './attempts.ts';
import { type Inline, list, md, text } from './markdown.ts';
import { endOf, type ReportedRun, type Span } from './reported-run.ts';
import { section } from './section.ts';

const atT0 = (plan: Plan): readonly string[] =>
  Object.values(plan.steps).flatMap((s) => (s.atMs === 0 ? [s.id] : []));

/** When the hard stop no longer mattered: the steps at T0 are done, or the rollback is. null: not yet. */
const keptAt = ({ plan, state }: ReportedRun): number | null => {
  if (state.settled?.result === 'rolled_back') return state.settled.at;
  const ends = atT0(plan).map((id) => state.steps[id]?.forwardAt ?? null);
  if (ends.length === 0 || state.rollback) return state.settled?.at ?? null;
  return ends.includes(null) ? null : Math.max(...(ends as number[]));
};

/** In a rollback, the undo of the first step ends the span. */
const spanOf = ({ state }: ReportedRun, { label, from, to }: Span) => {
  const [begin, end] = [state.steps[from], state.steps[to]];
  const since = begin?.startedAt == null ? null : begin.forwardAt;
  const reached = end?.state === 'succeeded' ? end.forwardAt : null;
  const undoneAt = begin?.state === 'undone' ? begin.settledAt : null;
  const until = since === null ? null : (reached ?? undoneAt);
  return {
    label,
    from,
    to,
    since,
    until,
    ms: since === null || until === null ? null : until - since,
    undone: reached === null && until !== null,
  };
};

const numbersOf = (run: ReportedRun) => {
  const { plan, state, events } = run;
  const steps = Object.values(plan.steps);
  const acts = actsOf(state);
  const count = (...wanted: string[]) =>
    steps.filter((s) => wanted.includes(state.steps[s.id]?.state ?? 'pending')).length;
  const slips = steps.flatMap((s) => {
    const { startedAt, plannedAt: planned } = state.steps[s.id] ?? {};
    return startedAt == null || planned == null ? [] : [{ step: s.id, ms: startedAt - planned }];
  });
  const without = notRun(plan, state);
  const stop = hardStop(plan, state);
  const kept = keptAt(run);
  const starts = atT0(plan).flatMap((id) => state.steps[id]?.startedAt ?? []);
  return {
    t0: { planned: state.clock?.t0 ?? null, actual: starts.length > 0 ? Math.min(...starts) : null },
    durationMs: endOf(run) - state.createdAt,
    spans: run.spans.map((s) => spanOf(run, s)),
    /** Positive: late. null: no step with a planned time has started. */
    greatestSlip: slips.reduce<(typeof slips)[number] | null>((a, b) => (a && a.ms >= b.ms ? a : b), null),
    hardStop: { at: stop, marginMs: stop === null || kept === null ? null : stop - kept },
    /** null: the runbook has none. */
    line: plan.entries.some((e) => e.kind === 'line') ? { crossedAt: state.line?.crossedAt ?? null } : null,
    steps: {
      planned: steps.length,
      succeeded: count('succeeded'),
      failed: count('failed'),
      /** By a person. */
      skipped: without.skipped,
      skippedByCondition: without.byCondition,
      /** By `when`, as the runbook was loaded. */
      leftOut: without.leftOut,
      undone: count('undone'),
      /** Not undone by a rollback. */
      kept: count('kept'),
      notReached: count('pending'),
    },
    acts: acts.length,
    attempts: acts.reduce((sum, { act }) => sum + act.attempts.length, 0),
    retries: acts.reduce((sum, { act }) => sum + retriesOf(act), 0),
    holds: state.holds,
    sessions: events.filter((e) => e.type === 'session-started').length,
  };
};

type Numbers = ReturnType<typeof numbersOf>;

/** Below this a late start is noise of the loop. */
const slipFromMs = 1000;

const late = (ms: number): string =>
  Math.abs(ms) < slipFromMs ? 'on time' : `${span(ms)} ${ms > 0 ? 'late' : 'early'}`;

const t0Line = ({ t0, line }: Numbers): Inline => {
  if (t0.planned === null) return text('T0 was never set');
  const crossed = line?.crossedAt == null ? 'not crossed' : `crossed ${instant(line.crossedAt)}`;
  const noReturn = line === null ? '' : `; point of no return ${crossed}`;
  const actual =
    t0.actual === null ? 'not reached' : `reached ${instant(t0.actual)}, ${late(t0.actual - t0.planned)}`;
  return md`T0: planned ${text(instant(t0.planned))}, ${text(actual + noReturn)}`;
};

const slipLine = ({ greatestSlip: slip }: Numbers): Inline =>
  slip === null || slip.ms < slipFromMs
    ? text('No step started late')
    : md`Largest slip: ${text(slip.step)}, ${text(late(slip.ms))}`;

const spanLine = (s: Numbers['spans'][number]): Inline => {
  const between = md`from ${text(s.from)} to ${text(s.to)}`;
  if (s.since === null) return md`${text(s.label)}: ${between}: not started`;
  if (s.ms === null) return md`${text(s.label)}: ${between}: not ended`;
  const end = s.undone ? md`, ended by the undo of ${text(s.from)}` : text('');
  return md`${text(s.label)}: ${text(span(s.ms))}, ${between}${end}`;
};

const marginLine = ({ hardStop: { at, marginMs } }: Numbers): readonly Inline[] => {
  if (at === null) return [];
  const margin = marginMs === null ? '' : `, ${span(marginMs)} ${marginMs >= 0 ? 'to spare' : 'TOO LATE'}`;
  return [text(`Hard stop ${instant(at)}${margin}`)];
};

const stepsLine = ({ steps: s }: Numbers): Inline => {
  const parts = [
    [s.succeeded, 'succeeded'],
    [s.failed, 'failed'],
    [s.skipped, 'skipped'],
    [s.skippedByCondition, 'skipped (condition)'],
    [s.undone, 'undone'],
    [s.kept, 'left as it is'],
    [s.notReached, 'not started'],
    [s.leftOut, 'left out'],
  ] as const;
  const shown = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`);
  return text(`${plural(s.planned, 'step')}: ${shown.join(', ')}`);
};

export const numbers = section('Key numbers', numbersOf, (n) => [
  list([
    t0Line(n),
    ...n.spans.map(spanLine),
    slipLine(n),
    ...marginLine(n),
    stepsLine(n),
    text(
      `${plural(n.acts, 'act')} in ${plural(n.attempts, 'attempt')}, ${plural(n.retries, 'retry', 'retries')}, ${plural(n.holds, 'hold')}, ${plural(n.sessions, 'session')}`,
    ),
  ]),
]);
