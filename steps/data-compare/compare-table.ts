import type { ActContext } from '../../engine/step.ts';
import { marked, markOf } from '../_targets/sql/left-running.ts';
import { bothDigests, bucketChars, differingBuckets } from './digests.ts';
import { mysqlRows, mysqlZeroDates } from './mysql-sql.ts';
import type { Sessions } from './plan-table.ts';
import { postgresRows } from './postgres-sql.ts';
import { rowDifferences } from './row-differences.ts';
import type { CompareInput, Difference, TableResult } from './step.ts';
import { allColumns, isStreamed, type TablePlan } from './table-plan.ts';
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
  readonly rows: number;
  readonly zeroDates: number;
}

/** A list that long costs a server more than it spares. */
const longestList = 1_000;

const count = async ({ mysql }: Sessions, plan: TablePlan): Promise<number> => {
  if (!plan.zeroDatesAreNull) return 0;
  const { rows } = await mysql.query(mysqlZeroDates(plan), [], 1);
  return Number(rows[0]?.zero_dates ?? 0);
};

const suspectsOf = async (
  sessions: Sessions,
  plan: TablePlan,
  { range }: CompareInput,
  ctx: ActContext,
): Promise<Suspects> => {
  if (isStreamed(plan)) return { buckets: null, rows: 0, zeroDates: await count(sessions, plan) };
  const chars = bucketChars(plan.estimatedRows, range);
  const { mysql, postgres } = await bothDigests(sessions, plan, chars, (sql) => marked(ctx, sql));
  const buckets = differingBuckets(mysql, postgres);
  return {
    buckets: chars === 0 && buckets.length > 0 ? null : buckets.length > longestList ? null : buckets,
    rows: mysql.rows,
    zeroDates: mysql.zeroDates,
  };
};

/** Throws SqlError and SessionLost. */
export const compareTable = async (
  sessions: Sessions,
  plan: TablePlan,
  input: CompareInput,
  ctx: ActContext,
  telling: Telling,
): Promise<Compared> => {
  const startedAt = ctx.clock.now();
  const suspects = await suspectsOf(sessions, plan, input, ctx);
  const counts = { differing: 0, missing: 0, extra: 0 };
  const first: Difference[] = [];
  const told: string[] = [];
  let looked = 0;
  if (suspects.buckets === null || suspects.buckets.length > 0) {
    const mark = markOf(ctx);
    const differences = rowDifferences(
      allColumns(plan),
      sessions.mysql.stream(mysqlRows(plan, suspects.buckets), mark),
      sessions.postgres.stream(postgresRows(plan, suspects.buckets), mark),
      () => {
        looked += 1;
        if (looked % 10_000 === 0) telling.progress(looked);
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
  const rows = isStreamed(plan) ? looked - counts.extra : suspects.rows;
  const seconds = (ctx.clock.now() - startedAt) / 1000;
  return { result: { rows, ...counts, zero_dates: suspects.zeroDates, seconds, first }, told };
};
