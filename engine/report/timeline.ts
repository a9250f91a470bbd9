/** Plan against what happened, step by step, the point of no return as a row of its own. */
import { entrySteps, forwardMs, undoTookMs } from '../decide/queries.ts';
import { plannedAt } from '../decide/times.ts';
import type { LeftOut, PlanStep } from '../plan.ts';
import { offset, span, timeOfDay } from '../words/format.ts';
import { laneOf } from '../words/lane.ts';
import { stepWord } from '../words/step-word.ts';
import { mostAttempts } from './attempts.ts';
import { bold, code, type Inline, joined, list, md, table, text } from './markdown.ts';
import type { ReportedRun } from './reported-run.ts';
import { section } from './section.ts';

const stepRow = ({ plan, state, events }: ReportedRun, step: PlanStep, parallel: boolean) => {
  const s = state.steps[step.id];
  const planned = s?.plannedAt ?? plannedAt(plan, state, step);
  const startedAt = s?.startedAt ?? null;
  const by = events.findLast((e) => e.type === 'step-settled' && e.step === step.id && e.by !== undefined);
  return {
    step: step.id,
    name: step.name,
    kind: step.kind,
    parallel,
    /** Of the lane of several steps that it is a step of. */
    lane: laneOf(plan, step.id)?.name ?? null,
    at: step.atMs === null ? null : offset(step.atMs),
    plannedAt: planned,
    startedAt,
    /** Positive: late. */
    slipMs: startedAt === null || planned === null ? null : startedAt - planned,
    expectedMs: step.expectedMs,
    tookMs: forwardMs(state, step.id),
    undoTookMs: undoTookMs(state, step.id),
    state: stepWord(state, step.id),
    reason: s?.reason ?? null,
    /** Who settled it by hand. */
    by: by?.type === 'step-settled' ? (by.by ?? null) : null,
    attempts: mostAttempts(state, step.id, ['do']),
  };
};

const timelineOf = (run: ReportedRun) => ({
  steps: run.plan.entries.flatMap((entry) => {
    return entrySteps(entry).flatMap((id) => {
      const step = run.plan.steps[id];
      return step ? [stepRow(run, step, entry.kind === 'parallel')] : [];
    });
  }),
  line: lineOf(run),
  leftOut: run.plan.leftOut ?? [],
  ...clockStepsOf(run),
});

/** Left out if the clock was never set, which is the usual case. */
const clockStepsOf = ({ events }: ReportedRun) => {
  const clockSteps = events.flatMap((e) => (e.type === 'clock-stepped' ? [{ at: e.at, byMs: e.byMs }] : []));
  return clockSteps.length > 0 ? { clockSteps } : {};
};

const lineOf = ({ plan, state }: ReportedRun) => {
  const line = plan.entries.find((e) => e.kind === 'line');
  return line
    ? { act: line.act, crossedAt: state.line?.crossedAt ?? null, forwardFix: line.forwardFix.path }
    : null;
};

type Row = ReturnType<typeof stepRow>;

const head = ['Planned', 'Started', 'Step', 'Expected', 'Took', 'State', 'Attempts'].map(text);
const nothing = text('');

const cells = (r: Row): readonly Inline[] => [
  r.at === null ? nothing : text(r.at),
  r.startedAt === null
    ? nothing
    : text(
        `${timeOfDay(r.startedAt)}${r.slipMs !== null && r.slipMs >= 1000 ? ` (${span(r.slipMs)} late)` : ''}`,
      ),
  r.name === r.step ? code(r.step) : md`${text(r.name)} ${code(r.step)}`,
  r.expectedMs === null ? nothing : text(span(r.expectedMs)),
  r.tookMs === null ? nothing : text(span(r.tookMs)),
  text(
    `${r.state === 'pending' ? 'not started' : r.state}${r.undoTookMs === null ? '' : ` in ${span(r.undoTookMs)}`}`,
  ),
  r.attempts === 0 ? nothing : text(String(r.attempts)),
];

const lineRow = (crossedAt: number | null): readonly Inline[] => [
  nothing,
  crossedAt === null ? nothing : text(timeOfDay(crossedAt)),
  bold(text('Point of no return')),
  nothing,
  nothing,
  text(crossedAt === null ? 'not crossed' : 'crossed'),
  nothing,
];

const leftOutRow = ({ id, name, when }: LeftOut): readonly Inline[] => [
  nothing,
  nothing,
  name === id ? code(id) : md`${text(name)} ${code(id)}`,
  nothing,
  nothing,
  md`left out: ${code(when)}`,
  nothing,
];

const remark = (r: Row): readonly Inline[] => {
  if (r.by === null && r.reason === null) return [];
  const by = r.by === null ? [] : [md`by ${text(r.by)}`];
  const why = r.reason === null ? [] : [text(r.reason)];
  return [md`${code(r.step)} ${text(r.state)}: ${joined([...by, ...why])}`];
};

const clockRemark = ({ at, byMs }: { readonly at: number; readonly byMs: number }): Inline =>
  md`${text(timeOfDay(at))}: the clock of the machine was set ${text(byMs < 0 ? 'back' : 'forward')} by ${text(span(Math.abs(byMs)))}; all times here are the time of the run, which was not changed`;

export const timeline = section('Timeline', timelineOf, ({ steps, line, leftOut, clockSteps = [] }) => [
  table(
    head,
    [
      ...leftOut.filter(({ after }) => after === null).map(leftOutRow),
      ...steps.flatMap((r) => [
        ...(r.step === line?.act ? [lineRow(line.crossedAt)] : []),
        cells(r),
        ...leftOut.filter(({ after }) => after === r.step).map(leftOutRow),
      ]),
    ],
    [3, 4, 6],
  ),
  list([...steps.flatMap(remark), ...clockSteps.map(clockRemark)]),
]);
