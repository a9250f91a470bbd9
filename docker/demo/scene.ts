/** The state as seen from outside the engine: the input of the proofs. */
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { LabInfo } from '../native/lab.ts';
import { runOnVps } from '../native/session.ts';
import { visit } from './visitor.ts';

export interface Scene {
  /** Of the front page, as a visitor gets it. */
  readonly status: number;
  /** Release that the page names; null: none, as on the maintenance page. */
  readonly version: string | null;
  /** Where `current` points to. */
  readonly release: string;
  /** Commit that the running process was built from. */
  readonly running: string | null;
  /** By table: how many rows, and their checksum without what the old app's worker keeps refreshing. */
  readonly mysql: Readonly<Record<string, { readonly rows: number; readonly checksum: string }>>;
  /** Rows by table; empty where there is none. */
  readonly postgres: Readonly<Record<string, number>>;
  /** Accounts in Supabase Auth. */
  readonly authUsers: number;
  /** pid and restarts of the other app, which a cutover must not touch. */
  readonly stranger: string;
  /** Names and hashes of the uploads, hashed. */
  readonly uploads: string;
  /** Whether a user whose password is known gets in. */
  readonly login: number;
}

export const observe = async (lab: LabInfo): Promise<Scene> => {
  const { vps } = lab;
  const [page, release, running, rows, postgres, stranger, uploads, login] = await Promise.all([
    visit(lab.web.url),
    runOnVps(lab.ssh, `basename "$(readlink '${vps.current}')"`),
    builtFrom(lab.web.appPort),
    mysqlTables(lab.mysql),
    postgresTables(lab.postgres),
    runOnVps(lab.ssh, `pm2 ping >/dev/null; pm2 jlist | node -e '${strangerScript(vps.strangerName)}'`),
    runOnVps(lab.ssh, `cd '${vps.uploads}' && find . -type f -exec sha256sum {} + | sort | sha256sum`),
    logIn(lab.web.url, lab.users.smoke),
  ]);
  return { ...page, release: release.trim(), running, mysql: rows, ...postgres, stranger, uploads, login };
};

const strangerScript = (name: string): string =>
  `const of = JSON.parse(require("fs").readFileSync(0, "utf8")).find((p) => p.name === "${name}");
   console.log(of.pid, of.pm2_env.restart_time)`;

/** The answer to a login form: 303 where it was let in, 0 without an answer. */
export const logIn = async (
  url: string,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<number> => {
  const body = new URLSearchParams({ email, password });
  const answer = await fetch(`${url}/login`, {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: { origin: url },
  }).catch(() => null);
  return answer?.status ?? 0;
};

const builtFrom = async (port: number): Promise<string | null> => {
  try {
    const health = (await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()) as { commit?: string };
    return health.commit ?? null;
  } catch {
    return null;
  }
};

/** Of accounts, only what the worker leaves alone. */
const stable = (table: string, columns: readonly string[]): readonly string[] =>
  table === 'accounts' ? columns.filter((name) => name !== 'netPnlUsd' && name !== 'updatedAt') : columns;

const mysqlTables = async ({
  host,
  port,
  adminUser: user,
  adminPassword: password,
  database,
}: LabInfo['mysql']) => {
  const connection = await mysql.createConnection({ host, port, user, password, database });
  try {
    const [found] = await connection.query<mysql.RowDataPacket[]>(
      `SELECT c.TABLE_NAME AS t, GROUP_CONCAT(c.COLUMN_NAME ORDER BY c.ORDINAL_POSITION) AS cols
       FROM information_schema.COLUMNS c JOIN information_schema.TABLES USING (TABLE_SCHEMA, TABLE_NAME)
       WHERE c.TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' GROUP BY c.TABLE_NAME ORDER BY 1`,
      [database],
    );
    const tables: Record<string, { rows: number; checksum: string }> = {};
    for (const { t, cols } of found) {
      const hashed = stable(t, String(cols).split(',')).map(() => 'IFNULL(HEX(??), 0)');
      const [[sum]] = await connection.query<mysql.RowDataPacket[]>(
        `SELECT COUNT(*) AS n, IFNULL(SUM(CRC32(CONCAT_WS(0x2c, ${hashed.join()}))), 0) AS crc FROM ??`,
        [...stable(t, String(cols).split(',')), t],
      );
      tables[t] = { rows: sum?.n, checksum: String(sum?.crc) };
    }
    return tables;
  } finally {
    await connection.end();
  }
};

const postgresTables = async ({
  host,
  port,
  adminUser: user,
  adminPassword: password,
  database,
}: LabInfo['postgres']) => {
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  try {
    const { rows } = await client.query<{ t: string }>(
      "SELECT tablename AS t FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
    );
    const postgres: Record<string, number> = {};
    for (const { t } of rows) postgres[t] = await countOf(client, `public.${client.escapeIdentifier(t)}`);
    return { postgres, authUsers: await countOf(client, 'auth.users') };
  } finally {
    await client.end();
  }
};

const countOf = async (client: pg.Client, table: string): Promise<number> =>
  Number((await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.n);
