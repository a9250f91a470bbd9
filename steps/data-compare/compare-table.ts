import type { ActContext, StepFailed } from '../../engine/step.ts';
import { marked, markOf } from '../_kits/sql/left-running.ts';
import { type ComparedTable, canFold, isStreamed, type Side, seenFrom } from './compared-table.ts';
import { bothDigests, bucketChars, differingBuckets } from './digests.ts';
import { notComparable } from './not-comparable.ts';
import { rowDifferences } from './row-differences.ts';
import type { Sessions } from './sessions.ts';
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

const bothSides: readonly Side[] = ['here', 'there'];

const count = async (sessions: Sessions, plan: ComparedTable): Promise<number> => {
  let n = 0;
  for (const side of plan.zeroDatesAreNull ? bothSides : []) {
    const { server, session } = sessions[side];
    const sql = server.zeroDates(seenFrom(plan, side));
    if (sql !== null) n += Number((await session.query(sql)).rows[0]?.zero_dates ?? 0);
  }
  return n;
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
  const { here, there } = await bothDigests(sessions, plan, chars, (sql) => marked(ctx, sql));
  const differing = differingBuckets(here, there);
  const all = differing.length > longestList || (chars === 0 && differing.length > 0);
  return {
    buckets: all ? null : differing,
    differing,
    rows: here.rows,
    zeroDates: here.zeroDates + there.zeroDates,
  };
};

/** Two rows whose keys have one form could swap their values, and no checksum would tell. */
const assertDistinct = async (sessions: Sessions, plan: ComparedTable, ctx: ActContext): Promise<void> => {
  if (!plan.key.some(canFold)) return;
  const found = await Promise.all(
    bothSides.map(async (side) => {
      const { server, label, session } = sessions[side];
      return { label, ...(await session.query(marked(ctx, server.collisions(seenFrom(plan, side))))) };
    }),
  );
  for (const { label, rows } of found)
    if (Number(rows[0]?.n) > 0)
      throw notComparable(
        `${plan.name} has keys in ${label} that differ, but not as they are compared`,
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
    const { buckets } = suspects;
    const rowsOf = async (side: Side) => {
      const { server, session } = sessions[side];
      const own = seenFrom(plan, side);
      await server.makeSortRoom(session, own);
      return session.stream(server.rows(own, buckets), markOf(ctx));
    };
    const differences = rowDifferences(plan, await rowsOf('here'), await rowsOf('there'), {
      seen: () => {
        looked += 1;
        if (looked % 10_000 === 0) telling.progress(looked);
      },
      explained: (hash) => toExplain.delete(hash.slice(0, chars)),
    });
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
