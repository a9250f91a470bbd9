/** A database of the test's own and a real dump of it. */
import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { postgres } from '../../../steps/_targets/postgres/target.ts';
import { acts as dumpActs } from '../../../steps/postgres-dump/acts.ts';
import { postgresDump } from '../../../steps/postgres-dump/step.ts';
import { actContext } from '../../support/act-context.ts';
import type { LabInfo } from '../../support/lab.ts';
import { openClient, postgresConfig } from '../../support/open-target.ts';
import { usePostgresDatabase } from '../../support/own-database.ts';
import type { Place } from '../../support/place.ts';
import { withPostgresTools } from '../../support/postgres-tools.ts';

export const useDump = async (lab: LabInfo, place: Place) => {
  const db = await usePostgresDatabase(lab);
  await db.ask('CREATE TABLE users (id INT PRIMARY KEY, note TEXT)');
  await db.ask("INSERT INTO users VALUES (1, E'a\\n\\\\connect postgres\\n🎯'), (2, 'b')");
  await db.ask('CREATE SCHEMA shop');
  await db.ask('CREATE TABLE shop."odd ""name" (id INT PRIMARY KEY)');
  const via = place.shell.place === 'local' ? undefined : place.shell;
  const client = await openClient('postgres', postgres, postgresConfig(lab, db.name), via);
  const shell = await withPostgresTools(lab, place.shell);
  const context = () => actContext({ clients: { postgres: client, shell }, runOn: shell.place });
  const scratch = `scratch_${process.pid}_${randomBytes(4).toString('hex')}`;
  onTestFinished(async () => void (await db.ask(`DROP DATABASE IF EXISTS ${scratch} WITH (FORCE)`)));
  const path = `${place.dir}/it's a dump.pg`;
  const dump = async (more: object = {}): Promise<string> => {
    const input = postgresDump.input.parse({ path, ...more });
    const taken = await dumpActs.run(context(), input, { existed: false });
    if (!taken.done) throw new Error(taken.short);
    return taken.output.sha256;
  };
  /** The tables of a database, or null where there is none. */
  const tablesOf = async (name: string): Promise<readonly string[] | null> => {
    if ((await db.ask('SELECT 1 FROM pg_database WHERE datname = $1', [name])).length === 0) return null;
    return (await client.inDatabase(name).baseTables()).map((table) => `${table.schema}.${table.name}`);
  };
  return { db, client, shell, ctx: context(), context, scratch, path, dump, tablesOf };
};
