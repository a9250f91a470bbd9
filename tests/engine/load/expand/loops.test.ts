import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../../engine/plan.ts';
import { loadSteps, problemsOf } from './loaded.ts';

const SECTIONS = '[{ name: s1, host: a }, { name: s2, host: b }, { name: s3, host: c }]';
const READ = 'type: shell, with: { run: [uptime], reads: true }';

const previews = (plan: Plan): Record<string, string> =>
  Object.fromEntries(
    Object.values(plan.steps).map((step) => [step.id, step.kind === 'act' ? step.act.preview : step.kind]),
  );

describe('for_each on a step', () => {
  test('runs it once for each item, one after the other', async () => {
    const { plan } = await loadSteps(`
  - { id: ro, for_each: ${SECTIONS}, key: "\${{ each.name }}", type: shell, with: { run: [ssh, "\${{ each.host }}"], reads: true } }
`);
    expect(plan.entries).toEqual(['ro[s1]', 'ro[s2]', 'ro[s3]'].map((step) => ({ kind: 'step', step })));
    expect(previews(plan)).toEqual({ 'ro[s1]': 'ssh a', 'ro[s2]': 'ssh b', 'ro[s3]': 'ssh c' });
    expect(plan.steps['ro[s1]']?.name).toBe('ro[s1]');
  });

  test('a list of texts is its own keys; a map has each.key and each.value', async () => {
    const { plan } = await loadSteps(`
  - { id: a, for_each: [x, y], name: "Look", type: shell, with: { run: [echo, "\${{ each }}"], reads: true } }
  - { id: b, for_each: { de: 1, at: 2 }, type: shell, with: { run: [echo, "\${{ each.key }}=\${{ each.value + 1 }}"], reads: true } }
`);
    expect(previews(plan)).toEqual({
      'a[x]': 'echo x',
      'a[y]': 'echo y',
      'b[de]': 'echo de=2',
      'b[at]': 'echo at=3',
    });
    expect(plan.steps['a[x]']?.name).toBe('Look (x)');
  });

  test('mode parallel and batch', async () => {
    const { plan } = await loadSteps(`
  - { id: a, for_each: [x, y, z], mode: parallel, ${READ} }
  - { id: b, for_each: [x, y, z], mode: parallel, batch: 2, ${READ} }
`);
    expect(plan.entries).toEqual([
      { kind: 'parallel', steps: ['a[x]', 'a[y]', 'a[z]'] },
      { kind: 'parallel', steps: ['b[x]', 'b[y]'] },
      { kind: 'parallel', steps: ['b[z]'] },
    ]);
  });

  test('a mistake in it is told once, at its place', async () => {
    expect(
      await problemsOf(
        loadSteps(`
  - { id: ro, for_each: ${SECTIONS}, key: "\${{ each.name }}", type: shell, with: { run: [ssh, "\${{ each.hots }}"], reads: true } }
  - { id: so, for_each: [x, y], type: shell, with: { run: [ssh, "\${{ each + vars.none }}"], reads: yes } }
`),
      ),
    ).toMatchInlineSnapshot(`
      "a.yaml:5:163  RB269  \`each\` has no field "hots"
         5 | …ame: s1, host: a }, { name: s2, host: b }, { name: s3, host: c }], key: "\${{ each.name }}", type: shell, with: { run: [ssh, "\${{ each.hots }}"], reads: true } }
           |                                                                                                                                        ^^^^
        Did you mean "host"?  Fields: name, host
      a.yaml:6:82  RB303  There is no var "none"
         6 |   - { id: so, for_each: [x, y], type: shell, with: { run: [ssh, "\${{ each + vars.none }}"], reads: yes } }
           |                                                                                  ^^^^
        Declare it under \`vars\`"
    `);
  });
});

describe('references', () => {
  test('inside of the loop, outside by item, and all of them', async () => {
    const { plan } = await loadSteps(`
  - { id: ro, for_each: [x, y], ${READ}, verify: [{ type: shell, with: { run: [test, "\${{ steps.ro.output.code }}"], reads: true } }] }
  - { id: one, type: shell, with: { run: [echo, "\${{ steps['ro'].items['y'].output.stdout }}"], reads: true } }
  - { id: go, type: gate, with: { require: [ro, one], criteria: ["steps.ro.items.all(k, steps.ro.items[k].output.code == 0)"] } }
`);
    expect(plan.steps['ro[x]']).toMatchObject({
      verify: [{ with: { run: ['test', { $template: [{ expr: 'steps["ro[x]"].output.code' }] }] } }],
    });
    expect(plan.steps.one).toMatchObject({ act: { reads: ['ro[y]'] } });
    expect(plan.steps.go).toMatchObject({
      require: ['ro[x]', 'ro[y]', 'one'],
      criteria: [
        '{"x": {"output": steps["ro[x]"].output}, "y": {"output": steps["ro[y]"].output}}.all(k, {"x": {"output": steps["ro[x]"].output}, "y": {"output": steps["ro[y]"].output}}[k].output.code == 0)',
      ],
      // What an operator reads is the file.
      criteriaAsWritten: ['steps.ro.items.all(k, steps.ro.items[k].output.code == 0)'],
    });
  });
});
