import { defineTarget } from '../../../engine/target.ts';
import { apartRefused } from '../../_kits/sql/apart.ts';
import { describeSql, sqlConfig } from '../../_kits/sql/config.ts';
import { isPlainQuery, notRead } from '../../_kits/sql/statement.ts';

const config = sqlConfig(5432);

export const postgres = defineTarget({
  kind: 'postgres',
  alsoCalled: ['postgresql', 'pg'],
  config,
  client: 'postgres',
  via: true,
  files: ({ tls }) => (tls?.ca_file === undefined ? [] : [tls.ca_file]),
  describe: describeSql,
  notRead: async (text, trusted) =>
    isPlainQuery(text) ? null : notRead((await import('./judge-read.ts')).judgeRead, text, trusted),
  changes: async (text) => (await import('./changes.ts')).changesIn(text),
  notInTransaction: async (text) => {
    const apart = await (await import('./outside-transaction.ts')).outsideTransaction(text);
    return apart && apartRefused(apart);
  },
});
