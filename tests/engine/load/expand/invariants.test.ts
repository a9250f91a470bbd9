import { expect, test } from 'vitest';
import { loadSteps, problemsOf } from './loaded.ts';

const write = (more: string) => `type: put, with: { path: /a, from: b }, ${more}`;
const head = `facts: { open: true, ro: false }
invariants:
  - { name: closed before, that: "!('ro' in run.succeeded) || !facts.open || 'one' in run.succeeded" }
  - { name: all, that: "'chain' in run.succeeded || facts.nope" }
`;

const steps = `
  - { id: one, ${write('sets: { open: false }')} }
  - { id: ro, for_each: [s1, s2], ${write('')} }
  - id: chain
    for_each: [x, y]
    mode: parallel
    group:
      - { id: a, ${write('')} }
`;

test('a loop or a group has succeeded when all of its steps have', async () => {
  const { plan } = await loadSteps(steps, head.replace('facts.nope', 'facts.ro'));
  expect(plan.invariants?.map(({ that }) => that)).toEqual([
    '!(("ro[s1]" in run.succeeded && "ro[s2]" in run.succeeded)) || !facts.open || \'one\' in run.succeeded',
    '("chain[x]/a" in run.succeeded && "chain[y]/a" in run.succeeded) || facts.ro',
  ]);
});

test('a mistake stands where it is written', async () => {
  expect(await problemsOf(loadSteps(steps, head))).toContain(
    `a.yaml:6:59  RB212  There is no fact "nope"
   6 |   - { name: all, that: "'chain' in run.succeeded || facts.nope" }
     |                                                           ^^^^`,
  );
});

test('steps of one chain may set a fact one after the other, those of two may not', async () => {
  const chain = `
  - parallel:
      - { id: two, group: [{ id: a, ${write('sets: { open: false }')} }, { id: b, ${write('sets: { open: true }')} }] }
`;
  const plain = head.slice(0, head.indexOf('invariants'));
  expect(await problemsOf(loadSteps(chain, plain))).toBe('');
  const each = `  - { id: all, for_each: [x, y], mode: parallel, ${write('sets: { open: false }')} }\n`;
  expect(await problemsOf(loadSteps(each, plain))).toContain(
    'run side by side, and both set the fact "open"',
  );
});
