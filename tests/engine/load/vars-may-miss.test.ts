/** A reviewer compares runbooks without the values of an environment. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadRunbook } from '../../../engine/load/load.ts';
import { fakeRegistry } from '../../support/registry.ts';

const load = (steps: string) => {
  const dir = mkdtempSync(join(tmpdir(), 'runbook-vars-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'r.yaml');
  writeFileSync(
    path,
    `version: 1\nname: r\nvars:\n  site: { type: string, required: true }\n  wait: { type: duration, required: true }\nsteps:\n${steps}`,
  );
  return loadRunbook(path, { registry: fakeRegistry, varsFiles: [], vars: {}, varsMayMiss: true });
};

test('a var without a value stays an expression in the input of a step', async () => {
  const { plan, undecidedVars } = await load(
    '  - { id: a, type: shell, with: { reads: true, run: [curl, "https://${{ vars.site }}/"] } }\n',
  );
  const step = plan.steps.a;
  expect(step?.kind === 'act' && step.act.with).toEqual({
    reads: true,
    run: ['curl', { $template: ['https://', { expr: 'vars.site' }, '/'] }],
  });
  expect(undecidedVars).toEqual(['site', 'wait']);
});

test('where the plan itself needs it, it is asked for: nothing is left out of the plan', async () => {
  await expect(
    load('  - { id: a, type: shell, timeout: "${{ vars.wait }}", with: { reads: true, run: [x] } }\n'),
  ).rejects.toMatchObject({ diagnostics: [{ code: 'RB314', data: { name: 'wait', type: 'duration' } }] });
});
