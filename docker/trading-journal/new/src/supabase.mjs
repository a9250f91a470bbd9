import { createClient } from '@supabase/supabase-js';

/** One a request: a client keeps the session of its last user. */
export const openSupabase = () =>
  createClient(process.env.NEXT_PUBLIC_SUPABASE_URL, process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false, flowType: 'implicit' },
  });

/** Whether Auth refused (it knows why) rather than being away or overrun, when nothing is known. */
export const isRefusal = ({ status }) => status >= 400 && status < 500 && status !== 429;
