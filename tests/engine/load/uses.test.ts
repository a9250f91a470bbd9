/** Targets that a step names in its input, beside its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadRunbook } from '../../../engine/load/load.ts';
import type { PlanActStep } from '../../../engine/plan.ts';
import { fakeRegistry } from '../../support/registry.ts';

const step = async (
  input: string,
  { host = '127.0.0.2', via = '127.0.0.9', declared = 'other: { type: string, default: fresh }' } = {},
): Promise<PlanActStep> => {
  const folder = mkdtempSync(join(tmpdir(), 'uses-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'small.yaml');
  writeFileSync(
    path,
    `version: 1
name: small
vars: { ${declared} }
targets:
  vps: { type: place, host: ${via} }
  legacy: { type: db, host: 127.0.0.1, password: x }
  fresh: { type: db, host: ${host}, password: x, via: vps }
  site: { type: web, url: "http://localhost/" }
steps:
  - { id: same, type: compare, target: legacy, with: ${input} }
`,
  );
  const { plan } = await loadRunbook(path, { registry: fakeRegistry, varsFiles: [], vars: {} });
  const same = plan.steps.same;
  if (same?.kind !== 'act') throw new Error('no act');
  return same;
};

test('are in the plan, each once, also where a var names them', async () => {
  expect((await step('{ against: "${{ vars.other }}", also: [site, local, site] }')).act.uses).toEqual([
    'fresh',
    'site',
    'local',
  ]);
});

test('what they are belongs to what the step does', async () => {
  const of = async (options: Parameters<typeof step>[1]) =>
    (await step('{ against: fresh }', options)).digest.forward;
  const before = await of({});
  expect(await of({ declared: 'unused: { type: string, default: x }' })).toBe(before);
  expect(await of({ host: '127.0.0.3' })).not.toBe(before);
  expect(await of({ via: '127.0.0.8' })).not.toBe(before);
});
