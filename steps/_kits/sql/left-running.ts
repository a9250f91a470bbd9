/** A statement of an engine that died may still be at work on the server: each carries a mark to find it by. */
import type { ActContext } from '../../../engine/step.ts';
import { endAndProve } from '../../_work/end-and-prove.ts';
import type { SqlClient } from './client.ts';

/** How long a killed session may take to be gone; rolling back a big statement is not waited for. */
const proof = { limitMs: 10_000, pauseMs: { first: 250, most: 250 } };

/** Names this attempt of this act of this run; only letters, digits and `-_/#.[]`, so that it may stand in a comment. */
export const markOf = (ctx: ActContext): string =>
  `runbook ${ctx.idempotencyKey}#${ctx.attempt}`.replace(/[^\w #/.[\]-]/g, '-');

/** Every attempt of this act. */
export const markOfAct = (ctx: ActContext): string => markOf(ctx).replace(/\d+$/, '');

export const marked = (ctx: ActContext, sql: string): string => `/* ${markOf(ctx)} */ ${sql}`;

/** Of any attempt. */
export const isLeftRunning = async (client: SqlClient, ctx: ActContext): Promise<boolean> =>
  (await client.saying(markOfAct(ctx))).length > 0;

/** False: the server still knows a session that is at it. */
export const endLeftRunning = async (
  client: SqlClient,
  ctx: ActContext,
  mark = markOf(ctx),
): Promise<boolean> =>
  endAndProve({
    living: () => client.saying(mark),
    end: async (sessions) => {
      for (const id of sessions) await client.kill(id);
    },
    now: () => ctx.clock.now(),
    sleep: (ms) => ctx.clock.sleep(ms, ctx.signal),
    signal: ctx.signal,
    ...proof,
  });
