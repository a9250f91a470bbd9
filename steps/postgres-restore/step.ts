import { defineStep } from '../../engine/step.ts';
import { restoreInput, restorePolicy } from '../_kits/sql/restore-step.ts';

const input = restoreInput(/^(postgres|template[01])$/i, 63);

export const postgresRestore = defineStep({
  type: 'postgres.restore',
  summary:
    'Proves that the tables of a dump in the custom format can be restored: restores it with pg_restore into a scratch database of its own on the same server and counts every row. Owners, rights, publications and subscriptions are left out; functions and triggers are made and not called; `unproven` in the output names what is not proven. A comment on the scratch database says whose it is: no other is ever dropped. The target needs CREATEDB. The undo drops the scratch database.',
  ...restorePolicy,
  input,
  examples: [
    {
      title: 'The dump can be restored',
      with: { path: '/var/backups/shop.dump', database: 'shop_scratch' },
    },
    {
      title: 'Only proven, in the place of an earlier rehearsal',
      with: { path: '/var/backups/shop.dump', database: 'proof', replace: true, keep: false },
    },
  ],
  targets: ['postgres'],
  preview: ({ path, database, keep }) =>
    `pg_restore --dbname=${database} ${path}, count its rows${keep ? '' : `, drop ${database}`}`,
});
