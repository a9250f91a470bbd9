/** Auth's users, read page by page. */
import type { User } from '@supabase/supabase-js';
import { TargetError } from '../../engine/target.ts';
import type { SupabaseTarget } from '../_targets/supabase/client.ts';

const perPage = 200;
/** Users who were made in one instant have no order of their own: a page may miss one and show another twice. */
const mostSweeps = 3;

/**
 * The server's `is_sso_user` is in none of its answers; the provider of such a user begins so. /recover does not
 * find them by their address.
 */
export const isSso = ({ app_metadata }: User): boolean =>
  typeof app_metadata?.provider === 'string' && app_metadata.provider.startsWith('sso:');

export const isBanned = ({ banned_until }: User, now: number): boolean =>
  banned_until !== undefined && Date.parse(banned_until) > now;

/**
 * All users by folded address; where an SSO user shares one with another, it is the other, whom /recover finds. The pages are counted here: the client's `nextPage` keeps one digit only, and says 1
 * after page 9. Throws TargetError.
 */
export const usersByEmail = async (
  target: SupabaseTarget,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, User>> => {
  const found = new Map<string, User>();
  for (let sweep = 1; ; sweep++) {
    const total = await sweepInto(found, target, signal);
    if (total === null || found.size >= total || sweep === mostSweeps) break;
  }
  const byEmail = new Map<string, User>();
  for (const user of found.values()) {
    if (!user.email) continue;
    const email = user.email.toLowerCase();
    if (!isSso(user) || !byEmail.has(email)) byEmail.set(email, user);
  }
  return byEmail;
};

const sweepInto = async (
  found: Map<string, User>,
  target: SupabaseTarget,
  signal: AbortSignal,
): Promise<number | null> => {
  const { client, wire } = target.admin(signal);
  for (let page = 1; ; page++) {
    const { data, error } = await client.auth.admin.listUsers({ page, perPage });
    signal.throwIfAborted();
    if (error)
      throw new TargetError(
        target.target,
        wire.status !== null && wire.status < 500 ? 'auth' : 'unreachable',
        `the users cannot be listed: ${error.message}`,
        'Check the service_role_key, and the status of the project',
        { cause: error },
      );
    for (const user of data.users) found.set(user.id, user);
    if (data.users.length < perPage) {
      const total = wire.headers?.get('x-total-count');
      return total ? Number(total) : null;
    }
  }
};
