import * as z from 'zod';
import { defineStep } from '../../engine/step.ts';
import { absolutePath, octalMode } from '../_work/path.ts';
import { supervised } from '../_work/work-before.ts';

const input = z.strictObject({
  path: absolutePath.describe('Where the dump is to be; never overwritten. The folder must exist'),
  tables: z.array(z.string().min(1)).min(1).optional().describe('Default: the whole database'),
  mode: octalMode.default('0600'),
});

const output = z.strictObject({
  path: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  /** Base tables whose definition is in the dump. */
  tables: z.array(z.string()),
  /** The dump's own first words: which tool wrote it, from which server. */
  tool_version: z.string(),
});

export const dumpBefore = z.strictObject({ existed: z.boolean(), supervised });

export type MysqlDumpInput = z.output<typeof input>;
export type MysqlDumpOutput = z.output<typeof output>;
export type MysqlDumpBefore = z.output<typeof dumpBefore>;

export const mysqlDump = defineStep({
  type: 'mysql.dump',
  summary:
    'Dumps a database with mysqldump on the place it runs on: one consistent snapshot with routines, triggers and events. The file appears only when its last line and its tables have been checked. The undo removes it.',
  input,
  output,
  before: dumpBefore,
  examples: [
    { title: 'The last dump before the cutover', with: { path: '/var/backups/trading_journal.sql' } },
    {
      title: 'Two tables only',
      with: { path: '/var/backups/people.sql', tables: ['users', 'accounts'], mode: '0640' },
    },
  ],
  targets: ['mysql'],
  places: ['local', 'ssh'],
  // Each attempt writes a file of its own and never replaces a finished one.
  onUnknown: 'rerun',
  undoes: true,
  onInterrupt: () => 'leave',
  effects: () => 'write',
  traits: () => ({ backup: true }),
  preview: ({ path, tables }) =>
    `mysqldump --single-transaction --routines --triggers --events --hex-blob ${tables ? `[${tables.join(' ')}] ` : ''}> ${path}`,
});
