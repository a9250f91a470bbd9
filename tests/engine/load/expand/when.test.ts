import { describe, expect, test } from 'vitest';
import { loadSteps, problemsOf } from './loaded.ts';

const READ = 'type: shell, with: { run: [uptime], reads: true }';
const VARS = 'vars: { live: { type: bool, default: false }, dc: { type: string, default: b } }\n';

const idsOf = (plan: { readonly entries: readonly object[] }) => JSON.stringify(plan.entries);

describe('a `when` over vars', () => {
  test('true: the step is as if it had none; false: it is left out', async () => {
    const { plan } = await loadSteps(
      `
  - { id: a, when: "\${{ !vars.live }}", ${READ} }
  - { id: b, name: Tell, when: "\${{ vars.live }}", ${READ} }
  - { id: c, when: vars.dc == 'b', ${READ} }
  - { id: d, when: false, ${READ} }
  - { id: e, when: true, type: wait }
`,
      VARS,
    );
    expect(Object.keys(plan.steps)).toEqual(['a', 'c', 'e']);
    expect(Object.values(plan.steps).map(({ when }) => when)).toEqual([undefined, undefined, undefined]);
    expect(plan.leftOut).toEqual([
      { id: 'b', name: 'Tell', when: '${{ vars.live }}', line: expect.any(Number), after: 'a' },
      { id: 'd', name: 'd', when: 'false', line: expect.any(Number), after: 'c' },
    ]);
  });

  test('without one there is nothing about it in the plan', async () => {
    const { plan } = await loadSteps(`\n  - { id: a, ${READ} }\n`);
    expect(plan).not.toHaveProperty('leftOut');
    expect(plan.steps.a).not.toHaveProperty('when');
  });

  test('is part of the digest of the plan', async () => {
    const of = async (when: string) =>
      (await loadSteps(`\n  - { id: a, ${READ} }\n  - { id: b, when: "${when}", ${READ} }\n`, VARS)).plan
        .digest;
    expect(await of('vars.live')).not.toBe(await of('vars.live && true'));
  });

  test('leaves out branches, blocks, items and groups', async () => {
    const { plan } = await loadSteps(
      `
  - parallel: [{ id: a, when: vars.live, ${READ} }, { id: b, ${READ} }]
  - parallel: [{ id: c, when: vars.live, ${READ} }]
  - { id: items, for_each: [x, y], when: each == 'x', ${READ} }
  - { id: none, for_each: [], when: vars.live, ${READ} }
  - { id: g, when: vars.live, group: [{ id: in, ${READ} }, { id: on, for_each: [k], ${READ} }] }
  - { id: h, for_each: [x, y], mode: parallel, when: each == 'y', group: [{ id: in, ${READ} }] }
`,
      VARS,
    );
    expect(idsOf(plan)).toBe(
      JSON.stringify([
        { kind: 'parallel', steps: ['b'] },
        { kind: 'step', step: 'items[x]' },
        { kind: 'parallel', steps: ['h[y]/in'], lanes: [['h[y]/in']] },
      ]),
    );
    expect(plan.leftOut?.map(({ id, after }) => [id, after])).toEqual([
      ['a', null],
      ['c', 'b'],
      ['items[y]', 'items[x]'],
      ['g/in', 'items[x]'],
      ['g/on[k]', 'items[x]'],
      ['h[x]/in', 'items[x]'],
    ]);
  });

  test('what reads a step that is left out says so, or is an error', async () => {
    const { plan } = await loadSteps(
      `
  - { id: a, when: vars.live, ${READ} }
  - { id: b, type: shell, with: { run: [echo, "\${{ steps['a'].ran ? steps['a'].output.stdout : 'none' }}"], reads: true } }
  - { id: c, when: vars.live, type: shell, with: { run: [echo, "\${{ steps['a'].output.stdout }}"], reads: true } }
`,
      VARS,
    );
    expect(Object.keys(plan.steps)).toEqual(['b']);
    const told = await problemsOf(
      loadSteps(
        `
  - { id: a, when: vars.live, ${READ} }
  - { id: b, type: shell, with: { run: [echo, "\${{ steps['a'].output.stdout }}"], reads: true } }
  - { id: go, type: gate, with: { require: [a] } }
`,
        VARS,
      ),
    );
    expect(told.match(/RB2.*/g)).toEqual([
      'RB285  The output of "a" may be missing: it is left out, since its `when` is false with these vars',
      'RB286  "go" requires "a", which may not run: it is left out, since its `when` is false with these vars',
    ]);
  });

  test('over an output, it stays in the plan', async () => {
    const { plan } = await loadSteps(
      `
  - { id: a, ${READ} }
  - { id: b, when: "\${{ steps['a'].output.code == 0 && vars.live }}", ${READ} }
`,
      VARS,
    );
    expect(plan.steps.b?.when).toBe("steps['a'].output.code == 0 && vars.live");
  });

  test('all items of a loop of which some are left out', async () => {
    const { plan } = await loadSteps(`
  - { id: ro, for_each: [x, y], when: each == 'x', ${READ} }
  - { id: go, type: gate, with: { criteria: ["steps['ro'].items.all(k, !steps['ro'].items[k].ran || steps['ro'].items[k].output.code == 0)"] } }
`);
    expect(plan.leftOut?.map(({ id }) => id)).toEqual(['ro[y]']);
  });
});
