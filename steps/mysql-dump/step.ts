import * as z from 'zod';
import { defineStep } from '../../engine/step.ts';
import { dumpMode, dumpPath, dumpPolicy } from '../_kits/sql/dump-step.ts';

const input = z.strictObject({
  path: dumpPath,
  tables: z.array(z.string().min(1)).min(1).optional().describe('Default: the whole database'),
  mode: dumpMode,
});

export type MysqlDumpInput = z.output<typeof input>;

export const mysqlDump = defineStep({
  type: 'mysql.dump',
  summary:
    'Dumps a database with mysqldump on the place it runs on: one consistent snapshot with routines, triggers and events. The file appears only when its last line and its tables have been checked. The undo removes it.',
  ...dumpPolicy,
  input,
  examples: [
    { title: 'The last dump before the cutover', with: { path: '/var/backups/trading_journal.sql' } },
    {
      title: 'Two tables only',
      with: { path: '/var/backups/people.sql', tables: ['users', 'accounts'], mode: '0640' },
    },
  ],
  targets: ['mysql'],
  preview: ({ path, tables }) =>
    `mysqldump --single-transaction --routines --triggers --events --hex-blob ${tables ? `[${tables.join(' ')}] ` : ''}> ${path}`,
});
