/** A table whose ids have become UUIDs, five hundred equal rows on both sides. */
import type { LabInfo } from '../../support/lab.ts';
import { useBothSides } from './both-sides.ts';
import { sequence } from './sequence.ts';

export const useTrades = async (lab: LabInfo) => {
  const both = await useBothSides(lab);
  await both.old.ask(`CREATE TABLE trades (id VARCHAR(25) PRIMARY KEY, userId VARCHAR(25) NOT NULL, accountId VARCHAR(25),
    symbol VARCHAR(20) NOT NULL, direction ENUM('LONG','SHORT') NOT NULL, openedAt DATETIME(3) NOT NULL, closedAt DATETIME,
    price DECIMAL(18,8) NOT NULL, pnl DECIMAL(18,2), rating INT, reviewed TINYINT(1) NOT NULL, note TEXT, day DATE)
    CHARSET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  await both.fresh.ask(`CREATE SCHEMA migration;
    CREATE TABLE migration.id_map (entity text, old_id text, new_id uuid, PRIMARY KEY (entity, old_id), UNIQUE (entity, new_id));
    CREATE TYPE direction AS ENUM ('LONG', 'SHORT');
    CREATE TABLE trades (id uuid PRIMARY KEY, "userId" uuid NOT NULL, "accountId" uuid, symbol varchar(20) NOT NULL, direction direction NOT NULL,
    "openedAt" timestamptz(3) NOT NULL, "closedAt" timestamptz(3), price numeric(18,8) NOT NULL, pnl numeric, rating int, reviewed boolean NOT NULL, note text, day date)`);
  await both.old.ask(`INSERT INTO trades SELECT CONCAT('t', seq), CONCAT('u', seq % 7), IF(seq % 5 = 0, NULL, CONCAT('a', seq % 9)),
    'MNQ', IF(seq % 2, 'LONG', 'SHORT'), '2025-01-06 14:30:00.25' + INTERVAL seq HOUR, '2025-01-06 14:30:00' + INTERVAL seq HOUR, seq / 8, seq / 4, seq % 6, seq % 2,
    IF(seq % 3 = 0, NULL, CONCAT('note 📈 ', seq)), '2025-03-30' + INTERVAL seq DAY FROM ${sequence(500)}`);
  await both.fresh.ask(`SET TIME ZONE 'UTC';
    INSERT INTO migration.id_map SELECT 'trades', 't' || n, gen_random_uuid() FROM generate_series(1, 500) n;
    INSERT INTO migration.id_map SELECT 'users', 'u' || n, gen_random_uuid() FROM generate_series(0, 6) n;
    INSERT INTO migration.id_map SELECT 'accounts', 'a' || n, gen_random_uuid() FROM generate_series(0, 8) n;
    INSERT INTO trades SELECT t.new_id, u.new_id, CASE WHEN n % 5 <> 0 THEN a.new_id END, 'MNQ', (CASE WHEN n % 2 = 1 THEN 'LONG' ELSE 'SHORT' END)::direction,
    timestamptz '2025-01-06 14:30:00.25' + make_interval(hours => n), timestamptz '2025-01-06 14:30:00' + make_interval(hours => n), n / 8.0, round(n / 4.0, 2), n % 6, n % 2 = 1,
    CASE WHEN n % 3 <> 0 THEN 'note 📈 ' || n END, date '2025-03-30' + n
    FROM generate_series(1, 500) n JOIN migration.id_map t ON t.entity = 'trades' AND t.old_id = 't' || n
    JOIN migration.id_map u ON u.entity = 'users' AND u.old_id = 'u' || n % 7 JOIN migration.id_map a ON a.entity = 'accounts' AND a.old_id = 'a' || n % 9`);
  /** Where a row of this old id stands in Postgres. */
  const at = (old: string) =>
    `id = (SELECT new_id FROM migration.id_map WHERE entity = 'trades' AND old_id = '${old}')`;
  const table = {
    table: 'trades',
    key: ['id'],
    ids: { id: 'trades', userId: 'users', accountId: 'accounts' },
  };
  const given = { id_map: { table: 'migration.id_map' }, tables: [table], range: 100 };
  return { ...both, at, table, given };
};
