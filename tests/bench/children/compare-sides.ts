/** Where the time of a comparison goes: the one statement of each side, alone. BENCH_SIDES: the two accesses. Prints ms. */
import type { TargetContext } from '../../../engine/target.ts';
import type { SqlClient } from '../../../steps/_kits/sql/client.ts';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { postgres } from '../../../steps/_targets/postgres/target.ts';
import { bucketChars } from '../../../steps/data-compare/digests.ts';
import { matchTable } from '../../../steps/data-compare/match-table.ts';
import { mysqlDigests } from '../../../steps/data-compare/mysql-sql.ts';
import { postgresDigests } from '../../../steps/data-compare/postgres-sql.ts';
import { dataCompare } from '../../../steps/data-compare/step.ts';
import { registry } from '../../../steps/index.ts';

const context = (name: string): TargetContext => ({
  name,
  signal: new AbortController().signal,
  reveal: String,
  resolve: (path) => path,
  log: () => undefined,
});
const sides = JSON.parse(process.env.BENCH_SIDES ?? '{}');
const opened = async (kind: typeof mysql | typeof postgres, access: unknown): Promise<SqlClient> => {
  const { open } = await registry.targets.get(kind.kind)!.load();
  return (await open(context(kind.kind), kind.config.parse(access))).client as SqlClient;
};

const input = dataCompare.input.parse({ against: 'fresh', tables: [{ table: 'trades', key: ['id'] }] });
const sessions = {
  mysql: await (await opened(mysql, sides.mysql)).open('snapshot'),
  postgres: await (await opened(postgres, sides.postgres)).open('snapshot'),
};
const [table] = input.tables;
const found = table && (await matchTable(sessions, table, input));
if (!found || !('plan' in found)) throw new Error(JSON.stringify(found));
const chars = bucketChars(found.plan.estimatedRows, input.range);
const timed = async (side: 'mysql' | 'postgres', sql: string): Promise<number> => {
  const startedAt = performance.now();
  await sessions[side].query(sql, [], Number.MAX_SAFE_INTEGER);
  return performance.now() - startedAt;
};
const mysqlMs = await timed('mysql', mysqlDigests(found.plan, chars));
const postgresMs = await timed('postgres', postgresDigests(found.plan, chars));
await Promise.all([sessions.mysql.close(), sessions.postgres.close()]);
process.stdout.write(JSON.stringify({ mysqlMs, postgresMs }));
