/** What the formats of a plan say in the same words. */
import type { Plan, PlanActStep, PlanChecklist, PlanGate, PlanStep, PlanWatch } from '../plan.ts';
import type { FactSpan, PlannedSpan, PlanTimes } from '../timeline/times.ts';
import { offset, plural, span } from '../words/format.ts';
import { endsText } from '../words/span.ts';
import { untilText } from '../words/until.ts';
import { clockInstant, clockTime, type T0 } from './clock.ts';
import { type PlanRows, rollbackAtTheEnd, type StepRow, tightest } from './rows.ts';

/** `T-30m (22:30:00)` */
export const at = (ms: number, t0: T0 | null): string =>
  t0 === null ? offset(ms) : `${offset(ms)} (${clockTime(t0, ms)})`;

/** `0s`, not `0ms`. */
const length = (ms: number): string => (ms === 0 ? '0s' : span(ms));

export const expectedWord = ({ step, times }: StepRow): string =>
  step.expectedMs === null && times.endMs === times.startMs ? '-' : length(times.endMs - times.startMs);

export const slackWord = ({ times: { slackMs } }: StepRow): string =>
  slackMs === null ? '-' : slackMs < 0 ? `-${span(slackMs)}` : length(slackMs);

/** How the step itself is undone, and what that is expected to take. */
export const undoWord = ({ step, undoMs }: StepRow): string => {
  if (step.kind !== 'act' || step.undo.mode === 'nothing') return '-';
  return step.undo.mode === 'none' ? 'none' : `${step.undo.mode} ${length(undoMs)}`;
};

/** Of all that is done by then. */
export const rollbackWord = ({ times: { wayBackMs } }: StepRow): string =>
  wayBackMs === null ? 'none' : length(wayBackMs);

export const abortWord = ({ times: { latestAbortMs } }: StepRow): string =>
  latestAbortMs === null ? '-' : offset(latestAbortMs);

const who = (ids: readonly string[], plan: Plan): string =>
  ids
    .map((id) => {
      const name = plan.approvers[id]?.name ?? id;
      return name === id ? id : `${id} (${name})`;
    })
    .join(', ');

const failureWord = {
  hold: 'the run is held',
  rollback: 'the run is rolled back',
  continue: 'the run continues',
};

/** Who answers, how long they are waited for, and what then. */
export const gateText = (gate: PlanGate, plan: Plan): string => {
  const judged = [
    ...(gate.require.length > 0 ? [plural(gate.require.length, 'succeeded step')] : []),
    ...(gate.criteria.length > 0 ? [plural(gate.criteria.length, 'true criterion', 'true criteria')] : []),
  ].join(' and ');
  const first = judged === '' ? '' : `requires ${judged}; `;
  const noGo = `no-go: ${failureWord[gate.onNoGo]}`;
  if (gate.prompt === null) return `${first}nobody is asked; ${noGo}`;
  const silence =
    gate.timeoutMs === null
      ? 'waits without a limit'
      : `no answer in ${span(gate.timeoutMs)}: ${gate.onTimeout === 'hold' ? failureWord.hold : 'no-go'}`;
  const unattended = gate.allowUnattended ? '; --yes-to-gate may answer' : '';
  return `${first}asks ${gate.minApprovals} of ${who(gate.approvers, plan)}${unattended}; ${silence}; ${noGo}`;
};

const checklistText = ({ items, approvers, timeoutMs, onFailure }: PlanChecklist, plan: Plan): string => {
  const asked = items.filter((item) => item.check === null).length;
  const by = asked === 0 ? 'nobody is asked' : `${asked} answered by ${who(approvers, plan)}`;
  const silence = asked === 0 || timeoutMs === null ? '' : ` within ${span(timeoutMs)}`;
  return `${plural(items.length, 'item')}, ${by}${silence}; if one fails, ${failureWord[onFailure]}`;
};

const watchText = ({ untilMs, intervalMs, count, onFailure }: PlanWatch): string => {
  const times = count === null ? '' : `, at most ${plural(count, 'time')}`;
  const until = untilMs === null ? '' : ` until ${offset(untilMs)}`;
  return `measures every ${span(intervalMs)}${times}${until}; if it trips, ${failureWord[onFailure]}`;
};

const actText = ({ act, undo, onFailure }: PlanActStep, afterLine: boolean): string => {
  const fails = onFailure === 'rollback' && afterLine ? failureWord.hold : failureWord[onFailure];
  const undone = undo.mode === 'none' && !afterLine ? `no undo: ${undo.why}; ` : '';
  const waits = act.until ? `${untilText(act.until)}; ` : '';
  return `${undone}${waits}if it fails, ${fails}`;
};

/** What else a reader has to know of the step. */
export const stepText = ({ step, afterLine }: StepRow, plan: Plan): string => {
  switch (step.kind) {
    case 'gate':
      return gateText(step, plan);
    case 'checklist':
      return checklistText(step, plan);
    case 'watch':
      return watchText(step);
    case 'wait':
      return step.forMs > 0 ? `waits ${span(step.forMs)}` : 'waits for its planned start';
    case 'act':
      return actText(step, afterLine);
  }
};

export const typeWord = (step: PlanStep): string => (step.kind === 'act' ? step.act.type : step.kind);

export const spanText = ({ fact, value, from, to, startMs, endMs }: FactSpan): string =>
  to === null || endMs === null
    ? `${fact} = ${value} from ${offset(startMs)} (${from}) on`
    : `${fact} = ${value} for ${span(endMs - startMs)}: ${offset(startMs)} (${from}) to ${offset(endMs)} (${to})`;

/** As planned, against its limit. */
export const limitText = (planned: PlannedSpan): string => {
  const { name, limitMs, onBreach, startMs, endMs } = planned;
  const over = endMs - startMs > limitMs ? ': TOO LONG' : '';
  const then = onBreach === 'hold' ? 'then the run is held' : 'then it is only told';
  return `${name}: ${length(endMs - startMs)} of ${span(limitMs)}${over}, from ${offset(startMs)} to ${offset(endMs)} (${endsText(planned)}); ${then}`;
};

const windowText = ({ timeline: { opensMs, hardStopMs } }: Plan, t0: T0 | null): string =>
  `Maintenance window: ${[
    ...(opensMs === null ? [] : [`opens ${at(opensMs, t0)}`]),
    hardStopMs === null ? 'no hard stop' : `hard stop ${at(hardStopMs, t0)}`,
  ].join(', ')}`;

const lineText = ({ plan, times }: PlanRows, t0: T0 | null): string => {
  const line = plan.entries.find((entry) => entry.kind === 'line');
  if (!line || times.noReturnMs === null) return 'Point of no return: none';
  return `Point of no return: ${at(times.noReturnMs, t0)}, when ${line.act} starts, after the gate ${line.gate}. Then: ${line.forwardFix.path}`;
};

const rollbackText = (rows: PlanRows, t0: T0 | null): readonly string[] => {
  const last = rollbackAtTheEnd(rows);
  if (!last) return [];
  const { wayBackMs, latestAbortMs } = last.times;
  const { noReturnMs } = rows.times;
  const until =
    latestAbortMs !== null && (noReturnMs === null || latestAbortMs < noReturnMs)
      ? `; it has to begin by ${at(latestAbortMs, t0)} to end before the hard stop`
      : noReturnMs === null
        ? ''
        : `; possible until ${at(noReturnMs, t0)}, the point of no return`;
  return [`Rollback: ${length(wayBackMs ?? 0)} after ${last.step.id}${until}`];
};

export const criticalPath = ({ steps }: PlanRows): readonly string[] =>
  steps.filter(({ times }) => times.critical).map(({ step }) => step.id);

const anchorText = ({ anchorMs, steps }: PlanRows): readonly string[] =>
  anchorMs > 0 && steps.some(({ step }) => (step.atMs ?? 0) > 0)
    ? [`T+ counts from the end of the steps at T0, expected at ${offset(anchorMs)}`]
    : [];

const tightestText = (rows: PlanRows): readonly string[] => {
  const row = tightest(rows);
  return row && (row.times.slackMs ?? 0) >= 0
    ? [`Least slack before T0: ${slackWord(row)} (${row.step.id})`]
    : [];
};

/** Spans that pass their limits even if nothing fails. */
export const tooLong = ({ limited }: PlanTimes): readonly string[] =>
  limited
    .filter(({ startMs, endMs, limitMs }) => endMs - startMs > limitMs)
    .map(
      ({ name, startMs, endMs, limitMs }) =>
        `${name} is planned to last ${span(endMs - startMs)}, longer than its limit of ${span(limitMs)}`,
    );

/** What goes wrong even if nothing fails. */
export const warnings = ({ plan, times, steps }: PlanRows): readonly string[] => {
  const stopMs = plan.timeline.hardStopMs;
  const lateEnds = steps.filter(
    ({ step, times: { endMs } }) =>
      step.atMs === 0 && step.kind === 'act' && stopMs !== null && endMs > stopMs,
  );
  return [
    ...steps
      .filter(({ lateMs }) => lateMs >= 1000)
      .map(({ step, lateMs }) => `${step.id} starts ${span(lateMs)} after its planned start`),
    ...lateEnds.map(
      ({ step, times: { endMs } }) => `${step.id} ends ${span(endMs - (stopMs ?? 0))} after the hard stop`,
    ),
    ...(times.windowHold === null
      ? []
      : [`The run will be held at ${times.windowHold}: after it, a rollback may end after the hard stop`]),
    ...tooLong(times),
    ...steps.flatMap(({ step }) =>
      step.kind === 'gate' &&
      step.prompt !== null &&
      step.timeoutMs !== null &&
      (step.expectedMs ?? 0) > step.timeoutMs
        ? [`${step.id} is expected to take longer than its timeout`]
        : [],
    ),
  ];
};

/** The plan in a few sentences. */
export const summary = (rows: PlanRows, t0: T0 | null): readonly string[] => {
  const { plan, times, steps } = rows;
  const unplanned = steps.filter(({ step }) => step.kind === 'act' && step.expectedMs === null).length;
  const critical = criticalPath(rows);
  return [
    ...(t0 ? [`T0: ${clockInstant(t0, 0)}`] : []),
    `${plural(steps.length, 'step')} from ${at(times.startMs, t0)} to ${at(times.endMs, t0)} (${span(times.endMs - times.startMs)})`,
    windowText(plan, t0),
    lineText(rows, t0),
    ...rollbackText(rows, t0),
    ...tightestText(rows),
    ...(critical.length > 0 ? [`Critical path: ${shortPath(critical)}`] : []),
    ...anchorText(rows),
    ...(unplanned > 0 ? [`Without \`expected\`, and counted as 0s: ${plural(unplanned, 'act')}`] : []),
  ];
};

const shownOfPath = 12;

const shortPath = (ids: readonly string[]): string =>
  ids.length <= shownOfPath
    ? ids.join(', ')
    : `${ids.slice(0, shownOfPath).join(', ')} and ${ids.length - shownOfPath} more`;
