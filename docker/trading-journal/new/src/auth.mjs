// Sessions are Supabase's, kept in two cookies that scripts can't read. Auth is asked at each request, so a
// session that was ended elsewhere ends here at once.
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { appUrl } from './environment.mjs';
import { isRefusal, openSupabase } from './supabase.mjs';

const accessCookie = 'trading-journal-access';
const refreshCookie = 'trading-journal-refresh';
const thirtyDays = 30 * 24 * 60 * 60;

export const keepSession = (c, { access_token, refresh_token }) => {
  const options = {
    httpOnly: true,
    sameSite: 'Lax',
    secure: appUrl.startsWith('https:'),
    path: '/',
    maxAge: thirtyDays,
  };
  setCookie(c, accessCookie, access_token, options);
  setCookie(c, refreshCookie, refresh_token, options);
};

const forgetSession = (c) => {
  for (const name of [accessCookie, refreshCookie]) deleteCookie(c, name, { path: '/' });
};

/** null: the browser brought none. */
export const broughtTokens = (c) => {
  const access_token = getCookie(c, accessCookie);
  const refresh_token = getCookie(c, refreshCookie);
  return access_token && refresh_token ? { access_token, refresh_token } : null;
};

/** `ok`, or why not (routes/session.mjs says it to the user). */
export const signIn = async (c, email, password) => {
  const { data, error } = await openSupabase().auth.signInWithPassword({ email, password });
  if (error) {
    if (error.status === 429) return 'busy';
    return isRefusal(error) ? 'refused' : 'unavailable';
  }
  keepSession(c, data.session);
  return 'ok';
};

/** `{ id, email }`, null without a session. Rejects when Auth can't be asked: that is no reason to log out. */
export const currentUser = async (c) => {
  const tokens = broughtTokens(c);
  if (!tokens) return null;
  const { data, error } = await openSupabase().auth.setSession(tokens);
  if (error && !isRefusal(error)) throw error;
  if (error || !data.session) {
    forgetSession(c);
    return null;
  }
  if (data.session.access_token !== tokens.access_token) keepSession(c, data.session);
  return { id: data.user.id, email: data.user.email };
};

export const signOut = async (c) => {
  const tokens = broughtTokens(c);
  forgetSession(c);
  if (!tokens) return;
  const { auth } = openSupabase();
  await auth.setSession(tokens);
  await auth.signOut({ scope: 'local' });
};
