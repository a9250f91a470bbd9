/** The switchover as shipped, with the eleven sections of its example. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadRunbook } from '../../../engine/load/load.ts';
import { registry } from '../../../steps/index.ts';

const folder = new URL('../../../runbooks/site-switchover', import.meta.url).pathname;
const file = join(folder, 'switchover.yaml');

const planOf = async (vars: Readonly<Record<string, string>>) =>
  (
    await loadRunbook(file, {
      registry,
      varsFiles: [join(folder, 'vars', 'production.example.yaml')],
      vars,
    })
  ).plan;

test('it has fewer than 200 lines, for eleven sections', async () => {
  const plan = await planOf({ to: 'west' });
  expect(readFileSync(file, 'utf8').trimEnd().split('\n').length).toBeLessThan(200);
  const lanes = plan.entries.flatMap((each) => (each.kind === 'parallel' ? [each.lanes?.length] : []));
  expect(lanes).toContain(11);
  expect(plan.steps['sections[es1]/read-write']).toMatchObject({ kind: 'act' });
  expect(plan.spans).toMatchObject([{ id: 'read-only', limitMs: 180_000 }]);
  expect(plan.spans?.[0]?.from).toHaveLength(11);
});

test.for([
  ['west', 's1.east.example', 's1.west.example'],
  ['east', 's1.west.example', 's1.east.example'],
] as const)('to %s: from %s to %s', async ([to, from, onto]) => {
  const { targets } = await planOf({ to });
  expect(targets['from-s1']).toMatchObject({ config: { host: from } });
  expect(targets['to-s1']).toMatchObject({ config: { host: onto } });
});

test('a live test leaves out what users would see', async () => {
  const { leftOut } = await planOf({ to: 'west', live_test: 'true' });
  expect(leftOut?.map(({ id }) => id)).toEqual(['announce', 'traffic']);
});
