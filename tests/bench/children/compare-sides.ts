/** Where the time of a comparison goes: the one statement of each side, alone. BENCH_SIDES: the two accesses. Prints ms. */
import type { TargetContext } from '../../../engine/target.ts';
import type { SqlClient } from '../../../steps/_kits/sql/client.ts';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { postgres } from '../../../steps/_targets/postgres/target.ts';
import { seenFrom } from '../../../steps/data-compare/compared-table.ts';
import { bucketChars } from '../../../steps/data-compare/digests.ts';
import { matchTable } from '../../../steps/data-compare/match-table.ts';
import { asSides } from '../../../steps/data-compare/sessions.ts';
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
const { here, there } = asSides(await opened(mysql, sides.mysql), await opened(postgres, sides.postgres));
const sessions = {
  here: { ...here, session: await here.client.open('snapshot') },
  there: { ...there, session: await there.client.open('snapshot') },
};
const [table] = input.tables;
const found = table && (await matchTable(sessions, table, input));
if (!found || !('plan' in found)) throw new Error(JSON.stringify(found));
const { plan } = found;
const chars = bucketChars(plan.estimatedRows, input.range);
const timed = async (side: 'here' | 'there'): Promise<number> => {
  const { server, session } = sessions[side];
  const startedAt = performance.now();
  await session.query(server.digests(seenFrom(plan, side), chars), [], Number.MAX_SAFE_INTEGER);
  return performance.now() - startedAt;
};
const mysqlMs = await timed('here');
const postgresMs = await timed('there');
await Promise.all([sessions.here.session.close(), sessions.there.session.close()]);
process.stdout.write(JSON.stringify({ mysqlMs, postgresMs }));
