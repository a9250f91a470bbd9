import type { ActContext } from '../../engine/step.ts';
import { SqlError } from '../_targets/sql/client.ts';
import { checkpointOf } from './checkpoint.ts';
import { compareTable } from './compare-table.ts';
import { planTable, type Sessions } from './plan-table.ts';
import { inSnapshots, type Sides } from './sessions.ts';
import type { CompareInput, CompareOutput, TableResult } from './step.ts';
import type { TablePlan } from './table-plan.ts';
import { summed } from './told.ts';

/** The two sides as they are now cannot be compared as declared. */
export class NotComparable extends Error {
  override readonly name = 'NotComparable';
  readonly remedy: string;
  constructor(what: string, remedy: string) {
    super(what);
    this.remedy = remedy;
  }
}

const planned = async (sessions: Sessions, input: CompareInput): Promise<readonly TablePlan[]> => {
  const plans: TablePlan[] = [];
  for (const table of input.tables) {
    const found = await planTable(sessions, table, input);
    if ('plan' in found) plans.push(found.plan);
    else if ('absent' in found)
      throw new NotComparable(`${found.absent} is not there`, 'Create it, or correct the name');
    else {
      const [first] = found.faults;
      throw new NotComparable(`${table.table}: ${first?.what}`, first?.remedy ?? '');
    }
  }
  return plans;
};

const outputOf = (
  results: ReadonlyMap<string, TableResult>,
  seconds: number,
  most: number,
): CompareOutput => {
  const all = [...results.values()];
  const sum = (of: (result: TableResult) => number) => all.reduce((n, result) => n + of(result), 0);
  return {
    tables: Object.fromEntries([...results].map(([table, { first: _, ...counts }]) => [table, counts])),
    rows: sum(({ rows }) => rows),
    mismatches: sum(({ differing, missing, extra }) => differing + missing + extra),
    first: all.flatMap(({ first }) => first).slice(0, most),
    seconds,
  };
};

/** `told`: what differs, in one line. Throws NotComparable, TargetError, SqlError, SessionLost and SessionEnded. */
export const compareAll = async (
  sides: Sides,
  ctx: ActContext,
  input: CompareInput,
): Promise<{ readonly output: CompareOutput; readonly told: string }> => {
  const startedAt = ctx.clock.now();
  const checkpoint = await checkpointOf(ctx, input);
  const results = new Map<string, TableResult>();
  const told: string[] = [];
  await inSnapshots(sides, ctx, async (sessions) => {
    const plans = await planned(sessions, input);
    const total = plans.reduce((n, { estimatedRows }) => n + estimatedRows, 0);
    let done = 0;
    for (const plan of plans) {
      const earlier = await checkpoint.read(plan.name);
      if (earlier) ctx.log(`${plan.name}: compared by an earlier session\n`);
      const most = input.max_differences - told.length;
      const progress = (rows: number) =>
        ctx.progress({ done: done + rows, total: Math.max(total, done + rows), unit: 'rows' });
      const found = earlier
        ? { result: earlier, told: earlier.first.map((d) => `${d.table} ${d.key} ${d.what}`) }
        : await compareTable(sessions, plan, input, ctx, { most, progress });
      if (!earlier) await checkpoint.write(plan.name, found.result);
      results.set(plan.name, found.result);
      told.push(...found.told);
      const { rows, differing, missing, extra, seconds } = found.result;
      ctx.log(
        `${plan.name}: ${rows} rows, ${differing} differing, ${missing} missing, ${extra} extra, ${seconds} s\n`,
      );
      done += Math.max(rows, plan.estimatedRows);
      progress(0);
    }
  }).catch(async (error: unknown) => {
    // A refusal is an answer: whoever mends it may have changed what is compared already. A lost connection is none.
    if (error instanceof SqlError) await checkpoint.conclude();
    throw error;
  });
  await checkpoint.conclude();
  const output = outputOf(results, (ctx.clock.now() - startedAt) / 1000, input.max_differences);
  return { output, told: [summed(output), ...told].join('; ') };
};
