import { expect, test } from 'vitest';
import type { HoldChoice } from '../../../engine/decide/events.ts';
import { explainChoice, holdEffect } from '../../../engine/words/choice.ts';
import { held, plan, play } from '../views/scripted-run.ts';

const state = play(held, () => {});
const { hold } = state;
if (!hold) throw new Error('the scripted night is held');
const explain = (choice: HoldChoice, over: Partial<typeof hold> = {}) =>
  explainChoice(choice, plan, state, { ...hold, ...over });

test.each<[HoldChoice, string]>([
  ['retry', 'run dump again (attempt 2)'],
  ['skip', 'continue WITHOUT it'],
  ['roll-back', 'undo 3 steps, about 2m'],
  ['stop', `leave it held; later: runbook resume ${state.runId}`],
])('%s: %s', (choice, text) => {
  expect(explain(choice)).toBe(text);
});

test('the text of retry says what is retried', () => {
  expect(explain('retry', { act: 'dump/verify/0' })).toBe('read dump, verify 1 again (attempt 1)');
  expect(explain('retry', { act: null, cause: 'no-go', step: 'go-no-go' })).toBe('ask go-no-go again');
  expect(explain('retry', { cause: 'living' })).toBe('try again to end its process');
});

test('the effect of a failed act is shown; for a read nothing', () => {
  expect(holdEffect(state, hold)).toBe('it may have changed something before it failed');
  expect(holdEffect(state, { ...hold, act: 'dump/verify/0' })).toBeNull();
});
