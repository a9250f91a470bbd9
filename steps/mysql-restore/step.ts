import * as z from 'zod';
import { defineStep } from '../../engine/step.ts';
import { absolutePath } from '../_work/path.ts';

const ofTheServer = /^(mysql|sys|information_schema|performance_schema)$/i;

const input = z.strictObject({
  path: absolutePath.describe('The dump, at the place the step runs on'),
  database: z
    .string()
    .regex(/^[A-Za-z0-9_]{1,64}$/, 'Letters, digits and underscores, such as trading_journal_scratch')
    .refine((name) => !ofTheServer.test(name), "A database of the server's own is never restored into")
    .describe("A scratch database: made by this step, never the target's own"),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'A SHA-256 in lower-case hex')
    .meta({ examples: ['0'.repeat(64)] })
    .optional()
    .describe("The dump's, from the step that wrote it: compared before anything is made"),
  replace: z
    .boolean()
    .default(false)
    .describe('Drop a scratch database that an earlier mysql.restore made; no other is ever dropped'),
  keep: z.boolean().default(true).describe('false: the scratch database is dropped once it has been counted'),
});

const output = z.strictObject({
  database: z.string(),
  /** Base tables of the dump with their exact number of rows. */
  tables: z.record(z.string(), z.int()),
  /** Of all tables. */
  rows: z.int(),
  seconds: z.number(),
  /** What the restore does not prove, in words. */
  unproven: z.array(z.string()).default([]),
});

export const restoreBefore = z.strictObject({ existed: z.boolean() });

export type MysqlRestoreInput = z.output<typeof input>;
export type MysqlRestoreOutput = z.output<typeof output>;
export type MysqlRestoreBefore = z.output<typeof restoreBefore>;
export const restoreOutput = output;

export const mysqlRestore = defineStep({
  type: 'mysql.restore',
  summary:
    'Proves that the tables of a dump can be restored: restores it into a scratch database of its own on the same server and counts every row. Routines, triggers and views are made and not called; `unproven` in the output names what is not proven by that, such as prepared XA transactions and what other databases have. A dump that names other databases is refused; its events are left out, since they would run. The undo drops the scratch database.',
  input,
  output,
  before: restoreBefore,
  examples: [
    {
      title: 'The dump can be restored',
      with: { path: '/var/backups/trading_journal.sql', database: 'trading_journal_scratch' },
    },
    {
      title: 'Only proven, in the place of an earlier rehearsal',
      with: { path: '/var/backups/trading_journal.sql', database: 'proof', replace: true, keep: false },
    },
  ],
  targets: ['mysql'],
  places: ['local', 'ssh'],
  // Each attempt drops what the one before it left half restored.
  onUnknown: 'rerun',
  undoes: true,
  effects: () => 'write',
  preview: ({ path, database, keep }) =>
    `mysql ${database} < ${path}, count its rows${keep ? '' : `, drop ${database}`}`,
});
