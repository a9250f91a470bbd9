/** When things are expected, and what a rollback costs then: before and after. */
import type { Plan } from '../plan.ts';
import type { FactSpan, PlanTimes } from '../timeline/times.ts';
import { timesOf } from '../timeline/times-of.ts';
import { offset, span } from '../words/format.ts';
import type { Change } from './change.ts';
import { Found } from './found.ts';
import type { Match } from './match.ts';

/** Offsets from T0 and amounts, ms; null: there is none. */
export interface StepRow {
  readonly step: string;
  readonly start: Sides;
  readonly latestAbort: Sides;
  readonly rollback: Sides;
}

export interface Sides {
  readonly before: number | null;
  readonly after: number | null;
}

export interface SpanRow {
  readonly what: string;
  readonly before: FactSpan | null;
  readonly after: FactSpan | null;
}

export interface TimesDiff {
  readonly before: PlanTimes;
  readonly after: PlanTimes;
  /** Steps with another start, latest abort or cost of the rollback. */
  readonly steps: readonly StepRow[];
  readonly spans: readonly SpanRow[];
  readonly changes: readonly Change[];
}

export const diffTimes = (was: Plan, is: Plan, match: Match): TimesDiff => {
  const [before, after] = [timesOf(was), timesOf(is)];
  const oldOf = new Map([...match.pairs].map(([old, id]) => [id, old]));
  const steps = Object.entries(after.steps).flatMap(([step, now]): readonly StepRow[] => {
    const old = before.steps[oldOf.get(step) ?? ''];
    const row = {
      step,
      start: { before: old?.startMs ?? null, after: now.startMs },
      latestAbort: { before: old?.latestAbortMs ?? null, after: now.latestAbortMs },
      rollback: { before: old?.wayBackMs ?? null, after: now.wayBackMs },
    };
    return [row.start, row.latestAbort, row.rollback].some((each) => each.before !== each.after) ? [row] : [];
  });
  const spans = spanRows(before.spans, after.spans);
  const found = new Found(null);
  for (const row of spans) tellSpan(row, found);
  tellAborts(before, after, steps, match, found);
  return { before, after, steps, spans, changes: found.changes };
};

const nameOf = ({ fact, value }: FactSpan): string => `${fact}: ${value}`;

/** The first of one name with the first, and so on. */
const spanRows = (before: readonly FactSpan[], after: readonly FactSpan[]): readonly SpanRow[] => {
  const open = Map.groupBy(after, nameOf);
  const rows: SpanRow[] = before.map((each) => ({
    what: nameOf(each),
    before: each,
    after: open.get(nameOf(each))?.shift() ?? null,
  }));
  for (const [what, left] of open) for (const each of left) rows.push({ what, before: null, after: each });
  return rows;
};

export const lengthOf = (each: FactSpan | null): number | null =>
  each === null || each.endMs === null ? null : each.endMs - each.startMs;

export const spanText = (each: FactSpan | null): string => {
  if (each === null) return 'never';
  const length = lengthOf(each);
  return length === null
    ? `from ${offset(each.startMs)} on`
    : `${span(length)} (${offset(each.startMs)} to ${offset(each.endMs ?? 0)})`;
};

const tellSpan = (row: SpanRow, found: Found): void => {
  const [before, after] = [lengthOf(row.before), lengthOf(row.after)];
  if (before === after && (row.before === null) === (row.after === null)) return;
  const said = { what: row.what, before: spanText(row.before), after: spanText(row.after) };
  if (row.after !== null && after === null)
    found.add('span', row.before === null ? 'low' : 'medium', {
      ...said,
      reason: 'No step ends it any more',
    });
  else if (row.before === null || before === null || row.after === null)
    found.add('span', 'low', { ...said, reason: 'Other states follow each other' });
  else if ((after ?? 0) > before)
    found.add('span', 'medium', { ...said, reason: `It lasts ${span((after ?? 0) - before)} longer` });
  else found.add('span', 'low', { ...said, reason: `It lasts ${span(before - (after ?? 0))} less` });
};

/** Whether a rollback after the step would end in time. */
const isTooLate = (times: PlanTimes, step: string): boolean => {
  const own = times.steps[step];
  return own !== undefined && own.latestAbortMs !== null && own.endMs > own.latestAbortMs;
};

const tellAborts = (
  before: PlanTimes,
  after: PlanTimes,
  rows: readonly StepRow[],
  match: Match,
  found: Found,
): void => {
  const oldOf = new Map([...match.pairs].map(([old, id]) => [id, old]));
  const late = Object.keys(after.steps).filter(
    (step) => isTooLate(after, step) && !isTooLate(before, oldOf.get(step) ?? ''),
  );
  if (late.length > 0)
    found.add('last-abort', 'high', {
      what: 'rollback too late',
      after: late.join(', '),
      reason: 'A rollback after these steps would end after the hard stop',
    });
  if (after.windowHold !== null && after.windowHold !== (match.pairs.get(before.windowHold ?? '') ?? null))
    found.add('last-abort', 'high', {
      what: 'held by the window',
      before: before.windowHold ?? undefined,
      after: after.windowHold,
      reason: 'The run is held there even if nothing fails, because a rollback could miss the hard stop',
    });
  const earlier = rows
    .map(({ step, latestAbort: { before: was, after: is } }) => ({
      step,
      was,
      is,
      by: was === null || is === null ? 0 : was - is,
    }))
    .toSorted((a, b) => b.by - a.by)[0];
  if (earlier && earlier.by > 0)
    found.add('last-abort', 'low', {
      what: `latest rollback after ${earlier.step}`,
      before: offset(earlier.was ?? 0),
      after: offset(earlier.is ?? 0),
      reason: `A rollback has to begin ${span(earlier.by)} earlier there to end before the hard stop`,
    });
};
