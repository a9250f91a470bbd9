/** The acts of a query step over any SqlClient. */
import { type ActContext, type StepActs, StepFailed } from '../../../engine/step.ts';
import type { SqlClient } from './client.ts';
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
): StepActs<QueryInput, QueryOutput, QueryBefore> => {
  /** Its statements as they are sent. */
  const opened = async (ctx: ActContext, input: QueryInput, row?: QueryBefore) => {
    const client = await clientOf(ctx);
    return { client, filled: filledIn(input, client.dialect, ctx.reveal, row ?? undefined) };
  };
  return {
    check: async (ctx, input) => {
      const { client, filled } = await opened(ctx, input);
      return check(client, ctx, filled);
    },
    prepare: async (ctx, input) => {
      if (!input.before) return null;
      const { client, filled } = await opened(ctx, input);
      return filled.before ? firstRow(client, ctx, filled.before, filled.trust_read) : null;
    },
    run: async (ctx, input) => {
      const { client, filled } = await opened(ctx, input);
      return { done: true, output: await run(client, ctx, filled) };
    },
    probe: async (ctx, input) => {
      const { client, filled } = await opened(ctx, input);
      return probe(client, ctx, filled);
    },
    end: async (ctx, input) => {
      const { client, filled } = await opened(ctx, input);
      return end(client, ctx, filled);
    },
    undo: async (ctx, input, before) => {
      if (input.before && !before) throw nothingKept();
      const { client, filled } = await opened(ctx, input, before);
      const { undo, ...rest } = filled;
      if (!undo) throw new StepFailed('the step has no statement that undoes it', { effect: 'none' });
      await run(client, ctx, { ...rest, ...undo, expect: {}, probe: undefined, max_rows: 1 });
      return { done: true, output: null };
    },
  };
};
