import { expect, test } from 'vitest';
import { aboutStep, detailOf, phraseOf } from '../../../engine/diff/phrases.ts';
import { actStep, plan, planAct } from '../../support/plan-builder.ts';

test.each([
  ['with.run', 'its command'],
  ['verify 2: with.expect.value', 'its check afterwards (verify 2), expected value'],
  ['undo 1: with.run', 'undo 1, its command'],
  ['verify dropped', 'its check afterwards (verify) dropped'],
  ['undo', 'its undo'],
  ['with.headers.accept', 'its input "headers.accept"'],
  ['require compare dropped', 'no longer requires "compare"'],
  ['breaks "a: b"', 'the invariant "a: b" is broken'],
  ['policy "with.run: undo" is violated', 'policy "with.run: undo" is violated'],
  ['constructor', 'constructor'],
])('%s', (what, phrase) => {
  expect(phraseOf({ what })).toBe(phrase);
});

test('a step by its name, else its preview, and where it runs', () => {
  const step = actStep('copy', { act: planAct({ preview: 'cp\n a b', runOn: 'web', effects: 'write' }) });
  expect(aboutStep({ ...step, name: 'copy' })).toBe(`${step.act.type}: cp a b; runs on web`);
  expect(aboutStep({ ...step, name: 'Copy the files' })).toBe('Copy the files; runs on web');
  const read = { ...step, name: 'Look', act: planAct({ runOn: 'local', effects: 'read', target: 'db' }) };
  expect(aboutStep(read)).toBe("Look; runs on the engine's machine, reads db");
  expect(aboutStep(undefined)).toBeNull();
});

test('what the check looks at that a change is in', () => {
  const check = planAct({ preview: 'SELECT 1', effects: 'read' });
  const step = actStep('copy', { verify: [planAct({ preview: 'SELECT 0' }), check] });
  expect(detailOf({ what: 'verify 2: timeout' }, step, null)).toBe(`${check.type}: SELECT 1`);
  expect(detailOf({ what: 'timeout' }, step, null)).toBeNull();
  const named = plan([{ ...step, name: 'Copy the files' }]);
  expect(detailOf({ what: 'require copy dropped' }, undefined, named)).toBe('Copy the files');
});
