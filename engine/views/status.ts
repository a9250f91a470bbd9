/** The four questions, asked from outside: one report for people and for `--json`. */
import { openGates } from '../decide/answer.ts';
import type { Recorded } from '../decide/events.ts';
import { apply, initialState } from '../decide/fold.ts';
import { outlook } from '../decide/outlook.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import { clean, offset, span, timeOfDay } from './format.ts';
import { approveCommand, choiceCommands, whatNext } from './hold-wording.ts';
import type { Paint, Tone } from './paint.ts';
import { backLine, clockLine, lineEntry, nextLine, stateWord, whereLine } from './standing.ts';
import { describeEvent } from './wording.ts';

export interface StatusInput {
  readonly plan: Plan;
  readonly state: RunState;
  readonly events: readonly Recorded[];
  readonly now: number;
  /** An engine holds the run's lock now. */
  readonly live: boolean;
}

const shownEvents = 8;

/** `unattended`: nothing settled it and no engine is at it: it was killed, or its machine lost. */
const wordOf = (state: RunState, live: boolean) =>
  !live && !state.settled && !state.hold ? 'stopped' : stateWord(state);

export const statusReport = ({ plan, state, events, now, live }: StatusInput) => {
  const at = state.settled?.at ?? now;
  const view = outlook(plan, state, at);
  const next = nextLine(plan, state, at, view);
  return {
    run: state.runId,
    runbook: state.runbook,
    environment: state.environment,
    state: wordOf(state, live),
    engine: live,
    lines: [
      whereLine(plan, state),
      clockLine(state, at, view),
      backLine(plan, state, at, view),
      ...(next ? [next] : []),
    ],
    where: {
      current: view.current,
      next: view.next,
      steps: Object.values(plan.steps).map((step) => ({
        id: step.id,
        name: step.name,
        at: step.atMs === null ? null : offset(step.atMs),
        state: state.steps[step.id]?.state ?? 'pending',
        startedAt: state.steps[step.id]?.startedAt ?? null,
        settledAt: state.steps[step.id]?.settledAt ?? null,
        expectedMs: step.expectedMs,
      })),
    },
    late: {
      t0: view.t0,
      slipMs: view.slipMs,
      projectedT0: view.projectedT0,
      projectedEnd: view.projectedEnd,
      hardStop: view.hardStop,
    },
    back: {
      yes: view.canGoBack.yes,
      why: view.canGoBack.why,
      costMs: view.rollbackOwedMs,
      decideBy: view.latestSafeAbort,
      forwardFix: state.line ? (lineEntry(plan)?.forwardFix.path ?? null) : null,
    },
    gates: openGates(plan, state).map((id) => gateOf(plan, state, id)),
    hold: state.hold && {
      cause: state.hold.cause,
      step: state.hold.step,
      message: state.hold.message,
      remedy: state.hold.remedy,
      choices: choiceCommands(state.hold, state.runId),
    },
    happened: happened(plan, events),
    goOn: live ? [] : whatNext(state),
  };
};

export type StatusReport = ReturnType<typeof statusReport>;

const gateOf = (plan: Plan, state: RunState, id: string) => {
  const step = plan.steps[id];
  const approvers = step?.kind === 'gate' ? step.approvers : [];
  return {
    id,
    prompt: step?.kind === 'gate' ? step.prompt : null,
    approvers: approvers.map((a) => ({ id: a, name: plan.approvers[a]?.name ?? a })),
    answers: state.steps[id]?.gate?.answers ?? [],
    approve: approveCommand(state.runId, id),
  };
};

/** A sentence speaks of the state at its event: the journal is folded once more, with stops on the way. */
const happened = (plan: Plan, events: readonly Recorded[]) => {
  // Some events have no sentence: a few more are looked at than are shown.
  const last = events.filter(isTold).slice(-4 * shownEvents);
  const from = last[0]?.seq ?? Number.POSITIVE_INFINITY;
  const said: { at: number; text: string; tone: Tone }[] = [];
  const state = initialState();
  for (const event of events) {
    apply(state, event);
    if (event.seq < from || !isTold(event)) continue;
    const sentence = describeEvent(event, plan, state);
    if (sentence) said.push({ at: event.at, text: sentence.text, tone: sentence.tone });
  }
  return said.slice(-shownEvents);
};

/** What moves the night on; single acts are in the log. */
const isTold = (event: Recorded): boolean =>
  !['act-started', 'timer-set', 'timer-ended', 'session-ended'].includes(event.type);

const mark = {
  pending: ' ',
  running: '>',
  succeeded: 'x',
  failed: '!',
  skipped: '-',
  undone: '<',
  kept: '-',
};

export const statusText = (
  report: StatusReport,
  paths: { readonly journal: string; readonly logs: string },
  paint: Paint,
): string => {
  const steps = report.where.steps.map((s) => {
    const took = s.startedAt === null || s.settledAt === null ? '' : `  ${span(s.settledAt - s.startedAt)}`;
    const expected = s.expectedMs === null ? '' : ` / ${span(s.expectedMs)}`;
    return `  [${mark[s.state]}] ${(s.at ?? '').padEnd(8)} ${clean(s.name)}${took}${took && expected}`;
  });
  const sections = [
    [`run ${report.run}, ${report.state}, ${report.engine ? 'an engine is at it' : 'no engine is at it'}`],
    report.lines.map((line) => paint(line.tone, clean(line.text))),
    steps,
    report.happened.map((h) => `  ${timeOfDay(h.at)}  ${paint(h.tone, h.text)}`),
    report.gates.flatMap((g) => [
      clean(`gate ${g.id}: ${g.prompt ?? 'decided by its criteria'}`),
      clean(`  approvers: ${g.approvers.map((a) => `${a.id} (${a.name})`).join(', ')}`),
      `  ${g.approve}`,
    ]),
    report.hold
      ? [`held: ${report.hold.message}`, ...(report.hold.remedy ? [`  -> ${report.hold.remedy}`] : [])].map(
          clean,
        )
      : [],
    report.goOn.length > 0 ? ['go on with:', ...report.goOn.map((c) => `  ${c}`)] : [],
    [paint('dim', `journal ${paths.journal}`), paint('dim', `logs    ${paths.logs}`)],
  ];
  return `${sections
    .filter((s) => s.length > 0)
    .map((s) => s.join('\n'))
    .join('\n\n')}\n`;
};
