/** Rules of a server that a test may not set on one that others share: its variables are made up, its tables are real. */
import { expect, test } from 'vitest';
import type { SqlSession } from '../../../steps/_kits/sql/client.ts';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { ruleFindings } from '../../../steps/mysql-restore/server-rules.ts';
import { useLab } from '../../support/lab.ts';
import { mysqlConfig, openClient } from '../../support/open-target.ts';
import { useMysqlDatabase } from '../../support/own-database.ts';

const lab = await useLab();

test('what the server would refuse of a dump is found before anything is made', async () => {
  const db = await useMysqlDatabase(lab);
  await db.ask('CREATE TABLE keyed (id INT PRIMARY KEY)');
  await db.ask('CREATE TABLE keyless (id INT)');
  await db.ask('CREATE TRIGGER noted BEFORE INSERT ON keyed FOR EACH ROW SET NEW.id = NEW.id');
  const client = await openClient('mysql', mysql, mysqlConfig(lab, db.name));
  const real = await client.open('read');
  const found = async (variables: Record<string, string>, ...rights: string[]) => {
    const rows = Object.entries(variables).map(([Variable_name, Value]) => ({ Variable_name, Value }));
    const session: SqlSession = {
      ...real,
      query: async (sql, params, keep) =>
        sql.startsWith('SHOW')
          ? { rows, rowCount: rows.length, affectedRows: 0 }
          : real.query(sql, params, keep),
    };
    return (await ruleFindings(session, { rights: new Set(rights), role: null })).map(
      ({ level, what }) => `${level}: ${what}`,
    );
  };
  expect(await found({ log_bin: 'OFF', sql_require_primary_key: 'OFF' })).toEqual([]);
  expect(await found({ log_bin: 'ON', log_bin_trust_function_creators: 'OFF' })).toEqual([
    'problem: the server logs for replicas, and then lets only SUPER make trigger noted',
  ]);
  expect(await found({ log_bin: 'ON', log_bin_trust_function_creators: 'OFF' }, 'SUPER')).toEqual([]);
  expect(await found({ log_bin: 'ON', log_bin_trust_function_creators: 'ON' })).toEqual([]);
  expect(await found({ sql_require_primary_key: 'ON' })).toEqual([
    'problem: the server wants a primary key (sql_require_primary_key = ON), and there is none on keyless',
  ]);
  await real.close();
});
