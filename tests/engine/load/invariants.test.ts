/** `facts`, `sets` and `invariants` in the plan; what is wrong with them is in tests/bad-runbooks (RB260 and up). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadRunbook } from '../../../engine/load/load.ts';
import type { Plan } from '../../../engine/plan.ts';
import { fakeRegistry } from '../../support/registry.ts';

const planOf = async (top: string, sets: string): Promise<Plan> => {
  const dir = mkdtempSync(join(tmpdir(), 'invariants-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, 'dump.sql'), '');
  const path = join(dir, 'r.yaml');
  const step = `  - { id: dump, type: put, with: { path: /x, from: ./dump.sql }${sets} }`;
  writeFileSync(
    path,
    `version: 1\nname: r\nvars: { to: { type: string, default: none } }\n${top}steps:\n${step}\n`,
  );
  return (await loadRunbook(path, { registry: fakeRegistry, varsFiles: [], vars: {} })).plan;
};

const top = `facts: { site: old, share: 1.5 }
invariants:
  - { name: both, that: "facts.site != 'none' && facts.share > 1" }
  - { name: at each moment, that: "run.state != 'held' || !run.crossed", when: always, message: why }
`;

test('they are in the plan, with their places and the values of vars', async () => {
  const plan = await planOf(top, ', sets: { site: "${{ vars.to }}" }');
  expect(plan.facts).toEqual({ site: 'old', share: 1.5 });
  expect(plan.invariants).toEqual([
    { name: 'both', that: "facts.site != 'none' && facts.share > 1", when: 'end', message: null, line: 6 },
    {
      name: 'at each moment',
      that: "run.state != 'held' || !run.crossed",
      when: 'always',
      message: 'why',
      line: 7,
    },
  ]);
  expect(plan.steps.dump).toMatchObject({ sets: { site: 'none' } });
});

test('they change nothing that the run does: only the cosmetic digest of a step', async () => {
  const [bare, told] = [await planOf('', ''), await planOf(top, ', sets: { site: none }')];
  const [was, is] = [bare.steps.dump?.digest, told.steps.dump?.digest];
  expect(is?.forward).toBe(was?.forward);
  expect(is?.undo).toBe(was?.undo);
  expect(is?.cosmetic).not.toBe(was?.cosmetic);
  expect(Object.keys(bare)).not.toContain('facts');
  expect(Object.keys(bare.steps.dump ?? {})).not.toContain('sets');
});

test('a value that a wrong step would set is not missed', async () => {
  const broken = top.replace("facts.site != 'none'", "facts.site == 'new'");
  await expect(planOf(broken, ', sets: { site: new }, nonsense: 1')).rejects.toMatchObject({
    diagnostics: [{ code: 'RB201' }],
  });
  await expect(planOf(broken, '')).rejects.toMatchObject({ diagnostics: [{ code: 'RB261' }] });
});
