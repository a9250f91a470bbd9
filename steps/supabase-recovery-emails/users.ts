/** Auth's users, read page by page. */
import type { User } from '@supabase/supabase-js';
import { TargetError } from '../../engine/target.ts';
import type { SupabaseTarget } from '../_targets/supabase/client.ts';

const perPage = 200;
/** Users who were made in one instant have no order of their own: a page may miss one and show another twice. */
const mostSweeps = 3;

/**
 * All users by folded address. The pages are counted here: the client's `nextPage` keeps one digit only, and says 1
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
  for (const user of found.values()) if (user.email) byEmail.set(user.email.toLowerCase(), user);
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
