/** Three hundred planted differences of all kinds, in rows beside equal ones: each is found and named, and no other. */
import { expect, test } from 'vitest';
import { bothDigests, differingBuckets } from '../../../steps/data-compare/digests.ts';
import { matchTable } from '../../../steps/data-compare/match-table.ts';
import { inSnapshots } from '../../../steps/data-compare/sessions.ts';
import type { Difference } from '../../../steps/data-compare/step.ts';
import { useLab } from '../../support/lab.ts';
import { seed } from '../../support/seed.ts';
import { inputOf } from './both-sides.ts';
import { type Documents, documents, useDocuments } from './documents.ts';
import { useShapes } from './every-shape.ts';
import { useMappedPeople } from './mapped-people.ts';
import { plantedRows } from './planted-rows.ts';

const lab = await useLab();

const sorted = (differences: readonly Difference[]): readonly string[] =>
  differences.map((d) => `${d.table} ${d.key} ${d.what} ${d.column ?? ''}`).toSorted();

test('300 planted differences are all found, and nothing else is', { timeout: 120_000 }, async () => {
  const both = await useShapes(lab);
  const { rows, others, planted } = plantedRows(seed, 250);
  await both.fill(rows, others);
  const inDocuments: Documents = await useDocuments(both, documents);
  const inPeople = await useMappedPeople(both);
  const all = [...planted, ...inDocuments.planted, ...inPeople.planted];
  expect(all).toHaveLength(300);

  const everything = { table: 'everything', key: ['key', 'number'] };
  const given = {
    id_map: { table: 'migration.id_map' },
    tables: [everything, inDocuments.table, inPeople.table],
    range: 100,
    max_differences: 1000,
  };
  const output = await both.found(given);
  expect(sorted(output.first)).toEqual(sorted(all));
  expect(output.mismatches).toBe(300);

  // A checksum that misses one is hidden by its neighbours: here each key has a bucket of its own.
  const input = inputOf({ ...given, tables: [everything] });
  const buckets = await inSnapshots(both.sides, both.ctx, async (sessions) => {
    const found = await matchTable(sessions, input.tables[0]!, input);
    if (!('plan' in found)) throw new Error(JSON.stringify(found));
    const { here, there } = await bothDigests(sessions, found.plan, 5, (sql) => sql);
    return { all: here.buckets.size, differing: differingBuckets(here, there).length };
  });
  // Of some 320 keys in a million buckets, two share one in one run of twenty.
  expect(buckets.differing).toBeGreaterThanOrEqual(planted.length - 2);
});
