/** What a person asks for, turned into events or refused. The one place for prompts, flags and other terminals. */
import type { Plan } from '../plan.ts';
import { answerItem } from './answer-item.ts';
import type { Command, MaskedCommand } from './decisions.ts';
import type { Event, HoldCause, HoldChoice } from './events.ts';
import { timerId } from './keys.ts';
import { say } from './masked.ts';
import { owedSteps } from './owed.ts';
import { openGates, stepState } from './queries.ts';
import type { Answered, Refusal } from './refusal.ts';
import { skipAhead } from './skip.ts';
import type { RunState } from './state.ts';

/** Why it would be refused now; null: it would be accepted. */
export const refusalOf = (plan: Plan, state: RunState, command: Command): Refusal | null => {
  const answered = answer(plan, state, { ...command, reason: say`` });
  return 'refused' in answered ? answered.refused : null;
};

export const answer = (plan: Plan, state: RunState, command: MaskedCommand): Answered => {
  switch (command.command) {
    case 'approve':
      return approve(plan, state, command);
    case 'check':
      return answerItem(plan, state, command);
    case 'resolve':
      return resolve(plan, state, command);
    case 'skip':
      return skipAhead(plan, state, command);
    case 'roll-back':
      return rollBack(plan, state, command);
  }
};

const approve = (
  plan: Plan,
  state: RunState,
  command: Extract<MaskedCommand, { command: 'approve' }>,
): Answered => {
  const { gate: id, as } = command;
  const step = plan.steps[id];
  const { gate } = stepState(state, id);
  // Not only "not open": a late no-go is answered with what is still possible.
  if (step?.kind === 'gate' && gate?.verdict === 'go' && command.verdict === 'no_go' && !state.rollback) {
    return { refused: { why: 'gate-passed', gate: id, lineCrossed: state.line !== null } };
  }
  if (step?.kind !== 'gate' || !gate || gate.verdict !== null || state.rollback) {
    return { refused: { why: 'gate-not-open', gate: id, open: openGates(plan, state)[0] ?? null } };
  }
  const timer = state.timers[timerId.gate(id, gate.round)];
  // Given in an earlier round, with other criteria.
  const stale = command.at < gate.openedAt || (timer !== undefined && command.at > timer.until);
  if (stale) return { refused: { why: 'gate-over', gate: id } };
  if (command.unattended) {
    if (!step.allowUnattended) return { refused: { why: 'not-unattended', gate: id } };
  } else if (as === null || !step.approvers.includes(as)) {
    return { refused: { why: 'not-an-approver', gate: id, as, approvers: step.approvers } };
  } else if (gate.answers.some((a) => a.by === as && a.verdict === command.verdict)) {
    return { refused: { why: 'already-answered', gate: id, as } };
  }
  const { verdict, unattended, user, reason } = command;
  return {
    events: [
      { type: 'gate-answered', step: id, round: gate.round, verdict, by: as, unattended, user, reason },
    ],
  };
};

const resolve = (
  plan: Plan,
  state: RunState,
  command: Extract<MaskedCommand, { command: 'resolve' }>,
): Answered => {
  const { hold } = state;
  // A choice older than this hold was meant for another one.
  if (!hold || command.at < hold.at) return { refused: { why: 'not-held' } };
  const { choice, step, user: by, reason } = command;
  if (step !== null && step !== hold.step) {
    return { refused: { why: 'other-step-held', step, held: hold.step } };
  }
  // Before the check of the choices: a refused rollback has its own message.
  if (choice === 'roll-back') {
    return rollBack(plan, state, { command: 'roll-back', user: by, reason, at: command.at });
  }
  if (choice === 'stop' || !hold.choices.includes(choice)) {
    return { refused: { why: 'not-a-choice', choice, choices: hold.choices } };
  }
  const events: Event[] = [{ type: 'hold-resolved', hold: hold.id, choice, by, reason }];
  if (choice === 'skip' && hold.step) {
    // Forward, a skipped step has not succeeded; in a rollback, it counts as undone by hand.
    const settled = state.rollback ? 'kept' : 'skipped';
    events.push({ type: 'step-settled', step: hold.step, state: settled, by, reason });
  }
  return { events };
};

const rollBack = (
  plan: Plan,
  state: RunState,
  command: Extract<MaskedCommand, { command: 'roll-back' }>,
): Answered => {
  const { user: by, reason } = command;
  if (state.settled?.result === 'rolled_back') return { refused: { why: 'settled', result: 'rolled_back' } };
  if (state.line) return { refused: { why: 'line-crossed' } };
  if (state.rollback) return { refused: { why: 'already-rolling-back' } };
  const owed = owedSteps(plan, state).map((step) => step.id);
  const events: Event[] = [];
  if (state.hold)
    events.push({ type: 'hold-resolved', hold: state.hold.id, choice: 'roll-back', by, reason });
  events.push({ type: 'rollback-started', reason, by, owed });
  return { events };
};

/** What `resume` means for a held run when the operator names no choice. null: a person has to choose. */
export const resumeChoice = (cause: HoldCause): HoldChoice | null => {
  switch (cause) {
    case 'failed':
    case 'gate-expired':
    case 'living':
    case 'unanswered':
    case 'lock':
      return 'retry';
    case 'unknown':
    case 'condition':
      return 'look';
    case 'no-go':
    case 'watch':
    case 'window':
    case 'span':
    case 'line-crossed':
      return null;
  }
};
