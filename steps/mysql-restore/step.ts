import { defineStep } from '../../engine/step.ts';
import { restoreInput, restorePolicy } from '../_kits/sql/restore-step.ts';

const input = restoreInput(/^(mysql|sys|information_schema|performance_schema)$/i, 64);

export const mysqlRestore = defineStep({
  type: 'mysql.restore',
  summary:
    'Proves that the tables of a dump can be restored: restores it into a scratch database of its own on the same server and counts every row. Routines, triggers and views are made and not called; `unproven` in the output names what is not proven by that, such as prepared XA transactions and what other databases have. A dump that names other databases is refused; its events are left out, since they would run. The undo drops the scratch database.',
  ...restorePolicy,
  input,
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
  preview: ({ path, database, keep }) =>
    `mysql ${database} < ${path}, count its rows${keep ? '' : `, drop ${database}`}`,
});
