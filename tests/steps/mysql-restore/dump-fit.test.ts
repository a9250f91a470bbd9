/** What a dump's head says of the tool and the server it came from, against the server it would go to. */
import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { acts as ownActs } from '../../../steps/mysql-restore/acts.ts';
import { mysqlRestore } from '../../../steps/mysql-restore/step.ts';
import { actContext } from '../../support/act-context.ts';
import { asTheEngine } from '../../support/as-the-engine.ts';
import { useLab } from '../../support/lab.ts';
import { useMysql } from '../../support/mysql-server.ts';
import { mysqlConfig, openClient } from '../../support/open-target.ts';
import { useMysqlDatabase } from '../../support/own-database.ts';
import { usePlace } from '../../support/place.ts';
import { useDump } from './dumped.ts';

const acts = asTheEngine(ownActs);

const lab = await useLab();
const mysql8 = await useMysql('mysql8');
const fresh = { existed: false };

const ofMysql = '-- MySQL dump 10.13  Distrib 8.0.33, for Linux (x86_64)';
const ofMaria = '-- MariaDB dump 10.20-11.8.9-MariaDB, for debian-linux-gnu (x86_64)';
const generated = '  `b` int GENERATED ALWAYS AS (`a` + 1) STORED,';

const dumpOf = (tool: string, server: string, column = '  `b` int,') =>
  `${tool}\n--\n-- Host: 127.0.0.1    Database: shop\n-- ------\n-- Server version\t${server}\nCREATE TABLE \`t\` (\n${column}\n  \`a\` int\n);\n-- Dump completed\n`;

test.each([
  [
    'of MySQL for MariaDB',
    ofMysql,
    '8.0.33',
    '10.11.14-MariaDB',
    /MySQL 8\.0\.33, and this server is MariaDB/,
  ],
  ['of MariaDB for MySQL', ofMaria, '11.8.9-MariaDB', '8.0.33', /MariaDB 11\.8\.9, and this server is MySQL/],
  [
    'of a newer server',
    ofMysql,
    '8.4.2',
    '8.0.33',
    /MySQL 8\.4\.2, and this server is the older MySQL 8\.0\.33/,
  ],
])('a dump %s is refused before anything is made, and in the dry run', async (...row) => {
  const [, tool, from, to, why] = row;
  const { client, shell, path, scratch, tablesOf } = await useDump(lab, await usePlace());
  const input = mysqlRestore.input.parse({ path, database: scratch });
  const ctx = actContext({ clients: { shell, mysql: { ...client, version: async () => to } } });
  await writeFile(path, dumpOf(tool, from));
  expect(await acts.run(ctx, input, fresh)).toMatchObject({
    done: false,
    effect: 'none',
    retryable: false,
    short: expect.stringMatching(why),
  });
  expect((await acts.check(ctx, input)).filter(({ level }) => level === 'problem')).toMatchObject([
    { what: expect.stringMatching(why) },
  ]);
  expect(await tablesOf(scratch)).toBeNull();
});

test("MariaDB's dump of generated columns from MySQL is refused, without them it is not", async () => {
  const { client, shell, path, scratch } = await useDump(lab, await usePlace());
  const input = mysqlRestore.input.parse({ path, database: scratch, keep: false });
  const ofServer = { ...client, version: async () => '8.0.33' };
  const ctx = actContext({ clients: { shell, mysql: ofServer } });
  await writeFile(path, dumpOf(ofMaria, '8.0.33', generated));
  expect(await acts.run(ctx, input, fresh)).toMatchObject({
    done: false,
    effect: 'none',
    short: expect.stringContaining('wrote values for 1 generated columns'),
    remedy: expect.stringContaining("MySQL's own mysqldump"),
  });
  await writeFile(path, dumpOf(ofMaria, '8.0.33'));
  expect(await acts.run(ctx, input, fresh)).toMatchObject({ done: true });
});

const missing = 'missing' in mysql8;
test
  .skipIf(missing)
  .each(['/*M!999999\\- enable the sandbox mode */ ', '/*!999999\\- enable the sandbox mode */'])(
  "MySQL's client restores what MariaDB's tool began with %s",
  async (line) => {
    if ('missing' in mysql8) return;
    const server = lab.mysql.server === 'mariadb' ? lab : mysql8.lab;
    const db = await useMysqlDatabase(server);
    const { dir, shell } = await usePlace({ PATH: `${mysql8.bin}:/usr/bin:/bin` });
    const client = await openClient('mysql', mysql, mysqlConfig(server, db.name));
    const input = mysqlRestore.input.parse({
      path: `${dir}/dump.sql`,
      database: `${db.name}_scratch`,
      keep: false,
    });
    await writeFile(
      input.path,
      `${line}\nCREATE TABLE \`t\` (\n  \`a\` int\n);\nnonsense;\n-- Dump completed\n`,
    );
    const ctx = actContext({ clients: { shell, mysql: client } });
    expect(await acts.run(ctx, input, fresh), 'the line of the file is named').toMatchObject({
      short: expect.stringContaining('at line 5'),
    });
    await writeFile(input.path, `${line}\nCREATE TABLE \`t\` (\n  \`a\` int\n);\n-- Dump completed\n`);
    // Another attempt, as the engine makes it: the first one has left its recorded exit.
    const again = await acts.run({ ...ctx, attempt: 2 }, input, fresh);
    expect(again).toMatchObject({ done: true, output: { tables: { t: 0 } } });
  },
);
