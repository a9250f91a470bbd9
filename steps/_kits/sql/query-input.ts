/** The schemas that mysql.query and postgres.query share. */
import * as z from 'zod';
import type { Json } from '../../../engine/plan.ts';
import { type ReadText, type Secretable, secretable, type Traits } from '../../../engine/step.ts';
import { blanksIn, type Dialect, type Filling, fillIn, isSafeName } from './fill-in.ts';

// Values reach a statement as parameters only: text pasted into SQL is an injection that waits for its value.
const statement = z.string().trim().min(1).meta({ literal: true });
const params = z.array(z.union([z.number(), z.boolean(), z.null(), secretable])).default([]);
const blankName = z.string().regex(/^[A-Za-z]\w*$/, 'A letter, then letters, digits and _');

const before = z
  .strictObject({
    sql: statement.describe('One read'),
    params: params.describe('Values of the read, in order'),
  })
  .describe(
    'For a write: a read before it. Its first row is kept for `undo`; the step fails, and changes nothing, if there is none',
  );

const undo = z
  .strictObject({
    sql: statement.describe('One statement; {{before.COLUMN}} is a value of the row that `before` has read'),
    params: params.describe('Values of the statement, in order'),
    transaction: z.boolean().default(true).describe('false: outside a transaction, as for the step itself'),
  })
  .describe(
    'The statement that restores the state before. It is sent also where nothing is left to undo, so it must be harmless then',
  );

export const queryInput = z
  .strictObject({
    sql: statement.describe('One statement; values go by params'),
    params: params.describe('Values of the statement, in order'),
    names: z
      .record(
        blankName,
        z
          .string()
          .refine(isSafeName, '1 to 64 characters without quotes, backslashes and control characters'),
      )
      .default({})
      .describe('Names for the statements: {{NAME}} becomes the name in the quotes of the server'),
    literals: z
      .record(blankName, z.union([z.number(), z.boolean(), z.null(), secretable]))
      .default({})
      .describe(
        'Values for statements that take no params (SET GLOBAL, CREATE SUBSCRIPTION): {{NAME}} becomes the quoted value',
      ),
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
    before: before.optional(),
    undo: undo.optional(),
    trust_read: z
      .boolean()
      .default(false)
      .describe(
        'For a read that the parser does not know, and only for such: you vouch that it changes nothing. The dry run does not send it',
      ),
  })
  .refine(
    (w) =>
      w.effects === 'write' ||
      [w.probe, w.expect.affected, w.before, w.undo].every((given) => given === undefined),
    { message: 'probe, before, undo and expect.affected belong to effects: write', path: ['effects'] },
  )
  .refine((w) => w.transaction || w.effects === 'write', {
    message: 'A read always has a transaction, which makes it READ ONLY',
    path: ['transaction'],
  })
  .refine((w) => w.transaction || Object.values(w.expect).every((value) => value === undefined), {
    message: 'Outside a transaction nothing is rolled back: look at the result by `verify`',
    path: ['expect'],
  })
  .superRefine((w, issues) => {
    for (const { text, path } of statementsOf(w)) {
      const blank = blanksIn(text).find((name) => !isDeclared(w, name, path[0] === 'undo'));
      if (blank === undefined) continue;
      const message = blank.startsWith('before.')
        ? `{{${blank}}} stands for a value in \`undo.sql\`, of the row that \`before\` reads`
        : `{{${blank}}} has no value: give it under \`names\` or \`literals\``;
      issues.addIssue({ code: 'custom', message, path });
    }
    const used = new Set(statementsOf(w).flatMap(({ text }) => blanksIn(text)));
    for (const map of ['names', 'literals'] as const)
      for (const name of Object.keys(w[map])) {
        const twice = map === 'literals' && Object.hasOwn(w.names, name);
        const message = twice ? `"${name}" stands under \`names\` too` : `No statement has {{${name}}}`;
        if (twice || !used.has(name)) issues.addIssue({ code: 'custom', message, path: [map, name] });
      }
  });

interface Statements {
  readonly sql: string;
  readonly probe?: string | undefined;
  readonly before?: { readonly sql: string } | undefined;
  readonly undo?: { readonly sql: string } | undefined;
}

const statementsOf = ({ sql, probe, before, undo }: Statements) => [
  { text: sql, path: ['sql'] },
  ...(probe === undefined ? [] : [{ text: probe, path: ['probe'] }]),
  ...(before ? [{ text: before.sql, path: ['before', 'sql'] }] : []),
  ...(undo ? [{ text: undo.sql, path: ['undo', 'sql'] }] : []),
];

type Blanks = Pick<QueryInput, 'names' | 'literals'> & { readonly before?: unknown };

const isDeclared = ({ names, literals, before }: Blanks, name: string, inUndo: boolean): boolean =>
  name.startsWith('before.')
    ? inUndo && before !== undefined
    : Object.hasOwn(names, name) || Object.hasOwn(literals, name);

/** Of one blank; `row`: what `before` has read. */
const fillingOf =
  (
    { names, literals }: Blanks,
    reveal: (secret: Secretable) => string,
    row: { readonly [column: string]: Json },
  ) =>
  (blank: string): Filling | undefined => {
    const [, column] = /^before\.(.*)$/.exec(blank) ?? [];
    if (column !== undefined) return Object.hasOwn(row, column) ? { value: row[column] ?? null } : undefined;
    const name = names[blank];
    if (name !== undefined) return { name };
    const value = literals[blank];
    if (value === undefined) return undefined;
    return { value: typeof value === 'object' && value !== null ? reveal(value) : value };
  };

/** Its statements as they are sent. Throws StepFailed where a value cannot stand in one. */
export const filledIn = (
  input: QueryInput,
  dialect: Dialect,
  reveal: (secret: Secretable) => string,
  row: { readonly [column: string]: Json } = {},
): QueryInput => {
  const { sql, probe, before, undo } = input;
  const fill = (text: string) => fillIn(text, fillingOf(input, reveal, row), dialect);
  return {
    ...input,
    sql: fill(sql),
    ...(probe !== undefined && { probe: fill(probe) }),
    ...(before && { before: { ...before, sql: fill(before.sql) } }),
    ...(undo && { undo: { ...undo, sql: fill(undo.sql) } }),
  };
};

const json: z.ZodType<Json> = z.json();

export const queryOutput = z.strictObject({
  rows: z.array(z.record(z.string(), json)),
  row_count: z.int(),
  /** null: not known, since the outcome was learned from the probe. */
  affected_rows: z.int().nullable(),
});

export type QueryInput = z.output<typeof queryInput>;
export type QueryOutput = z.output<typeof queryOutput>;

/** The row that `before` has read; null: the step has no `before`. */
export const queryBefore = z.record(z.string(), json).nullable();
export type QueryBefore = z.output<typeof queryBefore>;

/** As they would be sent, with other values in place of secrets and of what is only known in the run. */
const asSent = (input: QueryInput, dialect: Dialect): QueryInput => {
  const columns = input.undo
    ? blanksIn(input.undo.sql).flatMap((name) => name.split('before.')[1] ?? [])
    : [];
  return filledIn(input, dialect, () => 'x', Object.fromEntries(columns.map((column) => [column, null])));
};

export const readTexts =
  (dialect: Dialect) =>
  (input: QueryInput): readonly ReadText[] => {
    const { sql, effects, transaction, probe, before, undo, trust_read: trusted } = asSent(input, dialect);
    const write = 'transaction' as const;
    return [
      ...(effects === 'read' ? [{ text: sql, path: ['sql'], trusted }] : []),
      ...(effects === 'write' && transaction ? [{ text: sql, path: ['sql'], as: write }] : []),
      ...(probe === undefined ? [] : [{ text: probe, path: ['probe'], trusted }]),
      ...(before ? [{ text: before.sql, path: ['before', 'sql'], trusted }] : []),
      ...(undo?.transaction ? [{ text: undo.sql, path: ['undo', 'sql'], as: write }] : []),
    ];
  };

export const queryTraits =
  (dialect: Dialect) =>
  (input: QueryInput): Traits => {
    const { sql, effects, expect, probe } = asSent(input, dialect);
    if (effects === 'read') return {};
    const expects = Object.keys(expect).length > 0;
    return {
      writes: [{ text: sql, path: ['sql'] }],
      ...(!expects && probe === undefined && { unproven: true }),
      ...(probe === undefined && { unprobed: true }),
    };
  };

const shownValue = (value: QueryInput['params'][number]): string =>
  typeof value === 'object' && value !== null
    ? value.secret.map((part) => (typeof part === 'string' ? part : `[${part.name}]`)).join('')
    : JSON.stringify(value);

export const previewQuery = ({ sql, effects, transaction, params, names, literals }: QueryInput): string => {
  const line = sql.replaceAll(/\s+/g, ' ').replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (blank, name: string) => {
    if (Object.hasOwn(names, name)) return names[name] ?? blank;
    const value = literals[name];
    return value === undefined ? blank : shownValue(value);
  });
  const shown = params.map(shownValue);
  return `${effects}${transaction ? '' : ' outside a transaction'}: ${line}${shown.length > 0 ? ` (${shown.join(', ')})` : ''}`;
};
