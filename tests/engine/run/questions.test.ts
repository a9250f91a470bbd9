import { expect, test } from 'vitest';
import { apply } from '../../../engine/decide/fold.ts';
import type { RunState } from '../../../engine/decide/state.ts';
import { Questions } from '../../../engine/run/questions.ts';
import type { Answer, Question } from '../../../engine/views/view.ts';
import { masked } from '../../support/masked.ts';
import { play, plan as scripted, success } from '../views/scripted-run.ts';
import { Listener } from './test-run.ts';

const gate = scripted.steps['go-no-go'];
if (gate?.kind !== 'gate') throw new Error('the scripted night has a gate');
const plan = { ...scripted, steps: { ...scripted.steps, 'go-no-go': { ...gate, minApprovals: 2 } } };

/** A terminal: a conversation that is withdrawn leaves the screen a little later, and then clears it. */
class Terminal extends Listener {
  screen: Question | null = null;
  #answer: (answer: Answer) => void = () => {};
  override async ask(question: Question, signal?: AbortSignal): Promise<Answer | null> {
    this.asked.push(question);
    this.screen = question;
    const said = Promise.withResolvers<Answer | null>();
    this.#answer = said.resolve;
    signal?.addEventListener('abort', () => queueMicrotask(() => said.resolve(null)));
    try {
      return await said.promise;
    } finally {
      this.screen = null;
    }
  }
  say(answer: Answer): void {
    this.#answer(answer);
  }
}

const openGate = (): RunState => {
  const asked = success.findIndex(([, ...events]) => events.some((e) => e.type === 'gate-opened'));
  return play(success.slice(0, asked + 1), () => {});
};

const macrotask = () => new Promise((resolve) => setImmediate(resolve));

test('an answer from another terminal leaves the question for the rest of the approvers on the screen', async () => {
  const terminal = new Terminal();
  const questions = new Questions(plan, terminal, () => {});
  const state = openGate();
  questions.keep(state);
  await macrotask();
  expect(terminal.screen).toMatchObject({ missing: 2 });

  const said = { verdict: 'go', by: 'lead', unattended: false, user: 'u', reason: masked('r') } as const;
  apply(state, {
    type: 'gate-answered',
    step: 'go-no-go',
    round: 1,
    ...said,
    seq: state.seq + 1,
    at: state.lastAt,
  });
  questions.keep(state);
  await macrotask();
  expect(terminal.screen).toMatchObject({ missing: 1, approvers: [{ id: 'deputy', name: 'Deputy' }] });

  terminal.say({ kind: 'gate', verdict: 'go', as: 'deputy', reason: 'agreed' });
  await macrotask();
  expect(questions.take()).toMatchObject([{ command: 'approve', gate: 'go-no-go', as: 'deputy' }]);
});

test('a question that was settled before it could be asked is never shown', async () => {
  const terminal = new Terminal();
  const questions = new Questions(plan, terminal, () => {});
  questions.keep(openGate());
  questions.close();
  await macrotask();
  expect(terminal.asked).toEqual([]);
});
