import type { ActContext, StepFailed } from '../../engine/step.ts';
import { marked, markOf } from '../_kits/sql/left-running.ts';
import { type ComparedTable, canFold, isStreamed } from './compared-table.ts';
import { bothDigests, bucketChars, differingBuckets } from './digests.ts';
import type { Sessions } from './match-table.ts';
import { mysqlCollisions, mysqlRows, mysqlZeroDates } from './mysql-sql.ts';
import { notComparable } from './not-comparable.ts';
import { postgresCollisions, postgresRows } from './postgres-sql.ts';
import { rowDifferences } from './row-differences.ts';
import { makeSortRoom } from './sort-room.ts';
import type { CompareInput, Difference, TableResult } from './step.ts';
import { differenceOf, inFull, shortly } from './told.ts';

export interface Compared {
  readonly result: TableResult;
  /** The first differences, shortly told. */
  readonly told: readonly string[];
}

export interface Telling {
  /** How many differences may still be told. */
  readonly most: number;
  progress(rows: number): void;
}

interface Suspects {
  /** Buckets to look into; null: every row, since checksums cannot be had or would spare nothing. */
  readonly buckets: readonly string[] | null;
  /** Buckets whose checksums differ: each has a row that explains it. */
  readonly differing: readonly string[];
  readonly rows: number;
  readonly zeroDates: number;
}

/** A list that long costs a server more than it spares. */
const longestList = 1_000;

const count = async ({ mysql }: Sessions, plan: ComparedTable): Promise<number> => {
  if (!plan.zeroDatesAreNull) return 0;
  const { rows } = await mysql.query(mysqlZeroDates(plan));
  return Number(rows[0]?.zero_dates ?? 0);
};

const suspectsOf = async (
  sessions: Sessions,
  plan: ComparedTable,
  { range }: CompareInput,
  ctx: ActContext,
): Promise<Suspects> => {
  if (isStreamed(plan))
    return { buckets: null, differing: [], rows: 0, zeroDates: await count(sessions, plan) };
  const chars = bucketChars(plan.estimatedRows, range);
  const { mysql, postgres } = await bothDigests(sessions, plan, chars, (sql) => marked(ctx, sql));
  const differing = differingBuckets(mysql, postgres);
  const all = differing.length > longestList || (chars === 0 && differing.length > 0);
  return {
    buckets: all ? null : differing,
    differing,
    rows: mysql.rows,
    zeroDates: mysql.zeroDates,
  };
};

/** Two rows whose keys have one form could swap their values, and no checksum would tell. */
const assertDistinct = async (
  { mysql, postgres }: Sessions,
  plan: ComparedTable,
  ctx: ActContext,
): Promise<void> => {
  if (!plan.key.some(canFold)) return;
  const [here, there] = await Promise.all([
    mysql.query(marked(ctx, mysqlCollisions(plan))),
    postgres.query(marked(ctx, postgresCollisions(plan))),
  ]);
  for (const [server, { rows }] of [
    ['MySQL', here],
    ['Postgres', there],
  ] as const)
    if (Number(rows[0]?.n) > 0)
      throw notComparable(
        `${plan.name} has keys in ${server} that differ, but not as they are compared`,
        'Name another key, or compare the key by another kind',
      );
};

/** The two servers do not mean the same by what they send: then nothing that they send is believed. */
const unexplained = (plan: ComparedTable, buckets: number): StepFailed =>
  notComparable(
    `the checksums of ${plan.name} differ in ${buckets} ${buckets === 1 ? 'part' : 'parts'}, but no row of ${buckets === 1 ? 'it' : 'them'} does`,
    'Compare these rows another way: a server changes values on their way here, or rows change in spite of the freeze',
  );

/** Throws StepFailed, SqlError and SessionLost. */
export const compareTable = async (
  sessions: Sessions,
  plan: ComparedTable,
  input: CompareInput,
  ctx: ActContext,
  telling: Telling,
): Promise<Compared> => {
  const startedAt = ctx.clock.now();
  await assertDistinct(sessions, plan, ctx);
  const suspects = await suspectsOf(sessions, plan, input, ctx);
  const toExplain = new Set(suspects.differing);
  const chars = suspects.differing[0]?.length ?? 0;
  const counts = { differing: 0, missing: 0, extra: 0 };
  const first: Difference[] = [];
  const told: string[] = [];
  let looked = 0;
  if (suspects.buckets === null || suspects.buckets.length > 0) {
    await makeSortRoom(sessions.mysql, plan);
    const mark = markOf(ctx);
    const differences = rowDifferences(
      plan,
      sessions.mysql.stream(mysqlRows(plan, suspects.buckets), mark),
      sessions.postgres.stream(postgresRows(plan, suspects.buckets), mark),
      {
        seen: () => {
          looked += 1;
          if (looked % 10_000 === 0) telling.progress(looked);
        },
        explained: (hash) => toExplain.delete(hash.slice(0, chars)),
      },
    );
    for await (const found of differences) {
      counts[found.what] += 1;
      if (first.length >= telling.most) continue;
      first.push(differenceOf(plan, found));
      told.push(shortly(plan, found));
      ctx.log(inFull(plan, found));
    }
  }
  if (toExplain.size > 0) throw unexplained(plan, toExplain.size);
  const rows = isStreamed(plan) ? looked - counts.extra : suspects.rows;
  const seconds = (ctx.clock.now() - startedAt) / 1000;
  return { result: { rows, ...counts, zero_dates: suspects.zeroDates, seconds, first }, told };
};
