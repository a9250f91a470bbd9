/** One table of the old app, the same rows on both servers of a lab. */
import mysql from 'mysql2/promise';
import pg from 'pg';
import { vpsPaths } from '../../docker/native/vps.ts';
import type { OwnLab } from './own-lab.ts';

export interface Access {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface Databases {
  readonly mysql: Access;
  readonly postgres: Access;
  /** Folder of mysqldump and mysql. */
  readonly bin: string;
  /** Replaces the rows of both sides. */
  fill(rows: number): Promise<void>;
  close(): Promise<void>;
}

const database = 'bench';

const mysqlTable = `CREATE TABLE trades (id VARCHAR(25) PRIMARY KEY, userId VARCHAR(25) NOT NULL, accountId VARCHAR(25),
  symbol VARCHAR(20) NOT NULL, direction ENUM('LONG','SHORT') NOT NULL, openedAt DATETIME(3) NOT NULL, closedAt DATETIME(3),
  entryPrice DECIMAL(18,8) NOT NULL, exitPrice DECIMAL(18,8), quantity DECIMAL(18,8) NOT NULL, realizedPnlUsd DECIMAL(18,2),
  fees DECIMAL(18,2), rating INT, reviewed TINYINT(1) NOT NULL, note TEXT, createdAt DATETIME(3) NOT NULL,
  updatedAt DATETIME(3) NOT NULL) CHARSET utf8mb4 COLLATE utf8mb4_unicode_ci`;

const mysqlRows = (rows: number) => `INSERT INTO trades SELECT CONCAT('ctrd', LPAD(seq, 21, '0')),
  CONCAT('cusr', LPAD(seq % 2000, 21, '0')), IF(seq % 11 = 0, NULL, CONCAT('cacc', LPAD(seq % 4000, 21, '0'))),
  ELT(1 + seq % 4, 'MNQ', 'ES', 'BTCUSDT', 'EURUSD'), IF(seq % 2, 'LONG', 'SHORT'),
  '2025-01-06 14:30:00' + INTERVAL seq SECOND, IF(seq % 17 = 0, NULL, '2025-01-06 14:30:00.5' + INTERVAL seq SECOND),
  100 + seq / 1000, IF(seq % 17 = 0, NULL, 101 + seq / 1000), 1.5, (seq % 5000) / 100 - 20, 1.24,
  IF(seq % 4 = 0, NULL, seq % 5), seq % 2, IF(seq % 3 = 0, NULL, CONCAT('Réveillé trop tôt, « revenge trade » évité 📈 ', seq)),
  '2025-01-06 14:30:00' + INTERVAL seq SECOND, '2025-01-06 14:30:00.123' + INTERVAL seq SECOND FROM seq_1_to_${rows}`;

const postgresTable = `CREATE TABLE trades (id text PRIMARY KEY, "userId" text NOT NULL, "accountId" text, symbol text NOT NULL,
  direction text NOT NULL, "openedAt" timestamptz(3) NOT NULL, "closedAt" timestamptz(3), "entryPrice" numeric(18,8) NOT NULL,
  "exitPrice" numeric(18,8), quantity numeric(18,8) NOT NULL, "realizedPnlUsd" numeric(18,2), fees numeric(18,2), rating int,
  reviewed boolean NOT NULL, note text, "createdAt" timestamptz(3) NOT NULL, "updatedAt" timestamptz(3) NOT NULL)`;

const postgresRows = (rows: number) => `INSERT INTO trades SELECT 'ctrd' || lpad(n::text, 21, '0'),
  'cusr' || lpad((n % 2000)::text, 21, '0'), CASE WHEN n % 11 <> 0 THEN 'cacc' || lpad((n % 4000)::text, 21, '0') END,
  (ARRAY['MNQ', 'ES', 'BTCUSDT', 'EURUSD'])[1 + n % 4], CASE WHEN n % 2 = 1 THEN 'LONG' ELSE 'SHORT' END,
  timestamptz '2025-01-06 14:30:00Z' + make_interval(secs => n), CASE WHEN n % 17 <> 0 THEN timestamptz '2025-01-06 14:30:00.5Z' + make_interval(secs => n) END,
  100 + n / 1000.0, CASE WHEN n % 17 <> 0 THEN 101 + n / 1000.0 END, 1.5, (n % 5000) / 100.0 - 20, 1.24,
  CASE WHEN n % 4 <> 0 THEN n % 5 END, n % 2 = 1, CASE WHEN n % 3 <> 0 THEN 'Réveillé trop tôt, « revenge trade » évité 📈 ' || n END,
  timestamptz '2025-01-06 14:30:00Z' + make_interval(secs => n), timestamptz '2025-01-06 14:30:00.123Z' + make_interval(secs => n)
  FROM generate_series(1, ${rows}) n`;

/** @param own closed with them. */
export const openDatabases = async (own: OwnLab): Promise<Databases> => {
  const lab = own.info;
  const access = ({ host, port, adminUser, adminPassword }: typeof lab.postgres): Access => ({
    host,
    port,
    user: adminUser,
    password: adminPassword,
    database,
  });
  const sides = { mysql: access(lab.mysql), postgres: access(lab.postgres) };
  const old = await mysql.createConnection({ ...sides.mysql, database: 'mysql' });
  // A lab may be handed on by another measurement.
  await old.query(`DROP DATABASE IF EXISTS ${database}`);
  await old.query(`CREATE DATABASE ${database}`);
  await old.changeUser({ database });
  const server = new pg.Client({ ...sides.postgres, database: 'postgres' });
  await server.connect();
  await server.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await server.query(`CREATE DATABASE ${database}`);
  await server.end();
  const fresh = new pg.Client(sides.postgres);
  await fresh.connect();
  return {
    ...sides,
    bin: vpsPaths(lab.dir).bin,
    async fill(rows) {
      await old.query('DROP TABLE IF EXISTS trades');
      await old.query(mysqlTable);
      await old.query(mysqlRows(rows));
      await old.query('ANALYZE TABLE trades');
      await fresh.query(`DROP TABLE IF EXISTS trades; ${postgresTable}; ${postgresRows(rows)}`);
      await fresh.query('VACUUM ANALYZE trades');
    },
    async close() {
      await old.end();
      await fresh.end();
      await own.close();
    },
  };
};
