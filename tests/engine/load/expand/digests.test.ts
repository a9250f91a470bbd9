/** An item more is a step more: what the others do has not changed, so that a run may be resumed with it. */
import { expect, test } from 'vitest';
import type { Plan } from '../../../../engine/plan.ts';
import { fc } from '../../../support/property.ts';
import { loadText } from './loaded.ts';

const runbook = (keys: readonly string[], mode: string): string =>
  JSON.stringify({
    version: 1,
    name: 'a',
    targets: { 'db-${{ each }}': { for_each: keys, type: 'db', host: '${{ each }}.example', password: 'x' } },
    steps: [
      { id: 'first', for_each: keys, mode, type: 'put', with: { path: '/${{ each }}', from: 'a' } },
      {
        id: 'sections',
        for_each: keys.map((name) => ({ name, host: `h-${name}` })),
        key: '${{ each.name }}',
        mode,
        group: [
          { id: 'ro', type: 'query', target: 'db-${{ each.name }}', with: { sql: 'select 1' } },
          {
            id: 'look',
            name: 'Look at ${{ each.name }}',
            type: 'shell',
            with: { run: ['echo', '${{ each.host }}', "${{ steps['ro'].output.count }}"], reads: true },
            verify: [
              { type: 'shell', with: { run: ['test', '${{ steps.look.output.code }}'], reads: true } },
            ],
          },
        ],
      },
    ],
  });

const digestsOf = ({ steps }: Plan): Record<string, unknown> =>
  Object.fromEntries(Object.values(steps).map(({ id, digest }) => [id, digest]));

const keys = fc.uniqueArray(fc.constantFrom('s1', 's2', 's3', 's4', 's5', 's6', 's7'), { minLength: 2 });

test('adding or moving an item changes no digest of the others', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(keys, fc.constantFrom('serial', 'parallel'), fc.nat(6), async (all, mode, out) => {
      const without = all.filter((_, i) => i !== out % all.length).toReversed();
      const more = digestsOf((await loadText(runbook(all, mode))).plan);
      const fewer = digestsOf((await loadText(runbook(without, mode))).plan);
      expect(Object.keys(fewer)).toHaveLength(without.length * 3);
      expect(more).toMatchObject(fewer);
    }),
    { numRuns: 40 },
  );
});
