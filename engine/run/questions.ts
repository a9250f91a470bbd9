/** Shows the one open question to the operator, and withdraws it when it is answered. */

import type { Command } from '../decide/decisions.ts';
import { timerId } from '../decide/keys.ts';
import { openGates, openItems } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import type { Answer, Question, View } from '../views/view.ts';

type Said = Command extends infer C ? (C extends Command ? Omit<C, 'user' | 'at'> : never) : never;

const questionOf = (plan: Plan, state: RunState): Question | null => {
  const { hold } = state;
  if (hold) {
    const { id, step, message, choices } = hold;
    return { kind: 'hold', hold: id, step, message, choices };
  }
  for (const id of openGates(plan, state)) {
    const step = plan.steps[id];
    const gate = state.steps[id]?.gate;
    if (step?.kind !== 'gate' || !gate || step.prompt === null) continue;
    const answered = new Set(gate.answers.filter((a) => a.verdict === 'go').map((a) => a.by));
    return {
      kind: 'gate',
      step: id,
      round: gate.round,
      prompt: step.prompt,
      approvers: step.approvers
        .filter((a) => !answered.has(a))
        .map((a) => ({ id: a, name: plan.approvers[a]?.name ?? a })),
      missing: step.minApprovals - answered.size,
      deadline: state.timers[timerId.gate(id, gate.round)]?.until ?? null,
    };
  }
  return itemQuestion(plan, state);
};

/** One item after the other. */
const itemQuestion = (plan: Plan, state: RunState): Question | null => {
  const open = openItems(plan, state);
  const [first] = open;
  if (!first) return null;
  const { step, item } = first;
  const round = state.steps[step.id]?.checklist?.round ?? 0;
  return {
    kind: 'item',
    step: step.id,
    round,
    item: item.id,
    say: item.say,
    approvers: step.approvers.map((id) => ({ id, name: plan.approvers[id]?.name ?? id })),
    left: open.filter((o) => o.step.id === step.id).length,
    deadline: state.timers[timerId.items(step.id, round)]?.until ?? null,
  };
};

/** The same while nothing about the question changed. */
const keyOf = (q: Question): string => {
  switch (q.kind) {
    case 'hold':
      return q.hold;
    case 'gate':
      return `${q.step}#${q.round}:${q.missing}`;
    case 'item':
      return `${q.step}#${q.round}/${q.item}`;
  }
};

export class Questions {
  readonly #plan: Plan;
  readonly #view: View;
  readonly #heard: () => void;
  #asked: { key: string; control: AbortController } | null = null;
  #answers: (Said | 'stop')[] = [];
  /** The view's last conversation: the next one begins when it has left the terminal. */
  #conversation: Promise<unknown> = Promise.resolve();
  /** Questions that the view had no way to ask. */
  readonly #unasked = new Set<string>();

  constructor(plan: Plan, view: View, heard: () => void) {
    this.#plan = plan;
    this.#view = view;
    this.#heard = heard;
  }

  keep(state: RunState): void {
    const question = questionOf(this.#plan, state);
    const key = question && keyOf(question);
    if (this.#asked?.key === key) return;
    this.close();
    if (!question || !key || this.#unasked.has(key)) return;
    const control = new AbortController();
    this.#asked = { key, control };
    this.#conversation = this.#conversation
      .then(() => (control.signal.aborted ? null : this.#view.ask(question, control.signal)))
      .catch((error: unknown) => {
        if (control.signal.aborted) return null;
        throw error;
      })
      .then((answer) => {
        if (control.signal.aborted) return;
        if (answer) this.#answers.push(this.#say(question, answer));
        else this.#unasked.add(key);
        this.#asked = null;
        this.#heard();
      });
  }

  /** Whether the run waits for an answer that this terminal cannot give. */
  unanswerable(state: RunState): boolean {
    const question = questionOf(this.#plan, state);
    return question !== null && this.#unasked.has(keyOf(question));
  }

  take(): readonly (Said | 'stop')[] {
    const answers = this.#answers;
    this.#answers = [];
    return answers;
  }

  close(): void {
    this.#asked?.control.abort();
    this.#asked = null;
  }

  #say(question: Question, answer: Answer): Said | 'stop' {
    if (answer.kind === 'gate') {
      const { verdict, as, reason } = answer;
      return { command: 'approve', gate: question.step ?? '', verdict, as, unattended: false, reason };
    }
    if (answer.kind === 'item') {
      const { passed, as, reason } = answer;
      const item = question.kind === 'item' ? question.item : '';
      return { command: 'check', step: question.step ?? '', item, passed, as, reason };
    }
    if (answer.choice === 'stop') return 'stop';
    return { command: 'resolve', choice: answer.choice, step: question.step, reason: answer.reason };
  }
}
