/** A policy that lets through more than before is a dangerous change. */
import { expect, test } from 'vitest';
import { policyChanges } from '../../../engine/policy/changes.ts';
import { loadPolicy } from '../../../engine/policy/load-policy.ts';
import type { Policy } from '../../../engine/policy/policy.ts';

const load = (text: string, file = 'p.yaml'): readonly Policy[] =>
  text === '' ? [] : [loadPolicy(`version: 1\n${text}\n`, file)];
const rule = (that: string, more = '') =>
  `rules:\n  - { name: a, message: m, that: ${JSON.stringify(that)}${more} }`;
const lint = (level: string) => `lint: { RB701: ${level} }`;
const [A, B, C] = ["plan.name == 'a'", 'plan.gates.size() > 0', 'plan.steps.size() < 9'];

test.each([
  ['the same', rule(A), rule(A), []],
  ['white space and quotes', rule(A), rule('plan.name=="a"'), []],
  ['another order', rule(`${A} && ${B}`), rule(`${B} && ${A}`), []],
  ['removed', rule(A), '', ['removed high Policy "a" was removed']],
  ['added', '', rule(A), ['added low Policy "a" was added']],
  ['a condition more', rule(A), rule(`${A} && ${B}`), ['tightened low Policy "a" demands more than before']],
  ['a condition less', rule(`${A} && ${B}`), rule(B), ['loosened high Policy "a" allows more than before']],
  [
    'an alternative more',
    rule(A),
    rule(`${A} || ${B}`),
    ['loosened high Policy "a" allows more than before'],
  ],
  [
    'an alternative less',
    rule(`${A} || ${B}`),
    rule(A),
    ['tightened low Policy "a" demands more than before'],
  ],
  ['another condition', rule(A), rule(C), ['changed high Policy "a" demands something else than before']],
  [
    'no longer an error',
    rule(A),
    rule(A, ', level: warning'),
    ['loosened high Policy "a" no longer refuses a run: it is now of level warning, not error'],
  ],
  [
    'an error now',
    rule(A, ', level: note'),
    rule(A, ', level: error'),
    ['tightened low Policy "a" is now of level error, not note'],
  ],
  [
    'for fewer runbooks',
    rule(A),
    rule(A, `, when: "${B}"`),
    ['loosened high Policy "a" applies to fewer runbooks than before'],
  ],
  [
    'for fewer still',
    rule(A, `, when: "${B}"`),
    rule(A, `, when: "${B} && ${C}"`),
    ['loosened high Policy "a" applies to fewer runbooks than before'],
  ],
  [
    'for all runbooks',
    rule(A, `, when: "${B}"`),
    rule(A),
    ['tightened low Policy "a" applies to more runbooks than before'],
  ],
  [
    'for other runbooks',
    rule(A, `, when: "${B}"`),
    rule(A, `, when: "${C}"`),
    ['changed high Policy "a" applies to other runbooks than before'],
  ],
  [
    'lint lower',
    lint('error'),
    lint('off'),
    ['loosened high Lint rule RB701 is now turned off, not of level error'],
  ],
  [
    'lint higher',
    lint('off'),
    lint('note'),
    ['tightened low Lint rule RB701 is now of level note, not turned off'],
  ],
  ['lint turned off', '', lint('off'), ['changed high Lint rule RB701 is now set to off']],
  ['lint an error', '', lint('error'), ['tightened low Lint rule RB701 is now set to error']],
  ['lint forgotten', lint('error'), '', ['removed high Lint rule RB701 is no longer set to error']],
  ['lint no longer off', lint('off'), '', ['tightened low Lint rule RB701 is no longer turned off']],
])('%s', (_, before, after, expected) => {
  const found = policyChanges(load(before), load(after));
  expect(found.map(({ kind, danger, message }) => `${kind} ${danger} ${message}`)).toEqual(expected);
});

test('a rule that moved to another file has not changed', () => {
  expect(policyChanges(load(rule(A), 'top.yaml'), load(rule(A), 'near.yaml'))).toEqual([]);
});

test('of two rules of one name, in two files, each is compared with its own', () => {
  const [top, near] = [load(rule(A), 'top.yaml'), load(rule(B), 'near.yaml')];
  expect(policyChanges([...top, ...near], [...near, ...top])).toEqual([]);
  const [gone] = policyChanges([...top, ...near], top);
  expect(gone).toMatchObject({ kind: 'removed', file: 'near.yaml', before: B, after: null });
});

test('a looser lint level beside a stricter one changes nothing', () => {
  const top = load(lint('error'), 'top.yaml');
  expect(policyChanges([...top, ...load(lint('note'), 'near.yaml')], top)).toEqual([]);
});
