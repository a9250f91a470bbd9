// Supabase Auth's admin API, as far as the migration needs it.
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@supabase/supabase-js';

const attempts = 5;

export const openAuth = (url, serviceRoleKey) => {
  const { auth } = createClient(url, serviceRoleKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
  return {
    /** Rejects when Auth does not answer or does not take the key. */
    probe: async () => {
      const { error } = await auth.admin.listUsers({ perPage: 1 });
      if (error) throw new Error(`Supabase Auth can't be used: ${error.message}`, { cause: error });
    },
    create: (user) => create(auth.admin, user),
  };
};

const mayPass = ({ status }) => !status || status === 429 || status >= 500;

/** `created` or `exists`: an attempt whose answer was lost may have succeeded, so the caller has to look. */
const create = async (admin, { oldId, id, email, hash }) => {
  for (let attempt = 1; ; attempt++) {
    const { error } = await admin.createUser({
      id,
      email,
      email_confirm: true,
      password_hash: hash,
      // Not user_metadata: users can edit that.
      app_metadata: { migrated_from: 'mysql' },
    });
    if (!error) return 'created';
    if (error.code === 'email_exists' || error.code === 'user_already_exists') return 'exists';
    if (!mayPass(error) || attempt === attempts)
      throw new Error(`Supabase Auth did not take user ${oldId}: ${error.message}`, { cause: error });
    await sleep(200 * 2 ** attempt);
  }
};
