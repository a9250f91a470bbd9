/** The acts of a query step over any SqlClient. */
import type { ActContext, StepActs } from '../../../engine/step.ts';
import type { SqlClient } from './client.ts';
import { end, probe, run } from './query.ts';
import { check } from './query-check.ts';
import type { QueryInput, QueryOutput } from './query-input.ts';

export const queryActs = (
  clientOf: (ctx: ActContext) => Promise<SqlClient>,
): StepActs<QueryInput, QueryOutput, unknown> => ({
  check: async (ctx, input) => check(await clientOf(ctx), ctx, input),
  run: async (ctx, input) => ({ done: true, output: await run(await clientOf(ctx), ctx, input) }),
  probe: async (ctx, input) => probe(await clientOf(ctx), ctx, input),
  end: async (ctx, input) => end(await clientOf(ctx), ctx, input),
});
