/** A database of the test's own and a real dump of it, with the tools of the lab's VPS. */
import { randomBytes } from 'node:crypto';
import { vpsPaths } from '../../../docker/native/vps.ts';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { acts as dumpActs } from '../../../steps/mysql-dump/acts.ts';
import { mysqlDump } from '../../../steps/mysql-dump/step.ts';
import { type ActWorld, actContext } from '../../support/act-context.ts';
import type { LabInfo } from '../../support/lab.ts';
import { mysqlConfig, openClient } from '../../support/open-target.ts';
import { useMysqlDatabase } from '../../support/own-database.ts';
import { type Place, withEnv } from '../../support/place.ts';

export const useDump = async (lab: LabInfo, place: Place, more: Partial<ActWorld> = {}) => {
  const db = await useMysqlDatabase(lab);
  await db.ask('CREATE TABLE users (id INT PRIMARY KEY, note TEXT)');
  await db.ask("INSERT INTO users VALUES (1, 'a\\nUSE `mysql`;\\n-- 🎯'), (2, 'b')");
  await db.ask('CREATE TABLE `odd ``name` (id INT PRIMARY KEY)');
  const here = place.shell.place === 'local';
  const client = await openClient('mysql', mysql, mysqlConfig(lab, db.name), here ? undefined : place.shell);
  // The VPS has the tools on its PATH; this machine may have none of its own.
  const env = here ? { PATH: `${vpsPaths(lab.dir).bin}:${process.env.PATH}` } : {};
  const shell = withEnv(place.shell, env);
  const ctx = actContext({ clients: { mysql: client, shell }, runOn: shell.place, ...more });
  const scratch = `scratch_${process.pid}_${randomBytes(4).toString('hex')}`;
  const path = `${place.dir}/it's a dump.sql`;
  const dump = async (): Promise<string> => {
    const input = mysqlDump.input.parse({ path });
    const taken = await dumpActs.run(
      actContext({ clients: { mysql: client, shell }, runOn: shell.place }),
      input,
      {
        existed: false,
      },
    );
    if (!taken.done) throw new Error(taken.short);
    return taken.output.sha256;
  };
  /** The database's tables, or null where there is no such database. */
  const tablesOf = async (name: string) => {
    const there = await db.ask(`SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = '${name}'`);
    const tables = await db.ask(
      `SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${name}' ORDER BY t`,
    );
    return there.length === 0 ? null : tables.map(({ t }) => String(t));
  };
  return { db, client, shell, ctx, scratch, path, dump, tablesOf };
};
