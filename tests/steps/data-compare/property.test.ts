/** Whatever two databases hold: equal rows have equal checksums, and one cell that differs is found and named. */

import { expect, test } from 'vitest';
import { bothDigests, differingBuckets } from '../../../steps/data-compare/digests.ts';
import { matchTable } from '../../../steps/data-compare/match-table.ts';
import { inSnapshots } from '../../../steps/data-compare/sessions.ts';
import { useLab } from '../../support/lab.ts';
import { fc } from '../../support/property.ts';
import { inputOf } from './both-sides.ts';
import { useShapes } from './every-shape.ts';
import { generatedRows, isSameGiven, mutation, shapes } from './generated-rows.ts';

const lab = await useLab();

const names = shapes.map(({ name }) => name);

const given = { tables: [{ table: 'everything', key: ['key', 'number'] }], range: 100 };
const input = inputOf(given);

const replay = process.env.FC_SEED;
const parameters = {
  numRuns: 40,
  endOnFailure: true,
  ...(replay !== undefined && { seed: Number(replay) }),
};

test('equal rows have equal checksums, and no row travels', { timeout: 120_000 }, async () => {
  const { fill, sides, ctx } = await useShapes(lab);
  const differing = (chars: number) =>
    inSnapshots(sides, ctx, async (sessions) => {
      const found = await matchTable(sessions, input.tables[0]!, input);
      if (!('plan' in found)) throw new Error(JSON.stringify(found));
      const { here, there } = await bothDigests(sessions, found.plan, chars, (sql) => sql);
      return differingBuckets(here, there);
    });
  await fc.assert(
    fc.asyncProperty(generatedRows, fc.nat(3), async (rows, chars) => {
      await fill(rows);
      expect(await differing(chars)).toEqual([]);
    }),
    parameters,
  );
});

test('one cell that differs is found and named by key and column', { timeout: 120_000 }, async () => {
  const { fill, fresh, found } = await useShapes(lab);
  await fc.assert(
    fc.asyncProperty(generatedRows, mutation, async (rows, change) => {
      const row = rows[change.row % rows.length]!;
      const column = change.column % shapes.length;
      const [was, will] = [row.values[column]!, change.to[column]!];
      fc.pre(!isSameGiven(was, will));
      await fill(rows);
      const name = names[column]!;
      await fresh.ask(`UPDATE everything SET "${name}" = $1 WHERE key = $2 AND number = $3`, [
        will.postgres,
        row.key,
        row.number,
      ]);
      expect(await found(given)).toMatchObject({
        mismatches: 1,
        tables: { everything: { rows: rows.length, differing: 1, missing: 0, extra: 0 } },
        first: [{ table: 'everything', key: `${row.key}, ${row.number}`, what: 'differing', column: name }],
      });
    }),
    parameters,
  );
});
