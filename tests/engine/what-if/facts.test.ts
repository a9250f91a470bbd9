import { expect, test } from 'vitest';
import { FactState } from '../../../engine/what-if/facts.ts';
import { actStep, autoUndo, plan, planAct } from '../../support/plan-builder.ts';

const twoActs = { ...autoUndo, mode: 'own' as const, acts: [planAct(), planAct()] };
const subject = () =>
  FactState.initial(
    plan(
      [
        actStep('stop', { sets: { app: 'none' } }),
        actStep('start', { sets: { app: 'new', on: true }, undo: twoActs }),
      ],
      {
        facts: { app: 'old', on: false },
      },
    ),
  );

test('an act sets its facts, and its undo restores what it found', () => {
  const facts = subject();
  facts.happened('stop/do/0', 'done');
  facts.happened('start/do/0', 'done');
  expect(facts.combinations()).toEqual([{ app: 'new', on: true }]);
  facts.happened('start/undo/0', 'done');
  facts.happened('start/undo/1', 'done');
  expect(facts.combinations()).toEqual([{ app: 'none', on: false }]);
  facts.happened('stop/undo/0', 'done');
  expect(facts.combinations()).toEqual([{ app: 'old', on: false }]);
});

test('after half an act each of its facts is as it was or as it would be', () => {
  const facts = subject();
  const before = facts.values();
  facts.happened('start/do/0', 'some');
  expect(facts.changesSince(before)).toBe('app: old or new, on: false or true');
  expect(facts.combinations()).toHaveLength(4);
  facts.happened('start/do/0', 'done');
  expect(facts.combinations()).toEqual([{ app: 'new', on: true }]);
});

test('an own undo has restored something after its first act, and everything after its last', () => {
  const facts = subject();
  facts.happened('start/do/0', 'done');
  facts.happened('start/undo/0', 'done');
  expect(facts.combinations()).toHaveLength(4);
  facts.happened('start/undo/1', 'done');
  expect(facts.combinations()).toEqual([{ app: 'old', on: false }]);
});

test('a second attempt does not hide what the first one found', () => {
  const facts = subject();
  facts.happened('stop/do/0', 'some');
  facts.happened('stop/do/0', 'done');
  facts.happened('stop/undo/0', 'done');
  expect(facts.combinations()).toEqual([{ app: 'old', on: false }]);
});

test('what did not happen, a check, and the undo of what never ran change nothing', () => {
  const facts = subject();
  const before = facts.values();
  facts.happened('stop/do/0', 'none');
  facts.happened('stop/verify/0', 'done');
  facts.happened('stop/undo/0', 'done');
  expect(facts.changesSince(before)).toBe('');
});

test('a copy goes its own way', () => {
  const facts = subject();
  const copy = facts.copy();
  copy.happened('stop/do/0', 'done');
  expect(facts.key()).not.toBe(copy.key());
});
