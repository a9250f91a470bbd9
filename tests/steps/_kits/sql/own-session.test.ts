/** What every session of a step relies on, whatever the server has as its default. */
import { expect, onTestFinished, test } from 'vitest';
import type { SqlResult } from '../../../../steps/_kits/sql/client.ts';
import { ownSession } from '../../../../steps/_targets/mysql/own-session.ts';
import { mysql } from '../../../../steps/_targets/mysql/target.ts';
import { postgres } from '../../../../steps/_targets/postgres/target.ts';
import { acts as thrown } from '../../../../steps/mysql-query/acts.ts';
import { mysqlQuery } from '../../../../steps/mysql-query/step.ts';
import { actContext } from '../../../support/act-context.ts';
import { mysqlConfig, openClient, postgresConfig } from '../../../support/open-target.ts';
import { withOutcomes } from '../../../support/outcomes.ts';
import { useMysqlAccount } from '../../../support/own-account.ts';
import { useMysqlDatabase, usePostgresDatabase } from '../../../support/own-database.ts';
import { useOwnMysqlServer } from '../../../support/own-mysql-server.ts';

const acts = withOutcomes(thrown);
const lab = await useOwnMysqlServer();

test('MySQL: letters, time zone and the number of rows are ours, even where init_connect says otherwise', async () => {
  const { name, ask } = await useMysqlDatabase(lab);
  const { user, password } = await useMysqlAccount(lab, [`ALL ON ${name}.*`]);
  const mine = (own: string, other: string) => `IF(CURRENT_USER() LIKE '${user}@%', ${own}, ${other})`;
  const limit = `CAST(${mine('1', '18446744073709551615')} AS UNSIGNED)`;
  const charset = mine("'latin1'", '@@character_set_results');
  await ask(
    `SET GLOBAL init_connect = "SET character_set_results = ${charset}, sql_select_limit = ${limit}"`,
  );
  onTestFinished(() => ask("SET GLOBAL init_connect = ''").then(() => undefined));
  await ask('CREATE TABLE t (v VARCHAR(9)) CHARSET utf8mb4');
  await ask("INSERT INTO t VALUES ('📈'), ('🎯')");
  const client = await openClient('mysql', mysql, { ...mysqlConfig(lab, name), user, password });
  for (const mode of ['read', 'write', 'snapshot'] as const) {
    const session = await client.open(mode);
    const { rows } = await session.query('SELECT v, @@time_zone AS zone FROM t ORDER BY v', [], 9);
    await session.close();
    expect(rows.map(({ v, zone }) => `${v} ${zone}`).toSorted(), mode).toEqual(
      ['🎯 +00:00', '📈 +00:00'].toSorted(),
    );
  }
});

test('MySQL: a session that keeps its own settings is refused', async () => {
  const keeps = async (sql: string): Promise<SqlResult> => ({
    rows: sql.startsWith('SELECT') ? [{ character_set_client: 'latin1' }] : [],
    rowCount: 1,
    affectedRows: 0,
  });
  await expect(ownSession('legacy', 'read', keeps)).rejects.toMatchObject({
    name: 'TargetError',
    code: 'config',
    message: 'the session\'s character_set_client is "latin1" after it was set to "utf8mb4"',
    remedy: 'Connect to the server itself, not through a proxy or pooler that keeps its own settings',
  });
});

test('MySQL: a snapshot that is none is refused', async () => {
  const settings = {
    character_set_client: 'utf8mb4',
    character_set_connection: 'utf8mb4',
    character_set_results: 'utf8mb4',
  };
  const answer = { ...settings, time_zone: '+00:00', sql_select_limit: '18446744073709551615' };
  const keeps = async (sql: string): Promise<SqlResult> => ({
    rows: sql.startsWith('SHOW') ? [{ Value: 'READ-COMMITTED' }] : [answer],
    rowCount: 1,
    affectedRows: 0,
  });
  await ownSession('legacy', 'read', keeps);
  await expect(ownSession('legacy', 'snapshot', keeps)).rejects.toThrow(
    'transaction_isolation is "READ-COMMITTED"',
  );
});

test('Postgres: letters and digits are ours, whatever a database has as its default', async () => {
  const { name, ask } = await usePostgresDatabase(lab);
  await ask(`ALTER DATABASE ${name} SET client_encoding = 'LATIN1'`);
  await ask(`ALTER DATABASE ${name} SET extra_float_digits = -10`);
  await ask(`ALTER DATABASE ${name} SET DateStyle = 'German'`);
  const client = await openClient('postgres', postgres, postgresConfig(lab, name));
  for (const mode of ['read', 'write', 'snapshot'] as const) {
    const session = await client.open(mode);
    const { rows } = await session.query(
      "SELECT '📈'::text AS v, 0.30000000000000004::float8 AS x, date '2025-01-02' AS d",
      [],
      1,
    );
    await session.close();
    expect(rows, mode).toEqual([{ v: '📈', x: 0.30000000000000004, d: '2025-01-02' }]);
  }
});

test('MySQL: bytes that are no text are not told as a text that there could be', async () => {
  const { name } = await useMysqlDatabase(lab);
  const client = await openClient('mysql', mysql, mysqlConfig(lab, name));
  const session = await client.open('snapshot');
  const rows = [];
  const sql = "SELECT x'c328', 'é📈', NULL, '\ufffd', x'', 1.50, CAST('{}' AS CHAR)";
  for await (const row of session.stream(sql, 'test')) rows.push(row);
  await session.close();
  expect(rows).toEqual([['\ud800c328', 'é📈', null, '\ufffd', '', '1.50', '{}']]);
});

test('MySQL: what is refused while a transaction is open is sent outside of one', async () => {
  const { ask } = await useMysqlDatabase(lab);
  onTestFinished(() => ask('SET GLOBAL read_only = 0').then(() => undefined));
  const client = await openClient('mysql', mysql, mysqlConfig(lab, 'mysql'));
  const ctx = actContext({ clients: { mysql: client } });
  const input = mysqlQuery.input.parse({
    sql: 'SET GLOBAL read_only = 1',
    effects: 'write',
    transaction: false,
    probe: 'SELECT @@GLOBAL.read_only',
  });
  const inside = { ...input, transaction: true };
  expect(await acts.check(ctx, inside)).toMatchObject([
    { level: 'problem', remedy: expect.stringContaining('transaction: false') },
    { level: 'verified' },
  ]);
  expect(await acts.run(ctx, inside, null)).toMatchObject({ done: false });
  expect(await acts.probe(ctx, input, null)).toEqual({ state: 'not-done' });
  expect(await acts.run({ ...ctx, attempt: 2 }, input, null)).toMatchObject({ done: true });
  expect(await acts.probe(ctx, input, null)).toMatchObject({ state: 'done' });
});
