/** Recipients for whom /recover answers yes, and who get no mail or a link that is refused: found here, or never. */
import type { User } from '@supabase/supabase-js';
import type { ActContext } from '../../engine/step.ts';
import { type Listed, listRefused, named } from '../_kits/mailing/gather.ts';
import type { SupabaseTarget } from '../_targets/supabase/client.ts';
import { isBanned, isSso, usersByEmail } from './users.ts';

/** Throws StepFailed, and TargetError where the users cannot be read. */
export const refuseUnfit = async (
  ctx: ActContext,
  target: SupabaseTarget,
  listed: readonly Listed[],
): Promise<void> => {
  if (!target.hasAdmin) {
    ctx.log('without a service_role_key the engine cannot check that Auth knows every recipient\n');
    return;
  }
  const users = await usersByEmail(target, ctx.signal);
  const whose = (unfit: (user: User | undefined) => boolean): readonly Listed[] =>
    listed.filter(({ value }) => unfit(users.get(value.email.toLowerCase())));

  const strangers = whose((user) => user === undefined);
  if (strangers.length > 0)
    throw listRefused(`Auth does not know ${named(strangers)}; nobody was written to`, 'Import them first');
  const skipped = whose((user) => user !== undefined && (isSso(user) || Boolean(user.deleted_at)));
  if (skipped.length > 0)
    throw listRefused(
      `Auth sends no mail to ${named(skipped)}, and says yes: they log in by SSO, or are deleted; nobody was written to`,
      'Leave them out of the query',
    );
  const now = ctx.clock.now();
  const banned = whose((user) => user !== undefined && isBanned(user, now));
  if (banned.length > 0)
    throw listRefused(
      `Auth refuses the link of ${named(banned)}: they are banned; nobody was written to`,
      'Leave them out of the query, or lift the ban (ban_duration: none)',
    );
};
