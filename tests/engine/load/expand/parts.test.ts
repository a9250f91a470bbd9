/** Parts: their steps in place of the entry that uses them, closed but for their inputs and outputs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DiagnosticError } from '../../../../engine/diagnostic.ts';
import { loadRunbook } from '../../../../engine/load/load.ts';
import type { Plan } from '../../../../engine/plan.ts';
import { fakeRegistry } from '../../../support/registry.ts';

const switchPart = `inputs:
  site: { type: string, required: true }
  token: { type: string, required: true }
  before: { type: int, default: 0 }
  wait: { type: duration, default: 30s }
  lead: { type: string, default: lead }
  place: { type: string, default: web }
steps:
  - id: show
    name: "Show \${{ inputs.site }}"
    type: shell
    run_on: "\${{ inputs.place }}"
    timeout: "\${{ inputs.wait }}"
    with: { reads: true, run: [echo, "\${{ inputs.site }}", "\${{ string(inputs.before + 1) }}"], env: { T: "\${{ inputs.token }}" } }
  - id: ask
    type: gate
    with: { require: [show], criteria: ["steps['show'].output.code == 0"], prompt: "\${{ inputs.site }}?", approvers: ["\${{ inputs.lead }}"] }
  - { uses: ./parts/look.yaml, id: deep, with: { code: "\${{ steps['show'].output.code }}" } }
outputs:
  code: steps['deep'].output.code
  said: "\${{ steps['show'].output.stdout }}"
`;
const lookPart = `inputs: { code: { type: int, required: true } }
steps:
  - { id: look, type: shell, with: { reads: true, run: [echo, "\${{ string(inputs.code) }}"] } }
outputs: { code: "inputs.code + steps['look'].output.code" }
`;

const head = `version: 1
name: r
vars:
  sites: { type: list, items: string, default: [north, south] }
secrets: { token: { env: TOKEN } }
targets: { web: { type: place, host: web.example.org } }
approvers: { lead: { name: Lead } }
steps:
  - { id: count, type: shell, with: { reads: true, run: [x] } }
`;

const load = (steps: string, parts: Record<string, string> = { switch: switchPart, look: lookPart }) => {
  const dir = mkdtempSync(join(tmpdir(), 'runbook-parts-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  mkdirSync(join(dir, 'parts'));
  for (const [name, text] of Object.entries(parts)) writeFileSync(join(dir, 'parts', `${name}.yaml`), text);
  writeFileSync(join(dir, 'r.yaml'), head + steps);
  return loadRunbook(join(dir, 'r.yaml'), { registry: fakeRegistry, varsFiles: [], vars: {} });
};

const problemsOf = (loading: Promise<unknown>) =>
  loading.then(
    () => [],
    (error: unknown) => {
      if (error instanceof DiagnosticError) return error.diagnostics;
      throw error;
    },
  );

const actOf = ({ steps }: Plan, id: string) => {
  const step = steps[id];
  if (step?.kind !== 'act') throw new Error(`no act ${id}`);
  return step.act;
};

const one = `  - uses: ./parts/switch.yaml
    id: traffic
    with: { site: north, token: "\${{ secrets.token }}", before: "\${{ steps.count.output.code }}" }
`;

test('the steps of a part stand in place of its use, with its id before theirs', async () => {
  const { plan } = await load(
    `${one}  - { id: go, type: gate, with: { require: [traffic], criteria: ["steps['traffic'].output.code == 0"] } }\n`,
  );
  expect(Object.keys(plan.steps)).toEqual([
    'count',
    'traffic/show',
    'traffic/ask',
    'traffic/deep/look',
    'go',
  ]);
  const show = actOf(plan, 'traffic/show');
  expect(plan.steps['traffic/show']).toMatchObject({ name: 'Show north', line: 10 });
  expect(show).toMatchObject({ runOn: 'web', timeoutMs: 30_000, reads: ['count'] });
  expect(show.with).toMatchObject({
    run: ['echo', 'north', { $expr: 'string(steps.count.output.code + 1)' }],
    env: { T: { secret: [{ name: 'token' }] } },
  });
  expect(plan.steps['traffic/ask']).toMatchObject({
    require: ['traffic/show'],
    criteria: ['steps["traffic/show"].output.code == 0'],
    prompt: 'north?',
    approvers: ['lead'],
  });
  expect(plan.steps.go).toMatchObject({
    require: ['traffic/show', 'traffic/ask', 'traffic/deep/look'],
    criteria: ['((steps["traffic/show"].output.code + steps["traffic/deep/look"].output.code)) == 0'],
  });
});

test('a part in a loop is there for each item, and its outputs are a map by key', async () => {
  const { plan } = await load(`  - uses: ./parts/look.yaml
    id: sites
    for_each: "\${{ vars.sites }}"
    mode: parallel
    with: { code: "\${{ size(each) }}" }
  - id: go
    type: gate
    with:
      criteria:
        - steps['sites'].items['north'].output.code == 5
        - steps['sites'].items.all(k, steps['sites'].items[k].output.code > 0)
`);
  expect(plan.entries[1]).toMatchObject({
    kind: 'parallel',
    steps: ['sites[north]/look', 'sites[south]/look'],
  });
  expect(actOf(plan, 'sites[south]/look').with).toMatchObject({ run: ['echo', '5'] });
  const north = '(5 + steps["sites[north]/look"].output.code)';
  expect(plan.steps.go).toMatchObject({ criteria: [`${north} == 5`, expect.stringContaining('.all(k, ')] });
});

test('its content belongs to the plan', async () => {
  const before = await load(one);
  const after = await load(one, { switch: switchPart.replace('[echo,', '[printf,'), look: lookPart });
  expect(Object.keys(before.plan.files)).toEqual(['./parts/look.yaml', './parts/switch.yaml']);
  expect(after.plan.files['./parts/look.yaml']).toBe(before.plan.files['./parts/look.yaml']);
  expect(after.plan.files['./parts/switch.yaml']).not.toBe(before.plan.files['./parts/switch.yaml']);
  const forward = ({ plan }: typeof before, id: string) => plan.steps[id]?.digest.forward;
  expect(forward(after, 'traffic/show')).not.toBe(forward(before, 'traffic/show'));
  expect(forward(after, 'traffic/deep/look')).toBe(forward(before, 'traffic/deep/look'));
  const comment = await load(one, { switch: `# a comment\n${switchPart}`, look: lookPart });
  expect(forward(comment, 'traffic/show')).toBe(forward(before, 'traffic/show'));
});

test('what is wrong in a part is told once, with the places that use it', async () => {
  const wrong = lookPart.replace('reads: true', 'reeds: true');
  const problems = await problemsOf(
    load(`${one}  - { uses: ./parts/look.yaml, id: again, with: { code: 1 } }\n`, {
      switch: switchPart,
      look: wrong,
    }),
  );
  expect(problems.map(({ code, position }) => [code, position?.line, position?.usedFrom])).toEqual([
    ['RB201', 3, expect.stringMatching(/switch\.yaml:18, used from .*r\.yaml:10$/)],
  ]);
});

test('parts that multiply are bounded', async () => {
  const doubled = (next: string) =>
    `steps:\n${['a', 'b', 'c', 'd'].map((id) => `  - { uses: ./parts/${next}.yaml, id: ${id} }\n`).join('')}`;
  const names = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'];
  const parts = Object.fromEntries(
    names.map((name, i) => [
      name,
      i === names.length - 1
        ? 'steps:\n  - { id: x, type: shell, with: { reads: true, run: [x] } }\n'
        : doubled(`p${i + 1}`),
    ]),
  );
  const problems = await problemsOf(load('  - { uses: ./parts/p0.yaml, id: all }\n', parts));
  expect(problems.map(({ code, data }) => [code, data])).toEqual([
    ['RB250', { path: './parts/p5.yaml', fault: { kind: 'too-many', limit: 1000 } }],
  ]);
});
