import * as z from 'zod';
import { defineStep } from '../../engine/step.ts';
import { kinds } from './kinds.ts';
import { toleranceOf } from './tolerance.ts';

const name = z.string().min(1);
const names = z.array(name).min(1);
// Read by the servers as it stands: a value pasted into SQL is an injection that waits for its value.
const condition = z.string().trim().min(1).meta({ literal: true });
const ownSqlMode = 'SQL conditions: which rows are meant. MySQL reads its own with an empty sql_mode';
const qualified = z
  .string()
  .regex(/^[^.]+(\.[^.]+)?$/, 'A table, or schema.table')
  .describe('A table, or schema.table');

const idMap = z
  .strictObject({
    table: qualified,
    entity: name.default('entity').describe('The column that says what the ids are of'),
    old: name.default('old_id').describe('The column of the old ids'),
    new: name.default('new_id').describe('The column of the new ids'),
  })
  .describe('A table of the other database, a Postgres, that maps new ids back to old ones');

const table = z.strictObject({
  table: name.describe("In the step's target"),
  as: qualified.optional().describe('In the other database; default: the same name'),
  key: names.describe('Columns that name a row: unique and never NULL on both sides'),
  ids: z.record(name, name).default({}).describe('Column: entity of the id map; compared as old ids'),
  columns: names
    .optional()
    .describe('Default: all. A column of one side only is an error unless it is ignored'),
  ignore: z
    .strictObject({
      target: z.array(name).default([]).describe("Columns of the step's target"),
      against: z.array(name).default([]).describe('Columns of the other database'),
    })
    .prefault({})
    .describe('Columns that are not compared'),
  rename: z
    .union([z.literal('lower'), z.record(name, name)])
    .default({})
    .describe(
      'Column of the target: column of the other database. lower: the other one has all names in lower case',
    ),
  where: z
    .strictObject({
      target: condition.optional().describe("As the target's server reads it"),
      against: condition.optional().describe('As the other server reads it'),
    })
    .default({})
    .describe(ownSqlMode),
  kinds: z
    .record(name, z.enum(kinds))
    .default({})
    .describe('What a column is compared as, where the two types do not tell'),
  tolerance: z
    .record(
      name,
      z
        .string()
        .refine(
          (text) => toleranceOf(text) !== null,
          'A number such as "0.01", or a duration such as "1m30s" or "1.5s"',
        ),
    )
    .default({})
    .describe('How far apart two values may be: a number, or a duration for date and time'),
  show: z
    .union([z.boolean(), names])
    .default(false)
    .describe(
      'Columns, or true for all, whose differing values the log and the screen may show; keys always',
    ),
  zero_date: z
    .null()
    .optional()
    .describe('null: a zero date of MySQL means NULL; counted. Default: a difference'),
});

const input = z
  .strictObject({
    against: name.describe('The other target: a mysql or postgres one'),
    id_map: idMap.optional(),
    tables: z.array(table).min(1).describe('The tables to compare'),
    expect: z
      .enum(['equal', 'any'])
      .default('equal')
      .describe('equal: fails on a difference. any: a gate reads `mismatches`'),
    max_differences: z
      .int()
      .min(1)
      .max(1000)
      .default(20)
      .describe('Differences told in full; all are counted'),
    range: z.int().min(100).max(1_000_000).default(5000).describe('Rows that one checksum is to cover'),
  })
  .refine((w) => w.id_map !== undefined || w.tables.every(({ ids }) => Object.keys(ids).length === 0), {
    message: 'Ids are mapped by an id map: give `id_map`',
    path: ['id_map'],
  })
  .refine((w) => new Set(w.tables.map((t) => t.table)).size === w.tables.length, {
    message: 'A table stands in the list twice',
    path: ['tables'],
  });

const compared = z.strictObject({
  /** In the target. */
  rows: z.int(),
  /** Rows that both have, with other values. */
  differing: z.int(),
  /** Rows that the other database does not have. */
  missing: z.int(),
  /** Rows that only the other database has. */
  extra: z.int(),
  /** Values that `zero_date` took for NULL. */
  zero_dates: z.int(),
  seconds: z.number(),
});

export const difference = z.strictObject({
  table: z.string(),
  /** Old ids; the parts of a key of several columns joined by `, `. */
  key: z.string(),
  what: z.enum(['differing', 'missing', 'extra']),
  /** The first that differs; null: the row is missing or extra. */
  column: z.string().nullable(),
});

export const tableResult = z.strictObject({ ...compared.shape, first: z.array(difference) });

const output = z.strictObject({
  tables: z.record(z.string(), compared),
  rows: z.int(),
  mismatches: z.int(),
  first: z.array(difference),
  seconds: z.number(),
});

export type CompareInput = z.output<typeof input>;
export type TableInput = z.output<typeof table>;
export type IdMap = z.output<typeof idMap>;
export type Difference = z.output<typeof difference>;
export type TableResult = z.output<typeof tableResult>;
export type CompareOutput = z.output<typeof output>;

export const dataCompare = defineStep({
  type: 'data.compare',
  summary:
    'Proves that two databases hold the same rows: any two of MySQL, MariaDB and Postgres. Each server computes SHA-256 checksums of its own rows in one canonical form, in one snapshot and one scan; rows travel only where checksums differ. DATETIME is UTC, text is compared byte by byte, NULL is not the empty text. Differing values are not shown unless `show` says so. Column names are those of the target.',
  input,
  output,
  examples: [
    {
      title: 'Two tables with the same ids',
      with: {
        against: 'supabase_db',
        tables: [
          { table: 'users', key: ['id'] },
          { table: 'trade_tags', key: ['tradeId', 'tagId'] },
        ],
      },
    },
    {
      title: 'Ids that have become UUIDs, a price that may be a cent off, a count for a gate',
      with: {
        against: 'supabase_db',
        id_map: { table: 'migration.id_map' },
        tables: [
          {
            table: 'trades',
            key: ['id'],
            ids: { id: 'trades', userId: 'users' },
            ignore: { against: ['migratedAt'] },
            tolerance: { realizedPnlUsd: '0.01' },
            zero_date: null,
          },
        ],
        expect: 'any',
      },
    },
    {
      title: 'Two servers of one kind, as after a major upgrade',
      with: { against: 'new_db', tables: [{ table: 'orders', key: ['id'] }] },
    },
  ],
  targets: ['mysql', 'postgres'],
  places: ['local'],
  onUnknown: 'rerun',
  effects: () => 'read',
  reads: ({ tables, against }) =>
    tables.flatMap(({ where }, i) =>
      (['target', 'against'] as const).flatMap((side) => {
        const condition = where[side];
        const text = `SELECT 1 FROM t WHERE (${condition}\n)`;
        const path = ['tables', i, 'where', side];
        return condition === undefined
          ? []
          : [{ text, path, ...(side === 'against' && { target: against }) }];
      }),
    ),
  uses: ({ against }) => [{ target: against, kinds: ['mysql', 'postgres'], path: ['against'] }],
  preview: ({ against, tables }) =>
    `compare ${tables.map(({ table, as }) => (as === undefined ? table : `${table} with ${as}`)).join(', ')} with ${against}`,
});
