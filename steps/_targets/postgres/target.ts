import { defineTarget } from '../../../engine/target.ts';
import { describeSql, sqlConfig } from '../sql/config.ts';

const config = sqlConfig(5432);

export const postgres = defineTarget({
  kind: 'postgres',
  alsoCalled: ['postgresql', 'pg'],
  config,
  client: 'postgres',
  via: true,
  files: ({ tls }) => (tls?.ca_file === undefined ? [] : [tls.ca_file]),
  describe: describeSql,
  load: () => import('./open.ts'),
});
