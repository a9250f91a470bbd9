/** The conversation with a person. No answer has a default: silence never approves and never chooses. */
import type { HoldChoice } from '../decide/events.ts';
import { span, timeOfDay } from './format.ts';
import type { Answer, Question } from './view.ts';
import { choiceWord } from './wording.ts';

/** Shows the lines, then reads one; null: the question is over. */
export type Ask = (lines: readonly string[]) => Promise<string | null>;

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

const reason = async (ask: Ask, lines: readonly string[]): Promise<string | null> => {
  for (;;) {
    const typed = await ask(lines);
    if (typed === null) return null;
    if (typed.trim() !== '') return typed.trim();
  }
};

const askGate = async (q: Extract<Question, { kind: 'gate' }>, ask: Ask): Promise<Answer | null> => {
  const closes = q.deadline === null ? '' : `, closes at ${timeOfDay(q.deadline)}`;
  const head = [`GATE ${q.step}: ${q.prompt}`, `${q.missing} more needed${closes}`];
  const people = q.approvers.map((a) => `  ${a.id}  ${a.name}`);
  const ids = q.approvers.map((a) => a.id);
  const as = await choose(ask, [...head, 'Who answers? Type the id:', ...people], ids);
  if (as === null) return null;
  const word = await choose(ask, [...head, `${as}: type "go" or "no-go" in full:`], ['go', 'no-go'] as const);
  if (word === null) return null;
  const why = await reason(ask, [...head, `${as} says ${word.toUpperCase()}. Why? (goes on record)`]);
  if (why === null) return null;
  return { kind: 'gate', verdict: word === 'go' ? 'go' : 'no_go', as, reason: why };
};

const askHold = async (q: Extract<Question, { kind: 'hold' }>, ask: Ask): Promise<Answer | null> => {
  const choices: readonly HoldChoice[] = q.choices;
  const head = [
    `HELD${q.step ? ` at ${q.step}` : ''}: ${q.message}`,
    ...(q.remedy ? [`-> ${q.remedy}`] : []),
  ];
  const list = choices.map((c) => `  ${c.padEnd(10)} ${choiceWord[c]}`);
  const choice = await choose(ask, [...head, 'What now? Type one of:', ...list], choices);
  if (choice === null) return null;
  if (choice === 'stop') return { kind: 'hold', choice, reason: 'stopped at the prompt' };
  const why = await reason(ask, [...head, `${choiceWord[choice]}. Why? (goes on record)`]);
  return why === null ? null : { kind: 'hold', choice, reason: why };
};

export const converse = (question: Question, ask: Ask): Promise<Answer | null> =>
  question.kind === 'gate' ? askGate(question, ask) : askHold(question, ask);

/** `closes in 4m 10s`, for the line above the input. */
export const countdown = (question: Question, now: number): string | null =>
  question.kind === 'gate' && question.deadline !== null
    ? `closes in ${span(Math.max(0, question.deadline - now))}`
    : null;
