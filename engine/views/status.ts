/** The four questions, asked from outside: one report for people and for `--json`. */

import type { EventType, Recorded } from '../decide/events.ts';
import { apply, initialState } from '../decide/fold.ts';
import { outlook } from '../decide/outlook.ts';
import { forwardMs, lineOf, openGates, undoTookMs, withoutEngine } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import type { LeftOut, Plan, PlanStep } from '../plan.ts';
import { checklistReport, checklistTable } from '../words/checklist.ts';
import { describeEvent } from '../words/event.ts';
import { clean, offset, span, timeOfDay } from '../words/format.ts';
import { askedOf, given, verdictWord } from '../words/gate.ts';
import { approveCommand, causeOf, choiceCommands, remedyOf, whatNext } from '../words/hold.ts';
import { laneOf, nameInLane } from '../words/lane.ts';
import { lockText } from '../words/lock.ts';
import { standing, stateWord } from '../words/overview.ts';
import type { Tone } from '../words/sentence.ts';
import { spanReport, spanText } from '../words/span.ts';
import { type StepWord, stepWord } from '../words/step-word.ts';
import { watchReport } from '../words/watch.ts';
import type { Paint } from './paint.ts';

export interface StatusInput {
  readonly plan: Plan;
  readonly state: RunState;
  readonly events: readonly Recorded[];
  readonly now: number;
  /** An engine holds the run's lock now. */
  readonly live: boolean;
}

const shownEvents = 8;

export const statusReport = ({ plan, state: written, events, now, live }: StatusInput) => {
  const state = live ? written : withoutEngine(written);
  const at = state.settled?.at ?? now;
  const view = outlook(plan, state, at);
  const line = lineOf(plan);
  return {
    run: state.runId,
    runbook: state.runbook,
    environment: state.environment,
    state: stateWord(state),
    engine: live,
    lines: standing(plan, state, at),
    where: {
      current: view.current,
      next: view.next,
      steps: Object.values(plan.steps).map((step) => ({
        id: step.id,
        name: step.name,
        /** Of the lane that it is a step of; null: it is in none of several steps. */
        lane: laneOf(plan, step.id)?.name ?? null,
        at: step.atMs === null ? null : offset(step.atMs),
        state: state.steps[step.id]?.state ?? 'pending',
        word: stepWord(state, step.id),
        startedAt: state.steps[step.id]?.startedAt ?? null,
        settledAt: state.steps[step.id]?.settledAt ?? null,
        tookMs: forwardMs(state, step.id),
        undoTookMs: undoTookMs(state, step.id),
        expectedMs: step.expectedMs,
      })),
      leftOut: plan.leftOut ?? [],
      /** The step that crosses it. */
      line: line ? { act: line.act, crossedAt: state.line?.crossedAt ?? null } : null,
    },
    late: {
      t0: view.t0,
      slipMs: view.slipMs,
      projectedT0: view.projectedT0,
      projectedDone: view.projectedDone,
      projectedEnd: view.projectedEnd,
      hardStop: view.hardStop,
      clockOffMs: state.clockOffMs,
    },
    back: {
      yes: view.canGoBack.yes,
      why: view.canGoBack.why,
      costMs: view.rollbackOwedMs,
      decideBy: view.rollbackUntil?.at ?? null,
      /** What happens at that moment. */
      because: view.rollbackUntil?.because ?? null,
      undoes: view.undoes,
      stays: view.stays,
      forwardFix: state.line ? (line?.forwardFix.path ?? null) : null,
    },
    gates: openGates(plan, state).map((id) => gateOf(plan, state, id)),
    watches: begun(plan, state, 'watch').map((step) => watchReport(plan, state, step, at)),
    spans: (plan.spans ?? []).map((span) => ({
      ...spanReport(plan, state, span, at),
      text: spanText(spanReport(plan, state, span, at), at),
    })),
    checklists: begun(plan, state, 'checklist').map((step) => checklistReport(plan, state, step)),
    untold: state.untold,
    hold: state.hold && {
      cause: state.hold.cause,
      step: state.hold.step,
      message: state.hold.message,
      remedy: remedyOf(plan, state.hold),
      choices: choiceCommands(state.hold, state.runId),
    },
    happened: happened(plan, events),
    /** null: the runbook has none, or the run has not asked for it yet. */
    lock: state.lock && {
      name: state.lock.name,
      place: state.lock.runOn,
      held: state.lock.token !== null && state.lock.givenBackAt === null && state.lock.lost === null,
      takenAt: state.lock.takenAt,
      givenBackAt: state.lock.givenBackAt,
      text: lockText(state.lock),
    },
    goOn: live ? choicesBeside(state) : whatNext(state),
  };
};

/** Steps of one kind that have begun. */
const begun = <K extends PlanStep['kind']>(plan: Plan, state: RunState, kind: K) =>
  Object.values(plan.steps).filter(
    (step): step is Extract<PlanStep, { kind: K }> =>
      step.kind === kind && state.steps[step.id]?.startedAt != null,
  );

export type StatusReport = ReturnType<typeof statusReport>;

/** Watches run in the engine: while it is stopped, nothing is watched. */
const watchWord = (state: string, live: boolean): string =>
  state === 'running' && !live ? 'NOT WATCHED while the engine is stopped' : state;

/** Commands for a running engine; a plain resume would be a new session. */
const choicesBeside = ({ hold, runId }: RunState): readonly string[] =>
  hold ? choiceCommands({ ...hold, choices: hold.choices.filter((c) => c !== 'look') }, runId) : [];

const gateOf = (plan: Plan, state: RunState, id: string) => ({
  id,
  ...(askedOf(plan, state, id) ?? {
    prompt: null,
    needed: 0,
    gave: [],
    approvers: [],
    answers: [],
    deadline: null,
  }),
  approve: approveCommand(state.runId, id),
});

/** A sentence needs the state at its event, so the journal is folded again. */
const happened = (plan: Plan, events: readonly Recorded[]) => {
  // Some events have no sentence: a few more are looked at than are shown.
  const last = events.filter(isListed).slice(-4 * shownEvents);
  const from = last[0]?.seq ?? Number.POSITIVE_INFINITY;
  const said: { at: number; text: string; tone: Tone }[] = [];
  const state = initialState();
  for (const event of events) {
    apply(state, event);
    if (event.seq < from || !isListed(event)) continue;
    const sentence = describeEvent(event, plan, state);
    if (sentence) said.push({ at: event.at, text: sentence.text, tone: sentence.tone });
  }
  return said.slice(-shownEvents);
};

/** Single acts and timers are in the log. */
const notListed: readonly EventType[] = ['act-started', 'timer-set', 'timer-ended', 'session-ended'];

const isListed = (event: Recorded): boolean => !notListed.includes(event.type);

const mark: { readonly [W in StepWord]: string } = {
  pending: ' ',
  running: '>',
  held: '!',
  'no-go': '!',
  expired: '!',
  stopped: '!',
  undoing: '<',
  succeeded: 'x',
  failed: '!',
  skipped: '-',
  'skipped (condition)': '-',
  undone: '<',
  'failed, undone': '!',
  'left as it is': '-',
};

/** For these the mark is enough. */
const wordless: readonly StepWord[] = ['pending', 'running', 'succeeded'];

const stepText = (s: StatusReport['where']['steps'][number]): string => {
  const took = s.tookMs === null ? '' : `  ${span(s.tookMs)}`;
  const expected = took === '' || s.expectedMs === null ? '' : ` / ${span(s.expectedMs)}`;
  const undo = s.undoTookMs === null ? '' : ` in ${span(s.undoTookMs)}`;
  const word = wordless.includes(s.word) ? '' : `  ${s.word}${undo}`;
  return `  [${mark[s.word]}] ${(s.at ?? '').padEnd(8)} ${clean(s.name)}${took}${expected}${word}`;
};

const leftOutRow = ({ name, when }: LeftOut): string =>
  `  [-] ${''.padEnd(8)} ${clean(name)}  left out: ${clean(when)}`;

type StatusStep = StatusReport['where']['steps'][number];

/** One step each, but the steps of a lane together. */
const rowsOf = (steps: readonly StatusStep[]): readonly (readonly StatusStep[])[] => {
  const rows: StatusStep[][] = [];
  for (const step of steps) {
    const last = rows.at(-1);
    if (last && step.lane !== null && last[0]?.lane === step.lane) last.push(step);
    else rows.push([step]);
  }
  return rows;
};

const isOpen = ({ word }: StatusStep): boolean => !wordless.includes(word) || word === 'running';

/** How far the lane is, and its steps that run or did not simply succeed. */
const laneText = (steps: readonly StatusStep[]): string => {
  const done = steps.filter(({ word }) => word === 'succeeded').length;
  const shown = steps.filter(isOpen);
  const signs = steps.map(({ word }) => mark[word]);
  const sign = laneMarks.find((each) => signs.includes(each)) ?? (done === steps.length ? 'x' : ' ');
  const { lane, at } = steps[0] as StatusStep;
  const took = (s: StatusStep): string => (s.tookMs === null ? '' : ` ${span(s.tookMs)}`);
  const isUndone = steps.some(({ word }) => undoWords.includes(word));
  const words = new Set(shown.map(({ word }) => word));
  const [only] = words;
  const parts =
    words.size === 1 && only !== undefined && only !== 'running' && shown.length > 1
      ? [`${shown.length} ${only}`]
      : shown.map(
          (s) => `${nameInLane(lane ?? '', s.name)}${took(s)}${s.word === 'running' ? '' : ` ${s.word}`}`,
        );
  return `  [${sign}] ${(at ?? '').padEnd(8)} ${clean(lane ?? '')}  ${[...(isUndone ? [] : [`${done}/${steps.length}`]), ...parts].join('  ')}`;
};

const undoWords: readonly StepWord[] = ['undoing', 'undone', 'failed, undone', 'left as it is'];

const laneMarks = ['!', '>', '<', '-'];

const lineText = (crossedAt: number | null): string =>
  `  -------- POINT OF NO RETURN -------- ${crossedAt === null ? 'not crossed' : `crossed ${timeOfDay(crossedAt)}`}`;

const gateText = (g: StatusReport['gates'][number]): readonly string[] => [
  `gate ${g.id}: ${g.prompt ?? 'decided by its criteria'}`,
  `  ${given(g)}${g.deadline === null ? '' : `, closes ${timeOfDay(g.deadline)}`}`,
  ...g.answers.map(
    (a) =>
      `  ${timeOfDay(a.at)}  ${verdictWord[a.verdict]} by ${a.by ?? a.user} (login ${a.user}): ${a.reason}`,
  ),
  `  approvers: ${g.approvers.map((a) => `${a.id} (${a.name})`).join(', ')}`,
  `  ${g.approve}`,
];

const engineWord = ({ engine }: StatusReport): string => (engine ? 'engine running' : 'engine stopped');

export const statusText = (
  report: StatusReport,
  paths: { readonly journal: string; readonly logs: string },
  paint: Paint,
): string => {
  const { line, leftOut } = report.where;
  const gone = (after: string | null | undefined) =>
    leftOut.filter((step) => step.after === after).map(leftOutRow);
  const rows = rowsOf(report.where.steps).flatMap((row) => [
    ...(row[0]?.id === line?.act ? [paint('warn', lineText(line?.crossedAt ?? null))] : []),
    row.length === 1 && row[0] ? stepText(row[0]) : laneText(row),
    ...row.flatMap(({ id }) => gone(id)),
  ]);
  const steps = [...gone(null), ...rows];
  const sections = [
    [`run ${report.run}, ${report.state === 'stopped' ? '' : `${report.state}, `}${engineWord(report)}`],
    report.lines.map((line) => paint(line.tone, clean(line.text))),
    steps,
    report.happened.map((h) => `  ${timeOfDay(h.at)}  ${paint(h.tone, h.text)}`),
    report.lock ? [clean(report.lock.text)] : [],
    report.gates.flatMap(gateText).map(clean),
    report.watches.map((w) => clean(`watch ${w.id}, ${watchWord(w.state, report.engine)}: ${w.text}`)),
    report.spans.map((s) => clean(`span ${s.name}, ${s.state}: ${s.text}`)),
    ...report.checklists.map((list) => checklistTable(list).map(({ tone, text }) => paint(tone, text))),
    report.hold
      ? [
          `held${report.hold.step ? ` at ${report.hold.step}` : ''}: ${causeOf(report.hold)}`,
          ...(report.hold.remedy ? [`  -> ${report.hold.remedy}`] : []),
        ].map(clean)
      : [],
    report.goOn.length > 0 ? ['to continue:', ...report.goOn.map((c) => `  ${c}`)] : [],
    [paint('dim', `journal ${paths.journal}`), paint('dim', `logs    ${paths.logs}`)],
  ];
  return `${sections
    .filter((s) => s.length > 0)
    .map((s) => s.join('\n'))
    .join('\n\n')}\n`;
};
