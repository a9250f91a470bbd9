/** The conversation with a person. No question has a default answer: no answer never approves and never chooses. */
import type { HoldChoice } from '../decide/events.ts';
import { span, timeOfDay } from '../words/format.ts';
import { causeOf } from '../words/hold.ts';
import type { Answer, Question } from './view.ts';

/** Shows the lines, then reads one; null: the question is closed. */
export type Ask = (lines: readonly string[]) => Promise<string | null>;

/** What is known about a hold, besides its question. */
export interface HoldScene {
  explain(choice: HoldChoice): string;
  /** What to do about it; null: nothing is known. */
  readonly remedy: string | null;
  /** The effect of the failed act, and the path of the log. */
  readonly facts: readonly string[];
}

const cancelled = 'Cancelled: nothing was recorded';

/** Asks until the answer is one of `words`. */
const choose = async <W extends string>(ask: Ask, lines: readonly string[], words: readonly W[]) => {
  let complaint: readonly string[] = [];
  for (;;) {
    const typed = await ask([...lines, ...complaint]);
    if (typed === null) return null;
    const word = words.find((w) => w === typed.trim().toLowerCase());
    if (word !== undefined) return word;
    complaint = [`"${typed.trim()}" is not one of: ${words.join(', ')}`];
  }
};

/** `null`: the question is closed. Empty: cancelled. */
const reason = async (ask: Ask, head: readonly string[], what: string): Promise<string | null> => {
  const typed = await ask([...head, `${what}. Reason (recorded; an empty line cancels):`]);
  return typed === null ? null : typed.trim();
};

const askGate = async (q: Extract<Question, { kind: 'gate' }>, ask: Ask): Promise<Answer | null> => {
  const closes = q.deadline === null ? '' : `, closes at ${timeOfDay(q.deadline)}`;
  const head = [
    `GATE ${q.step}: ${q.prompt}`,
    `${q.missing} more ${q.missing === 1 ? 'approval' : 'approvals'} needed${closes}`,
  ];
  const people = q.approvers.map((a) => `  ${a.id}  ${a.name}`);
  const ids = q.approvers.map((a) => a.id);
  for (let again: readonly string[] = []; ; again = [cancelled]) {
    const as = await choose(ask, [...head, ...again, 'Who answers? Type the id:', ...people], ids);
    if (as === null) return null;
    const words = ['go', 'no-go'] as const;
    const word = await choose(ask, [...head, `${as}: type "go" or "no-go" in full:`], words);
    if (word === null) return null;
    const why = await reason(ask, head, `${as} says ${word.toUpperCase()}`);
    if (why === null) return null;
    if (why !== '') return { kind: 'gate', verdict: word === 'go' ? 'go' : 'no_go', as, reason: why };
  }
};

const askItem = async (q: Extract<Question, { kind: 'item' }>, ask: Ask): Promise<Answer | null> => {
  const closes = q.deadline === null ? '' : `, closes at ${timeOfDay(q.deadline)}`;
  const head = [`CHECKLIST ${q.step}: ${q.say}`, `item ${q.item}, ${q.left} to answer${closes}`];
  const people = q.approvers.map((a) => `  ${a.id}  ${a.name}`);
  const ids = q.approvers.map((a) => a.id);
  for (let again: readonly string[] = []; ; again = [cancelled]) {
    const as = await choose(ask, [...head, ...again, 'Who answers? Type the id:', ...people], ids);
    if (as === null) return null;
    const word = await choose(ask, [...head, `${as}: type "pass" or "fail" in full:`], ['pass', 'fail']);
    if (word === null) return null;
    const why = await reason(ask, head, `${as} says ${word.toUpperCase()}`);
    if (why === null) return null;
    if (why !== '') return { kind: 'item', passed: word === 'pass', as, reason: why };
  }
};

const askHold = async (
  q: Extract<Question, { kind: 'hold' }>,
  ask: Ask,
  scene: HoldScene,
): Promise<Answer | null> => {
  const head = [
    `HELD${q.step ? ` at ${q.step}` : ''}: ${causeOf(q)}`,
    ...scene.facts,
    ...(scene.remedy === null ? [] : [`-> ${scene.remedy}`]),
  ];
  const width = Math.max(...q.choices.map((c) => c.length));
  const list = q.choices.map((c) => `  ${c.padEnd(width)}  ${scene.explain(c)}`);
  for (let again: readonly string[] = []; ; again = [cancelled]) {
    const choice = await choose(ask, [...head, ...again, 'What now? Type one of:', ...list], q.choices);
    if (choice === null) return null;
    if (choice === 'stop') return { kind: 'hold', choice, reason: 'stopped at the prompt' };
    const why = await reason(ask, head, `${choice}: ${scene.explain(choice)}`);
    if (why === null) return null;
    if (why !== '') return { kind: 'hold', choice, reason: why };
  }
};

export const converse = (question: Question, ask: Ask, scene: HoldScene): Promise<Answer | null> => {
  switch (question.kind) {
    case 'gate':
      return askGate(question, ask);
    case 'item':
      return askItem(question, ask);
    case 'hold':
      return askHold(question, ask, scene);
  }
};

/** `closes in 4m 10s`, for the line above the input. */
export const countdown = (question: Question, now: number): string | null =>
  question.kind !== 'hold' && question.deadline !== null
    ? `closes in ${span(Math.max(0, question.deadline - now))}`
    : null;
