/** The schemas that mysql.query and postgres.query share. */
import * as z from 'zod';
import type { Json } from '../../../engine/plan.ts';
import { type ReadText, secretable, type Traits } from '../../../engine/step.ts';

// Values reach a statement as parameters only: text pasted into SQL is an injection waiting for its night.
const statement = z.string().trim().min(1).meta({ literal: true });

export const queryInput = z
  .strictObject({
    sql: statement.describe('One statement; values go by params'),
    params: z
      .array(z.union([z.number(), z.boolean(), z.null(), secretable]))
      .default([])
      .describe('Values of the statement, in order'),
    effects: z
      .enum(['read', 'write'])
      .default('read')
      .describe('read: a statement that only reads, in a READ ONLY transaction. write: in one transaction'),
    transaction: z
      .boolean()
      .default(true)
      .describe(
        'false: a write outside a transaction, for what the server takes in none (VACUUM, ALTER SYSTEM, CREATE DATABASE, SET GLOBAL read_only). Nothing of it is rolled back',
      ),
    expect: z
      .strictObject({
        rows: z.int().nonnegative().optional().describe('So many rows come back'),
        affected: z
          .int()
          .nonnegative()
          .optional()
          .describe('So many rows are changed; else all is rolled back'),
        value: z
          .union([z.string(), z.number(), z.boolean(), z.null()])
          .optional()
          .describe('The first column of the first row. Decimals are strings'),
      })
      .default({})
      .describe('What the answer must be, or the step fails'),
    max_rows: z
      .int()
      .positive()
      .max(10_000)
      .default(100)
      .describe('Rows kept in the output; all are counted'),
    probe: statement
      .optional()
      .describe(
        'For a write: a read whose first value is true once it has happened; asked after a lost outcome',
      ),
    trust_read: z
      .boolean()
      .default(false)
      .describe(
        'For a read that the parser does not know, and only for such: you vouch that it changes nothing. The dry run does not send it',
      ),
  })
  .refine((w) => w.effects === 'write' || (w.probe === undefined && w.expect.affected === undefined), {
    message: 'probe and expect.affected belong to effects: write',
    path: ['effects'],
  })
  .refine((w) => w.transaction || w.effects === 'write', {
    message: 'A read always has a transaction, which makes it READ ONLY',
    path: ['transaction'],
  })
  .refine((w) => w.transaction || Object.values(w.expect).every((value) => value === undefined), {
    message: 'Outside a transaction nothing is rolled back: look at the result by `verify`',
    path: ['expect'],
  });

const json: z.ZodType<Json> = z.json();

export const queryOutput = z.strictObject({
  rows: z.array(z.record(z.string(), json)),
  row_count: z.int(),
  /** null: not known, since the outcome was learned from the probe. */
  affected_rows: z.int().nullable(),
});

export type QueryInput = z.output<typeof queryInput>;
export type QueryOutput = z.output<typeof queryOutput>;

export const readTexts = ({
  sql,
  effects,
  transaction,
  probe,
  trust_read,
}: QueryInput): readonly ReadText[] => [
  ...(effects === 'read' ? [{ text: sql, path: ['sql'], trusted: trust_read }] : []),
  ...(effects === 'write' && transaction ? [{ text: sql, path: ['sql'], as: 'transaction' as const }] : []),
  ...(probe === undefined ? [] : [{ text: probe, path: ['probe'], trusted: trust_read }]),
];

export const queryTraits = ({ sql, effects, expect, probe }: QueryInput): Traits => {
  if (effects === 'read') return {};
  const expects = Object.keys(expect).length > 0;
  return {
    writes: [{ text: sql, path: ['sql'] }],
    ...(!expects && probe === undefined && { unproven: true }),
    ...(probe === undefined && { unprobed: true }),
  };
};

export const previewQuery = ({ sql, effects, transaction, params }: QueryInput): string => {
  const line = sql.replaceAll(/\s+/g, ' ');
  const shown = params.map((value) =>
    typeof value === 'object' && value !== null
      ? value.secret.map((part) => (typeof part === 'string' ? part : `[${part.name}]`)).join('')
      : JSON.stringify(value),
  );
  return `${effects}${transaction ? '' : ' outside a transaction'}: ${line}${shown.length > 0 ? ` (${shown.join(', ')})` : ''}`;
};
