/** pgloader, unpacked from Debian's package and run as its manual shows it: whole tables, with keys and indexes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { providePackages } from '../../docker/native/debs.ts';
import type { LabInfo } from '../../docker/native/info.ts';

export interface Pgloader {
  readonly version: string;
  /** Empties what it loads into, loads, and says how long the load took. Throws with why it did not load all. */
  load(rows: number): Promise<number>;
}

const database = 'pgloader';

interface Account {
  readonly host: string;
  readonly port: number;
  readonly adminUser: string;
  readonly adminPassword: string;
}

const url = (scheme: string, { adminUser, adminPassword, host, port }: Account, name: string): string =>
  `${scheme}://${adminUser}:${adminPassword}@${host}:${port}/${name}`;

/** Throws where there is no such package, or it does not start here. */
export const openPgloader = async (lab: LabInfo, root: string, dir: string): Promise<Pgloader> => {
  const { bin, env } = await providePackages(root, ['pgloader']);
  const run = (args: readonly string[]) =>
    spawnSync(bin('usr/bin/pgloader'), args, {
      encoding: 'utf8',
      cwd: dir,
      env: { PATH: process.env.PATH, HOME: dir, LC_ALL: 'C.UTF-8', ...env },
      timeout: 600_000,
    });
  const { status, stdout, stderr, error } = run(['--version']);
  const version = /version "([^"]+)"/.exec(stdout)?.[1];
  if (status !== 0 || version === undefined)
    throw new Error(`it does not start: ${lastLine(stderr) || String(error ?? `exit ${status}`)}`);
  const commands = join(dir, 'tables.load');
  writeFileSync(
    commands,
    `LOAD DATABASE FROM ${url('mysql', lab.mysql, lab.mysql.database)}
INTO ${url('postgresql', lab.postgres, database)}
WITH include drop, create tables, create indexes, foreign keys, reset no sequences;\n`,
    { mode: 0o600 },
  );
  return {
    version,
    async load(rows) {
      await remake(lab);
      const rootDir = mkdtempSync(join(dir, 'pgloader-'));
      const startedAt = performance.now();
      const { status, stdout, stderr } = run(['--root-dir', rootDir, commands]);
      const ms = performance.now() - startedAt;
      rmSync(rootDir, { recursive: true, force: true });
      // It ends with 0 also when it left rows behind.
      const loaded = await count(lab);
      if (status !== 0 || loaded !== rows)
        throw new Error(
          `it loaded ${loaded} of ${rows} rows (exit ${status}): ${lastLine(`${stdout}${stderr}`)}`,
        );
      return ms;
    },
  };
};

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

const within = async <T>({ postgres }: LabInfo, name: string, work: (client: pg.Client) => Promise<T>) => {
  const client = new pg.Client({ connectionString: url('postgresql', postgres, name) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const remake = (lab: LabInfo) =>
  within(lab, 'postgres', async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${database}`);
  });

/** It makes a schema of the name that the database has in MySQL. */
const count = (lab: LabInfo): Promise<number> =>
  within(lab, database, async (client) => {
    const { rows: tables } = await client.query(
      "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = $1",
      [lab.mysql.database],
    );
    let sum = 0;
    for (const { name } of tables)
      sum += Number((await client.query(`SELECT count(*) AS n FROM ${name}`)).rows[0].n);
    return sum;
  });
