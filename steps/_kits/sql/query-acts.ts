/** The acts of a query step over any SqlClient. */
import { type ActContext, type StepActs, StepFailed } from '../../../engine/step.ts';
import type { SqlClient } from './client.ts';
import type { Dialect } from './fill-in.ts';
import { end, firstRow, probe, run } from './query.ts';
import { check } from './query-check.ts';
import { filledIn, type QueryBefore, type QueryInput, type QueryOutput } from './query-input.ts';

const nothingKept = (): StepFailed =>
  new StepFailed('what was there before is not known, so it cannot be restored', {
    effect: 'none',
    remedy: 'Restore it by hand, then say that the undo is done',
  });

export const queryActs = (
  clientOf: (ctx: ActContext) => Promise<SqlClient>,
  dialect: Dialect,
): StepActs<QueryInput, QueryOutput, QueryBefore> => {
  const filled = (ctx: ActContext, input: QueryInput, row?: QueryBefore): QueryInput =>
    filledIn(input, dialect, ctx.reveal, row ?? undefined);
  return {
    check: async (ctx, input) => check(await clientOf(ctx), ctx, filled(ctx, input)),
    prepare: async (ctx, input) => {
      const { before, trust_read } = filled(ctx, input);
      return before ? firstRow(await clientOf(ctx), ctx, before, trust_read) : null;
    },
    run: async (ctx, input) => ({
      done: true,
      output: await run(await clientOf(ctx), ctx, filled(ctx, input)),
    }),
    probe: async (ctx, input) => probe(await clientOf(ctx), ctx, filled(ctx, input)),
    end: async (ctx, input) => end(await clientOf(ctx), ctx, filled(ctx, input)),
    undo: async (ctx, input, before) => {
      if (!input.undo) throw new StepFailed('the step has no statement that undoes it', { effect: 'none' });
      if (input.before && !before) throw nothingKept();
      const { undo, ...rest } = filled(ctx, input, before);
      if (!undo) throw nothingKept();
      const given = { ...rest, ...undo, expect: {}, probe: undefined, max_rows: 1 };
      await run(await clientOf(ctx), ctx, given);
      return { done: true, output: null };
    },
  };
};
