import * as z from 'zod';
import type { ActContext } from '../../engine/step.ts';
import { compareTable } from './compare-table.ts';
import type { ComparedTable } from './compared-table.ts';
import { matchTable } from './match-table.ts';
import { notComparable } from './not-comparable.ts';
import { rehearseDigest } from './rehearse-digest.ts';
import { inSnapshots, type Sessions, type Sides } from './sessions.ts';
import type { CompareInput, CompareOutput, TableResult } from './step.ts';
import { summed } from './told.ts';

const planned = async (sessions: Sessions, input: CompareInput): Promise<readonly ComparedTable[]> => {
  const plans: ComparedTable[] = [];
  for (const table of input.tables) {
    const found = await matchTable(sessions, table, input);
    if ('plan' in found) plans.push(found.plan);
    else if ('absent' in found)
      throw notComparable(`${found.absent} is not there`, 'Create it, or correct the name');
    else {
      const [first] = found.faults;
      throw notComparable(`${table.table}: ${first?.what}`, first?.remedy ?? '');
    }
  }
  return plans;
};

/** Rows of each table as an earlier attempt counted them: for how far it is, never for what is equal. */
const countedRows = z.record(z.string(), z.int().nonnegative());

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

const countsOf = (results: ReadonlyMap<string, TableResult>): z.output<typeof countedRows> =>
  Object.fromEntries([...results].map(([table, { rows }]) => [table, rows]));

/**
 * All in one snapshot of each side, and every table anew whenever it is called: what an earlier engine found was true
 * of its own snapshot, and a table may have changed since. `told`: what differs, in one line.
 * Throws StepFailed, TargetError, SqlError, SessionLost and SessionEnded.
 */
export const compareAll = async (
  sides: Sides,
  ctx: ActContext,
  input: CompareInput,
): Promise<{ readonly output: CompareOutput; readonly told: string }> => {
  const startedAt = ctx.clock.now();
  const results = new Map<string, TableResult>();
  const told: string[] = [];
  await inSnapshots(sides, ctx, async (sessions) => {
    await rehearseDigest(sessions);
    const plans = await planned(sessions, input);
    const counted = ctx.checkpoint('rows', countedRows);
    const earlier = (await counted.load()) ?? {};
    const expected = (plan: ComparedTable): number => earlier[plan.name] ?? plan.estimatedRows;
    const total = plans.reduce((n, plan) => n + expected(plan), 0);
    let done = 0;
    for (const plan of plans) {
      const most = input.max_differences - told.length;
      const progress = (rows: number) =>
        ctx.progress({ done: done + rows, total: Math.max(total, done + rows), unit: 'rows' });
      const found = await compareTable(sessions, plan, input, ctx, { most, progress });
      results.set(plan.name, found.result);
      told.push(...found.told);
      const { rows, differing, missing, extra, seconds } = found.result;
      ctx.log(
        `${plan.name}: ${rows} rows, ${differing} differing, ${missing} missing, ${extra} extra, ${seconds} s\n`,
      );
      done += Math.max(rows, expected(plan));
      await counted.save({ ...earlier, ...countsOf(results) });
      progress(0);
    }
  });
  const output = outputOf(results, (ctx.clock.now() - startedAt) / 1000, input.max_differences);
  return { output, told: [summed(output, sides.there.label), ...told].join('; ') };
};
