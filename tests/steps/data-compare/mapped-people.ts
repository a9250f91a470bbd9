/** Rows whose ids have become UUIDs, addresses that were lowered, amounts within a tolerance, zero dates. */
import type { Difference } from '../../../steps/data-compare/step.ts';
import type { useBothSides } from './both-sides.ts';
import { sequence } from './sequence.ts';

type Both = Awaited<ReturnType<typeof useBothSides>>;

const rows = 100;

/** SQL for Postgres, by the number of the person; what it makes different. */
const changes: readonly (readonly [n: number, sql: string, column: string | null])[] = [
  [1, "UPDATE people SET email = 'p2@lab.test' WHERE id = $1", 'email'],
  [2, "UPDATE people SET email = 'p2 @lab.test' WHERE id = $1", 'email'],
  [3, "UPDATE people SET email = 'ṕ3@lab.test' WHERE id = $1", 'email'],
  [4, 'UPDATE people SET email = NULL WHERE id = $1', 'email'],
  [5, 'UPDATE people SET amount = amount + 0.011 WHERE id = $1', 'amount'],
  [6, 'UPDATE people SET amount = -amount WHERE id = $1', 'amount'],
  [7, "UPDATE people SET amount = 'NaN' WHERE id = $1", 'amount'],
  [8, 'UPDATE people SET amount = NULL WHERE id = $1', 'amount'],
  [9, "UPDATE people SET seen = seen + interval '1.001 seconds' WHERE id = $1", 'seen'],
  [11, "UPDATE people SET seen = seen + interval '1 hour' WHERE id = $1", 'seen'],
  [12, "UPDATE people SET seen = 'infinity' WHERE id = $1", 'seen'],
  [13, 'UPDATE people SET seen = NULL WHERE id = $1', 'seen'],
  [20, "UPDATE people SET seen = '2025-01-01' WHERE id = $1", 'seen'],
  [
    14,
    'UPDATE people SET boss = (SELECT boss FROM people p WHERE p.boss <> people.boss LIMIT 1) WHERE id = $1',
    'boss',
  ],
  [15, 'UPDATE people SET boss = NULL WHERE id = $1', 'boss'],
  [16, 'UPDATE people SET boss = gen_random_uuid() WHERE id = $1', 'boss'],
  [17, 'UPDATE people SET boss = id WHERE id = $1', 'boss'],
  [18, 'DELETE FROM people WHERE id = $1', null],
  [19, 'DELETE FROM people WHERE id = $1', null],
];

export const useMappedPeople = async ({ old, fresh }: Both) => {
  await old.ask(
    `CREATE TABLE people (id INT PRIMARY KEY, boss INT, email VARCHAR(90), amount DECIMAL(12,3), seen DATETIME(3)) CHARSET utf8mb4`,
  );
  await old.ask("SET sql_mode = ''");
  await old.ask(`INSERT INTO people SELECT seq, 1 + seq % 7, CONCAT('P', seq, '@Lab.Test'), seq / 8,
    IF(seq % 10 = 0, '0000-00-00', '2025-03-30 01:00:00.5' + INTERVAL seq MINUTE) FROM ${sequence(rows)}`);
  await fresh.ask(`CREATE SCHEMA migration;
    CREATE TABLE migration.id_map (entity text, old_id text, new_id uuid, PRIMARY KEY (entity, old_id), UNIQUE (entity, new_id));
    CREATE TABLE people (id uuid PRIMARY KEY, boss uuid, email text, amount numeric, seen timestamptz);
    INSERT INTO migration.id_map SELECT 'people', n::text, gen_random_uuid() FROM generate_series(1, ${rows}) n;
    INSERT INTO people SELECT i.new_id, b.new_id, 'p' || n || '@lab.test', n / 8.0 + 0.01, CASE WHEN n % 10 <> 0 THEN
      timestamptz '2025-03-30 01:00:01.5Z' + make_interval(mins => n) END FROM generate_series(1, ${rows}) n
      JOIN migration.id_map i ON i.old_id = n::text JOIN migration.id_map b ON b.old_id = (1 + n % 7)::text`);
  const planted: Difference[] = [];
  for (const [n, sql, column] of changes) {
    const [found] = await fresh.ask('SELECT new_id FROM migration.id_map WHERE old_id = $1', [String(n)]);
    await fresh.ask(sql, [found?.new_id]);
    planted.push({
      table: 'people',
      key: String(n),
      what: column === null ? 'missing' : 'differing',
      column,
    });
  }
  const [stranger] = await fresh.ask('INSERT INTO people (id) VALUES (gen_random_uuid()) RETURNING id');
  planted.push({ table: 'people', key: `unmapped:${stranger?.id}`, what: 'extra', column: null });
  const table = {
    table: 'people',
    key: ['id'],
    ids: { id: 'people', boss: 'people' },
    kinds: { email: 'caseless' },
    tolerance: { amount: '0.01', seen: '1s' },
    zero_date: null,
  };
  return { planted, table };
};
