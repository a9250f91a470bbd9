/** A step's line in the list of a TTY, before, during and after. */
import { isStopped, stepState } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan, PlanStep } from '../plan.ts';
import { checklistText } from './checklist.ts';
import { clean, offset, span } from './format.ts';
import { skippedWord } from './skipped.ts';
import { stepWord } from './step-word.ts';
import { watchText } from './watch.ts';

const lead = (step: PlanStep): string =>
  `${(step.atMs === null ? '' : offset(step.atMs)).padEnd(8)} ${clean(step.name)}`;

export const pendingTitle = (step: PlanStep): string => {
  const expected = step.expectedMs === null ? '' : `  expected ${span(step.expectedMs)}`;
  return `${lead(step)}${expected}`;
};

/** Of the direction the run goes in. */
const planned = (step: PlanStep, state: RunState): number | null =>
  state.rollback && step.kind === 'act' ? step.undo.expectedMs : step.expectedMs;

/** `plannedAt` is an instant; null: the step follows the one before it. */
export const waitingTitle = (step: PlanStep, plannedAt: number | null, now: number): string =>
  plannedAt === null || plannedAt <= now
    ? pendingTitle(step)
    : `${pendingTitle(step)}  starts in ${span(plannedAt - now)}`;

export const runningTitle = (step: PlanStep, state: RunState, now: number): string =>
  `${lead(step)}  ${runningText(step, state, now)}`;

/** How long it has been running, and how it stands. */
export const runningText = (step: PlanStep, state: RunState, now: number): string => {
  const s = stepState(state, step.id);
  const from = state.rollback ? (s.undoStartedAt ?? now) : (s.startedAt ?? now);
  const stopped = isStopped(state, step.id) ? state.hold : null;
  const elapsed = Math.max(0, (stopped?.at ?? now) - from);
  const plannedMs = planned(step, state);
  const against = plannedMs === null ? '' : ` of ${span(plannedMs)}`;
  const overMs = plannedMs === null ? 0 : elapsed - plannedMs;
  const over = overMs >= 1000 ? `, ${span(overMs)} over` : '';
  const held = stopped ? `  ${stepWord(state, step.id).toUpperCase()}` : '';
  return `${span(Math.floor(elapsed / 1000) * 1000)}${against}${over}${held}${inside(step, state, now)}`;
};

/** The progress of a watch or a checklist. */
const inside = (step: PlanStep, state: RunState, now: number): string => {
  switch (step.kind) {
    case 'watch':
      return `  ${watchText(state, step, now)}`;
    case 'checklist':
      return `  ${checklistText(state, step)}`;
    case 'act':
    case 'gate':
    case 'wait':
      return '';
  }
};

export const settledTitle = (step: PlanStep, state: RunState): string => {
  const s = stepState(state, step.id);
  // A step that is not undone took no time.
  const forward = s.state === 'kept' ? null : s.startedAt;
  const from = state.rollback && s.undoStartedAt !== null ? s.undoStartedAt : forward;
  const actual = from === null || s.settledAt === null ? '' : `  ${span(s.settledAt - from)}`;
  const plannedMs = planned(step, state);
  const expected = plannedMs === null || actual === '' ? '' : ` / ${span(plannedMs)}`;
  const word =
    s.state === 'succeeded' ? '' : `  ${s.state === 'kept' ? 'left as it is' : (skippedWord(s) ?? s.state)}`;
  return `${lead(step)}${actual}${expected}${word}${s.reason ? `: ${clean(s.reason)}` : ''}`;
};

/** What the operator has to expect if the running step fails. */
export const failureLine = (plan: Plan, state: RunState, running: readonly string[]): string | null => {
  if (state.rollback) return null;
  const [step] = running.flatMap((id) => plan.steps[id] ?? []).filter((s) => s.kind === 'act');
  if (!step) return null;
  const then = {
    hold: 'the run is held and asks you',
    rollback: state.line
      ? 'the run is held and asks you: no rollback after the point of no return'
      : 'the run is rolled back',
    continue: 'the run continues without it',
  }[step.onFailure];
  const retries = step.act.retry.limit > 0 ? `after ${step.act.retry.limit} more attempts ` : '';
  return `if ${step.id} fails, ${retries}${then}`;
};
