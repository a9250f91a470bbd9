/** Real tools of one kind against a real server of the other, and MySQL's own: what each of them does by itself. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { vpsPaths } from '../../../docker/native/vps.ts';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { acts as ownActs } from '../../../steps/mysql-dump/acts.ts';
import { mysqlDump } from '../../../steps/mysql-dump/step.ts';
import { acts as restoreActs } from '../../../steps/mysql-restore/acts.ts';
import { mysqlRestore } from '../../../steps/mysql-restore/step.ts';
import { actContext } from '../../support/act-context.ts';
import { asTheEngine } from '../../support/as-the-engine.ts';
import { type LabInfo, useLab } from '../../support/lab.ts';
import { useMysql } from '../../support/mysql-server.ts';
import { mysqlConfig, openClient } from '../../support/open-target.ts';
import { useMysqlAccount } from '../../support/own-account.ts';
import { useMysqlDatabase } from '../../support/own-database.ts';
import { usePlace } from '../../support/place.ts';

const acts = asTheEngine(ownActs);

const lab = await useLab();
const mysql8 = await useMysql('mysql8');

const begin = async (server: LabInfo, tools: string) => {
  const db = await useMysqlDatabase(server);
  await db.ask('CREATE TABLE sums (id INT PRIMARY KEY, a INT, b INT GENERATED ALWAYS AS (a + 1) STORED)');
  await db.ask('INSERT INTO sums (id, a) VALUES (1, 2)');
  const { dir, shell, image } = await usePlace({ PATH: `${tools}:/usr/bin:/bin` });
  const client = await openClient('mysql', mysql, mysqlConfig(server, db.name));
  const ctx = actContext({ clients: { mysql: client, shell } });
  return { db, ctx, shell, image, input: mysqlDump.input.parse({ path: join(dir, 'dump.sql') }) };
};

describe.skipIf('missing' in mysql8 || lab.mysql.server !== 'mariadb')('MySQL 8 beside MariaDB', () => {
  if ('missing' in mysql8) return;
  const mariadbBin = vpsPaths(lab.dir).bin;

  test.each([
    { tool: "MariaDB's", server: mysql8.lab, bin: mariadbBin, why: /generated columns/ },
    { tool: "MySQL's", server: lab, bin: mysql8.bin, why: /COLUMN_STATISTICS/ },
  ])("$tool mysqldump is refused on the other's server, and nothing is written", async (row) => {
    const { ctx, input, image } = await begin(row.server, row.bin);
    expect(await acts.check(ctx, input)).toContainEqual(
      expect.objectContaining({ level: 'problem', what: expect.stringMatching(row.why) }),
    );
    expect(await acts.run(ctx, input, { existed: false })).toMatchObject({
      done: false,
      effect: 'none',
      short: expect.stringMatching(row.why),
    });
    expect(await image()).toEqual({});
  });

  test('where both are on PATH, the one of the server is taken', async () => {
    const { ctx, input } = await begin(lab, `${mysql8.bin}:${mariadbBin}`);
    expect(await acts.run(ctx, input, { existed: false })).toMatchObject({
      done: true,
      output: { tool_version: expect.stringMatching(/^MariaDB dump/) },
    });
  });

  test('a dump of generated and of invisible columns is taken, restored and counted', async () => {
    const { db, ctx, input } = await begin(mysql8.lab, mysql8.bin);
    await db.ask('ALTER TABLE sums ADD COLUMN hidden INT INVISIBLE DEFAULT 7');
    const taken = await acts.run(ctx, input, { existed: false });
    expect(taken).toMatchObject({ done: true, output: { tables: ['sums'] } });
    expect(await readFile(input.path, 'utf8')).toContain('(`id`, `a`, `hidden`) VALUES (1,2,7)');
    const restore = mysqlRestore.input.parse({ path: input.path, database: `${db.name}_scratch` });
    const proof = { ...ctx, stepId: 'proof', act: 'proof/do/0' };
    expect(await restoreActs.run(proof, restore, { existed: false })).toMatchObject({
      done: true,
      output: { rows: 1 },
    });
    expect(await db.ask(`SELECT a, b, hidden FROM ${restore.database}.sums`)).toEqual([
      { a: 2, b: 3, hidden: 7 },
    ]);
    await restoreActs.undo!(proof, restore, { existed: false });
  });

  test('the first login of an account goes through without TLS: the server has not cached its password', async () => {
    const { db, shell, input } = await begin(mysql8.lab, mysql8.bin);
    const account = await useMysqlAccount(mysql8.lab, [`ALL ON ${db.name}.*`, 'PROCESS ON *.*']);
    const config = { ...mysqlConfig(mysql8.lab, db.name), user: account.user, password: account.password };
    const client = await openClient('mysql', mysql, config);
    // What the engine's own connections have left in that cache is gone again when the tool logs in.
    const version = async () => {
      const said = await client.version();
      await db.ask('FLUSH PRIVILEGES');
      return said;
    };
    const ctx = actContext({ clients: { mysql: { ...client, version }, shell } });
    const one = { ...input, tables: ['sums'] };
    expect(await acts.run(ctx, one, { existed: false })).toMatchObject({ done: true });
  });
});
