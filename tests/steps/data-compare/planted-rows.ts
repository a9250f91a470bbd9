/** Rows of `everything` for both sides, and what is different between them. The same seed gives the same rows. */
import type { Difference } from '../../../steps/data-compare/step.ts';
import { fc } from '../../support/property.ts';
import { type GeneratedRow, type Given, isSameGiven, rowOf, shapes } from './generated-rows.ts';

export interface Planted {
  /** Of MySQL. */
  readonly rows: readonly GeneratedRow[];
  /** Of Postgres. */
  readonly others: readonly GeneratedRow[];
  readonly planted: readonly Difference[];
}

const table = 'everything';

const differing = ({ key, number }: GeneratedRow, column: string): Difference => ({
  table,
  key: `${key}, ${number}`,
  what: 'differing',
  column,
});

const changed = (row: GeneratedRow, at: number, side: 'mysql' | 'postgres', to: unknown): GeneratedRow => ({
  ...row,
  values: row.values.map((value, i): Given => (i === at ? { ...value, [side]: to } : value)),
});

const indexOf = (name: string): number => shapes.findIndex((shape) => shape.name === name);

/** Two texts of one row in each other's column. */
const swapped = (row: GeneratedRow, a: number, b: number): GeneratedRow => ({
  ...row,
  values: row.values.map((value, i) => row.values[i === a ? b : i === b ? a : i] ?? value),
});

const missing = 20;
const extra = 20;
const turned = 10;
const exchanged = 5;
const equal = 60;

/** `count` of them: every near value of each type, then values at random; rows of one side only; what changed places. */
export const plantedRows = (seed: number, count: number): Planted => {
  const made = fc.sample(
    fc.uniqueArray(rowOf, {
      minLength: count + equal,
      maxLength: count + equal,
      selector: ({ key, number }) => `${number} ${key}`,
    }),
    { seed, numRuns: 1 },
  )[0]!;
  const left = [...made];
  const take = (n: number): readonly GeneratedRow[] => left.splice(0, n);
  const rows: GeneratedRow[] = [];
  const others: GeneratedRow[] = [];
  const planted: Difference[] = [];
  const plant = (row: GeneratedRow, other: GeneratedRow, ...what: readonly Difference[]) => {
    rows.push(row);
    others.push(other);
    planted.push(...what);
  };

  for (const row of take(missing)) {
    rows.push(row);
    planted.push({ table, key: `${row.key}, ${row.number}`, what: 'missing', column: null });
  }
  for (const row of take(extra)) {
    others.push(row);
    planted.push({ table, key: `${row.key}, ${row.number}`, what: 'extra', column: null });
  }
  const [words, note] = [indexOf('words'), indexOf('note')];
  for (const [i, row] of take(turned).entries()) {
    const said = changed(changed(row, words, 'mysql', `left ${i}`), words, 'postgres', `left ${i}`);
    const both = changed(changed(said, note, 'mysql', `right ${i}`), note, 'postgres', `right ${i}`);
    plant(both, swapped(both, words, note), differing(row, 'words'));
  }
  for (let i = 0; i < exchanged; i++) {
    const [a, b] = take(2).map((row, n) =>
      changed(changed(row, 0, 'mysql', 1000 + n), 0, 'postgres', 1000 + n),
    ) as [GeneratedRow, GeneratedRow];
    plant(a, { ...b, key: a.key, number: a.number }, differing(a, 'int'));
    plant(b, { ...a, key: b.key, number: b.number }, differing(b, 'int'));
  }

  const near = shapes.flatMap(({ name, near: pairs }, at) => pairs.map((pair) => ({ name, at, pair })));
  const rest = count - planted.length;
  if (near.length > rest) throw new Error(`${near.length} near values, room for ${rest}`);
  for (const { name, at, pair } of near) {
    const [row] = take(1) as [GeneratedRow];
    plant(changed(row, at, 'mysql', pair[0]), changed(row, at, 'postgres', pair[1]), differing(row, name));
  }
  for (const [i, row] of take(rest - near.length).entries()) {
    const at = i % shapes.length;
    const { name, values } = shapes[at]!;
    const was = row.values[at]!;
    const [will] = fc.sample(
      values.filter((value) => !isSameGiven(was, value)),
      { seed: seed + i, numRuns: 1 },
    );
    plant(row, changed(row, at, 'postgres', will!.postgres), differing(row, name));
  }
  for (const row of left) plant(row, row);
  return { rows, others, planted };
};
