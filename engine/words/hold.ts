/** A hold in words: the choices, and the command for each. */
import type { Event, HoldCause, HoldChoice } from '../decide/events.ts';
import type { HoldState, RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import { shellWord } from '../text.ts';
import { explainChoice } from './choice.ts';
import type { Sentence } from './sentence.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }> & { at: number };

/** The command that makes this choice. `stop` needs none. */
export const choiceCommand = (choice: HoldChoice, runId: string, step: string | null): string | null => {
  const resume = (flag: string) => `runbook resume ${runId} ${flag} --reason "..."`;
  switch (choice) {
    case 'look':
      return `runbook resume ${runId}`;
    case 'retry':
      return step === null ? `runbook resume ${runId}` : resume(`--retry ${step}`);
    case 'skip':
    case 'done':
      return resume(`--${choice} ${step === null ? 'STEP' : shellWord(step)}`);
    case 'continue':
    case 'ended':
      return resume(`--${choice}`);
    case 'roll-back':
      return `runbook rollback ${runId} --reason "..."`;
    case 'stop':
      return null;
  }
};

export const choiceCommands = (hold: Pick<HoldState, 'choices' | 'step'>, runId: string): readonly string[] =>
  hold.choices.flatMap((choice) => choiceCommand(choice, runId, hold.step) ?? []);

export const approveCommand = (runId: string, gate: string, approver = 'NAME'): string =>
  `runbook approve ${runId} ${shellWord(gate)} --as ${approver} --reason "..."`;

/** Why the gate cannot pass: steps that did not succeed, criteria that are not true. */
export const gateProblems = (gate: Pick<Of<'gate-opened'>, 'unmet' | 'criteria'>): readonly string[] => [
  ...gate.unmet.map((id) => `required step ${id} has not succeeded`),
  ...gate.criteria
    .filter((c) => !c.holds)
    .map((c) => `criterion not true: ${c.expr}${c.error ? ` (${c.error})` : ''}`),
];

export const wordGateOpened = (e: Of<'gate-opened'>, plan: Plan, state: RunState): Sentence => {
  const gate = plan.steps[e.step];
  const problems = gateProblems(e);
  if (gate?.kind !== 'gate' || problems.length > 0)
    return { tone: 'bad', text: `gate ${e.step} cannot pass`, more: problems };
  if (gate.prompt === null)
    return {
      tone: 'plain',
      text: `gate ${e.step}: all criteria are true`,
      more: e.criteria.map((c) => c.expr),
    };
  const people = gate.approvers.map((id) => `${id} (${plan.approvers[id]?.name ?? id})`).join(', ');
  return {
    tone: 'warn',
    text: `gate ${e.step}: ${gate.prompt}`,
    more: [
      ...(e.round > 1 ? [`asked again (${e.round}): answers given before do not count`] : []),
      ...e.criteria.map((c) => `true: ${c.expr}`),
      `${gate.minApprovals} of ${people}`,
      `go:    ${approveCommand(state.runId, e.step)}`,
      `no-go: ${approveCommand(state.runId, e.step)} --no-go`,
    ],
  };
};

/** Why a run is held; the step is removed from the message, since it is shown next to it. */
export const causeOf = ({ step, message }: Pick<HoldState, 'step' | 'message'>): string =>
  step !== null && message.startsWith(`${step}: `) ? message.slice(step.length + 2) : message;

type Held = Pick<HoldState, 'cause' | 'step' | 'choices' | 'remedy'>;

const askAgain = ({ choices }: Held): string =>
  choices.includes('roll-back') ? 'Ask again with retry, or roll back' : 'Ask again with retry';

/** Advice per cause, in the words of the choices; null: the error has its own remedy. */
const adviceFor = {
  failed: ({ step }, plan) =>
    step !== null && plan.steps[step]?.kind === 'checklist'
      ? 'Fix the failed items. A retry checks only those again'
      : null,
  unknown: () => 'Check the target. Then choose: retry (it did not happen), done (it did) or skip',
  'no-go': askAgain,
  'gate-expired': askAgain,
  window: () => 'Roll back now, or continue: a later rollback may end after the hard stop',
  living: () =>
    'End the process by hand, then choose ended. Or choose retry: the engine tries again to end it',
  'line-crossed': () => null,
  watch: ({ choices }) =>
    choices.includes('roll-back')
      ? 'Roll back, continue the watch with retry, or end it with skip'
      : 'No rollback is possible: see the forward fix. Then continue the watch with retry, or end it with skip',
  span: ({ choices }) =>
    choices.includes('roll-back')
      ? 'Continue, so that the step that ends it is reached, or roll back'
      : 'No rollback is possible: continue, so that the step that ends it is reached',
  unanswered: () => 'No answer is not a yes. A retry asks again',
  lock: () => 'A retry asks for the lock again',
  condition: () =>
    'It is not known whether the step has to run. A resume evaluates it again; with skip, the run continues without the step',
} satisfies Record<HoldCause, (hold: Held, plan: Plan) => string | null>;

/** The remedy of the error, or the advice for the cause. */
export const remedyOf = (plan: Plan, hold: Held): string | null =>
  hold.remedy ?? (adviceFor[hold.cause] as (hold: Held, plan: Plan) => string | null)(hold, plan);

/** Why the run is held, and what to do about it. */
export const wordHeld = (plan: Plan, hold: Held & Pick<HoldState, 'message'>): Required<Sentence> => {
  const remedy = remedyOf(plan, hold);
  return {
    tone: 'bad',
    text: `HELD${hold.step ? ` at ${hold.step}` : ''}: ${causeOf(hold)}`,
    more: remedy === null ? [] : [`-> ${remedy}`],
  };
};

export const wordHold = (e: Of<'run-held'>, plan: Plan, state: RunState): Sentence => {
  const held = wordHeld(plan, { ...e, remedy: e.remedy ?? null });
  const line = state.line && plan.entries.find((entry) => entry.kind === 'line');
  // The choices show only how to continue; the forward fix says what to do when no rollback is possible.
  const fix = line ? [`no rollback: after the point of no return; forward fix: ${line.forwardFix.path}`] : [];
  const { hold } = state;
  const commands = e.choices.flatMap((choice) => {
    const command = choiceCommand(choice, state.runId, e.step);
    if (command === null) return [];
    // The explanation is a shell comment, so that the line can be pasted.
    return hold ? `${command}  # ${explainChoice(choice, plan, state, hold)}` : command;
  });
  return { ...held, more: [...held.more, ...fix, ...commands] };
};

/** The commands that continue the run; empty if it has ended. */
export const whatNext = (state: RunState): readonly string[] => {
  if (state.settled) return [];
  const choices = state.hold ? choiceCommands(state.hold, state.runId) : [];
  return choices.length > 0 ? choices : [`runbook resume ${state.runId}`];
};
