/** A read whose server goes away for a while: real servers, behind a way that a test can shut. */
import { expect, test } from 'vitest';
import { useLab } from '../support/lab.ts';
import { mysqlProcesses } from '../support/mysql-processes.ts';
import { type OwnDatabase, useMysqlDatabase, usePostgresDatabase } from '../support/own-database.ts';
import { leaves, useCliRun, vpsTarget } from './cli-run.ts';
import { useWay } from './forwarder.ts';

const lab = await useLab();

interface Server {
  readonly type: 'mysql' | 'postgres';
  readonly make: () => Promise<OwnDatabase>;
  /** Hangs while there is no mark. */
  readonly sql: string;
  /** Sessions that hang in it. */
  hanging(db: OwnDatabase): Promise<readonly unknown[]>;
}

const servers: readonly Server[] = [
  {
    type: 'mysql',
    make: () => useMysqlDatabase(lab),
    sql: 'SELECT SLEEP(IF((SELECT COUNT(*) FROM marks) > 0, 0, 30)) AS slept',
    hanging: async ({ ask }) =>
      (await mysqlProcesses(ask)).filter(({ statement }) => statement.includes('SLEEP(IF')),
  },
  {
    type: 'postgres',
    make: () => usePostgresDatabase(lab),
    sql: 'SELECT 1 AS one FROM pg_sleep(CASE WHEN (SELECT COUNT(*) FROM marks) > 0 THEN 0 ELSE 30 END)',
    hanging: ({ ask }) =>
      ask(
        "SELECT 1 AS one FROM pg_stat_activity WHERE query LIKE '%pg_sleep(CASE%' AND state = 'active' AND pid <> pg_backend_pid()",
      ),
  },
];

const read = { timeout: '2s', retry: { limit: 10, interval: '500ms' } };

test.each(servers.flatMap((server) => (['act', 'verify'] as const).map((as) => ({ ...server, as }))))(
  '$type, $as: neither its end nor the server can be reached; it is read again until it can',
  { timeout: 60_000 },
  async ({ type, make, sql, hanging, as }) => {
    const db = await make();
    await db.ask('CREATE TABLE marks (id INT PRIMARY KEY)');
    const { host, adminUser, adminPassword } = lab[type];
    const way = await useWay(lab, lab[type]);
    await way.open();
    const query = { type: `${type}.query`, target: 'db', with: { sql, max_rows: 1 }, ...read };
    const night = useCliRun(
      lab,
      (vps) => ({
        secrets: { db_password: { env: 'DB_PASSWORD' } },
        targets: {
          vps: vpsTarget(lab, vps),
          db: {
            type,
            host,
            port: way.port,
            user: adminUser,
            password: '${{ secrets.db_password }}',
            database: db.name,
            ...(type === 'postgres' && { tls: { mode: 'disable' } }),
          },
        },
        steps:
          as === 'act'
            ? [{ id: 'read', ...query }, leaves('last', vps)]
            : [leaves('last', vps, { verify: [query] })],
      }),
      { DB_PASSWORD: adminPassword },
    );
    const engine = night.begin();
    await expect.poll(async () => (await hanging(db)).length, { timeout: 15_000 }).toBe(1);
    way.refuse();
    const refusedAt = Date.now();
    await expect.poll(() => Date.now() - refusedAt, { timeout: 10_000 }).toBeGreaterThan(4_500);
    await db.ask('INSERT INTO marks VALUES (1)');
    await way.close();
    await way.open();
    const { code, stderr } = await engine.ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(night.did()).toEqual(['did last']);
    expect(stderr).not.toContain('not proven');
  },
);
