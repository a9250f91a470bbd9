/** Folders and databases of one run under chaos, and what can be seen of it from outside. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { LabInfo } from '../../docker/native/lab.ts';
import { acts, type Ground } from './scene.ts';

export interface OwnGround extends Ground {
  readonly env: Readonly<Record<string, string>>;
  /** How often each act has happened: begun, for a command; its rows, for a query. */
  effects(): Promise<ReadonlyMap<string, number>>;
  /** What the commands have written, in order. */
  did(): readonly string[];
  close(): Promise<void>;
}

let made = 0;

export const openGround = async (lab: LabInfo): Promise<OwnGround> => {
  made += 1;
  const database = `chaos_${process.pid}_${made}`;
  const cwd = mkdtempSync(join(tmpdir(), 'runbook-chaos-'));
  const vps = mkdtempSync(join(lab.vps.home, 'chaos-'));
  chmodSync(vps, 0o777);
  const { host, port, adminUser: user, adminPassword: password } = lab.mysql;
  const maria = await mysql.createConnection({ host, port, user, password });
  await maria.query(`CREATE DATABASE ${database}`);
  await maria.query(`CREATE TABLE ${database}.effects (act VARCHAR(40), slept INT)`);
  const at = { host: lab.postgres.host, port: lab.postgres.port, user: lab.postgres.adminUser };
  const server = new pg.Client({ ...at, password: lab.postgres.adminPassword, database: 'postgres' });
  await server.connect();
  await server.query(`CREATE DATABASE ${database}`);
  const postgres = new pg.Client({ ...at, password: lab.postgres.adminPassword, database });
  await postgres.connect();
  await postgres.query(`
    CREATE TABLE effects (act TEXT);
    CREATE FUNCTION lingers() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON effects DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION lingers()`);

  const did = () => [cwd, vps].flatMap((dir) => linesOf(join(dir, 'did')));
  return {
    lab,
    cwd,
    vps,
    database,
    env: {
      HOME: cwd,
      XDG_STATE_HOME: join(cwd, 'state'),
      MYSQL_PASSWORD: password,
      POSTGRES_PASSWORD: lab.postgres.adminPassword,
    },
    did,
    async effects() {
      const [inMysql] = await maria.query<mysql.RowDataPacket[]>(`SELECT act FROM ${database}.effects`);
      const { rows: inPostgres } = await postgres.query<{ act: string }>('SELECT act FROM effects');
      const begun = did().flatMap((line) => (line.startsWith('begin ') ? [line.slice('begin '.length)] : []));
      const happened = [
        ...begun,
        ...inMysql.map(({ act }) => String(act)),
        ...inPostgres.map(({ act }) => act),
      ];
      const all = Object.values(acts).flat();
      return new Map(all.map((act) => [act, happened.filter((each) => each === act).length]));
    },
    async close() {
      await maria.query(`DROP DATABASE ${database}`);
      await maria.end();
      await postgres.end();
      await server.query(`DROP DATABASE ${database} WITH (FORCE)`);
      await server.end();
      for (const dir of [cwd, vps]) rmSync(dir, { recursive: true, force: true });
    },
  };
};

const linesOf = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
