/** What became of mails whose answer never came, as far as Auth's own rows can tell. */
import type { ActContext, Ledger } from '../../engine/step.ts';
import type { Recipient } from '../_kits/mailing/recipients.ts';
import type { SupabaseTarget } from '../_targets/supabase/client.ts';
import { usersByEmail } from './users.ts';

/** Auth gives its mail server ten seconds, and writes the row after that. */
const settlingMs = 15_000;

/** A difference of the two clocks that Auth's `Date`, which knows seconds only, cannot show. */
const toleranceMs = 1_500;

/**
 * Settles as sent whoever has a row that says so: `recovery_sent_at` not older than the claim. A row that says
 * nothing proves nothing: the mail goes out before the row is written, and a changed password empties it.
 */
export const reconcile = async (
  ctx: ActContext,
  ledger: Ledger<Recipient>,
  target: SupabaseTarget,
): Promise<void> => {
  const open: { key: string; email: string; claimedAtMs: number; state: string }[] = [];
  for await (const { key, value, claimedAtMs, state } of ledger.unsettled())
    open.push({ key, email: value.email, claimedAtMs, state });
  if (open.length === 0) return;

  const proven = target.hasAdmin ? await provenSent(ctx, target, open) : new Set<string>();
  for (const { key, state } of open) {
    if (proven.has(key)) await ledger.settle(key, 'done', 'recovery_sent_at is not older than the claim');
    else if (state === 'claimed') await ledger.settle(key, 'unknown', 'the engine ended before the answer');
  }
  ctx.log(
    `${open.length} without an answer: ${proven.size} proven sent by recovery_sent_at, ${open.length - proven.size} stay unknown\n`,
  );
};

const provenSent = async (
  ctx: ActContext,
  target: SupabaseTarget,
  open: readonly { key: string; email: string; claimedAtMs: number }[],
): Promise<ReadonlySet<string>> => {
  const last = Math.max(...open.map(({ claimedAtMs }) => claimedAtMs));
  await ctx.clock.sleep(Math.min(settlingMs, Math.max(0, last + settlingMs - ctx.clock.now())), ctx.signal);
  const aheadMs = await serverAheadMs(ctx, target);
  const users = await usersByEmail(target, ctx.signal);
  return new Set(
    open
      .filter(({ email, claimedAtMs }) => {
        const at = Date.parse(users.get(email.toLowerCase())?.recovery_sent_at ?? '');
        return at >= claimedAtMs + aheadMs - toleranceMs;
      })
      .map(({ key }) => key),
  );
};

/** How far Auth's clock is ahead of the one that dated the claims. */
const serverAheadMs = async (ctx: ActContext, target: SupabaseTarget): Promise<number> => {
  const { client, wire } = target.admin(ctx.signal);
  await client.auth.admin.listUsers({ page: 1, perPage: 1 });
  const date = Date.parse(wire.headers?.get('date') ?? '');
  return Number.isNaN(date) ? 0 : date - ctx.clock.now();
};
