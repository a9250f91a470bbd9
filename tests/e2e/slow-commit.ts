/** A COMMIT that the server is at for as long as a test wants, and the runbook whose step `mark` makes it. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { expect, onTestFinished } from 'vitest';
import type { LabInfo } from '../support/lab.ts';
import { type OwnDatabase, useMysqlDatabase, usePostgresDatabase } from '../support/own-database.ts';
import type { Scene } from './cli-run.ts';

type Yaml = Readonly<Record<string, unknown>>;

export interface SlowCommit {
  /** `targets`: more of them. `via`: which of them the database is reached by; without it, directly. */
  scene(more?: { targets?: Yaml; via?: string; step?: Yaml }): Scene;
  readonly secrets: Readonly<Record<string, string>>;
  /** Resolves once the server is at the COMMIT. */
  committing(): Promise<void>;
  /** Lets it go through, and waits until it has. */
  release(): Promise<void>;
  /** How many marks are committed. */
  marks(): Promise<number>;
}

const insert = "INSERT INTO marks VALUES ('tonight')";

const sceneOf =
  (target: Yaml, sql: string): SlowCommit['scene'] =>
  ({ targets = {}, via, step = {} } = {}) => ({
    secrets: { db_password: { env: 'DB_PASSWORD' } },
    targets: { ...targets, db: { ...target, password: '${{ secrets.db_password }}', ...(via && { via }) } },
    steps: [
      {
        id: 'mark',
        type: `${target.type}.query`,
        target: 'db',
        with: { sql, effects: 'write', expect: { affected: 1 }, probe: 'SELECT COUNT(*) FROM marks' },
        rollback: { undo: { none: 'a mark' } },
        ...step,
      },
    ],
  });

const countOf =
  ({ ask }: OwnDatabase) =>
  async (): Promise<number> =>
    Number((await ask('SELECT COUNT(*) AS n FROM marks'))[0]?.n);

/** What its trigger does at the COMMIT is to wait for a lock of the test's. */
export const slowPostgres = async (lab: LabInfo): Promise<SlowCommit> => {
  const db = await usePostgresDatabase(lab);
  await db.ask('CREATE TABLE marks (mark text)');
  await db.ask(
    'CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NULL; END $$',
  );
  await db.ask(
    'CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON marks DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()',
  );
  const { host, port, adminUser: user, adminPassword: password } = lab.postgres;
  const holder = new pg.Client({ host, port, user, password, database: db.name });
  await holder.connect();
  onTestFinished(() => holder.end());
  await holder.query('SELECT pg_advisory_lock(7)');
  const atCommit = async () =>
    (
      await db.ask(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory' AND query LIKE '%COMMIT'",
      )
    ).length;
  return {
    scene: sceneOf({ type: 'postgres', host, port, user, database: db.name }, insert),
    secrets: { DB_PASSWORD: password },
    committing: () => expect.poll(atCommit, { timeout: 15_000 }).toBe(1),
    async release() {
      await holder.query('SELECT pg_advisory_unlock(7)');
      await expect.poll(atCommit, { timeout: 15_000 }).toBe(0);
    },
    marks: countOf(db),
  };
};

/** To the server, which does not see that a client has gone until it is told. */
const useDeafWay = async (host: string, port: number) => {
  const widowed = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, host);
    near.pipe(far, { end: false });
    far.pipe(near);
    near.on('error', () => undefined).on('close', () => widowed.add(far));
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
  });
  const tell = () => {
    for (const far of widowed) far.destroy();
    widowed.clear();
  };
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  onTestFinished(() => {
    tell();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, tell };
};

/**
 * MariaDB gives a COMMIT up that waits for a lock when it sees that its client has gone: here it sees it later.
 * Commits of the whole server wait while a backup is at that stage: it begins only once the step's statement is at
 * work, which waits for the test as well, and is held no longer than a test needs.
 */
export const slowMariadb = async (lab: LabInfo): Promise<SlowCommit> => {
  const db = await useMysqlDatabase(lab);
  await db.ask('CREATE TABLE marks (mark VARCHAR(20)) ENGINE=InnoDB');
  const { host, port, adminUser: user, adminPassword: password } = lab.mysql;
  const asAdmin = async () => {
    const connection = await mysql.createConnection({ host, port, user, password, database: db.name });
    onTestFinished(() => connection.end());
    return connection;
  };
  const [holder, backup] = [await asAdmin(), await asAdmin()];
  const way = await useDeafWay(host, port);
  const gate = `held_${db.name}`;
  await holder.query(`DO GET_LOCK('${gate}', 0)`);
  const sessions = async (condition: string) =>
    (
      await db.ask(
        `SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '${db.name}' AND ID <> CONNECTION_ID() AND ${condition}`,
      )
    ).length;
  const atCommit = () => sessions("INFO LIKE '%COMMIT' AND STATE LIKE '%backup lock%'");
  return {
    scene: sceneOf(
      { type: 'mysql', host: '127.0.0.1', port: way.port, user, database: db.name },
      `INSERT INTO marks SELECT 'tonight' FROM (SELECT GET_LOCK('${gate}', 60) AS got) AS gate WHERE got = 1`,
    ),
    secrets: { DB_PASSWORD: password },
    async committing() {
      await expect.poll(() => sessions("INFO LIKE '%INSERT INTO marks%'"), { timeout: 15_000 }).toBe(1);
      for (const stage of ['START', 'FLUSH', 'BLOCK_DDL', 'BLOCK_COMMIT'])
        await backup.query(`BACKUP STAGE ${stage}`);
      await holder.query(`DO RELEASE_LOCK('${gate}')`);
      await expect.poll(atCommit, { timeout: 15_000 }).toBe(1);
    },
    async release() {
      await backup.query('BACKUP STAGE END');
      await expect.poll(atCommit, { timeout: 15_000 }).toBe(0);
      way.tell();
    },
    marks: countOf(db),
  };
};
