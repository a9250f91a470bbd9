// A new password by a mailed link. Whatever shape the link comes back in, it ends in this form: tokens in the
// fragment (which only the browser sees: public/recovery.js), a token_hash, an error, or a code that is not ours.
import { Hono } from 'hono';
import { broughtTokens, keepSession } from '../auth.mjs';
import { appUrl } from '../environment.mjs';
import { askedPage, askPage, newPasswordPage } from '../pages/recovery.mjs';
import { isRefusal, openSupabase } from '../supabase.mjs';

const shortest = 8;
const expired = 'Ce lien a expiré ou a déjà servi. Demandez-en un nouveau.';
const unavailable = 'Le service est indisponible pour le moment. Réessayez bientôt.';

export const recovery = new Hono();

recovery.use('/auth/recovery', async (c, next) => {
  c.header('Cache-Control', 'no-store');
  await next();
});

recovery.get('/forgot-password', (c) => c.html(askPage()));

/** The same answer whether or not the address is known. */
recovery.post('/forgot-password', async (c) => {
  const { email } = await c.req.parseBody();
  const address = String(email ?? '').trim();
  const redirectTo = `${appUrl}/auth/recovery`;
  const { error } = await openSupabase().auth.resetPasswordForEmail(address, { redirectTo });
  if (error?.status === 429)
    return c.html(
      askPage({ problem: 'Un lien vient déjà d’être demandé. Patientez une minute, puis réessayez.' }),
      429,
    );
  if (error && !isRefusal(error)) return c.html(askPage({ problem: unavailable }), 503);
  return c.html(askedPage());
});

recovery.get('/auth/recovery', (c) => {
  const { token_hash: tokenHash, code, error } = c.req.query();
  // A code needs the verifier of the browser that asked; our mails are asked for by servers.
  if (error || code) return c.html(askPage({ problem: expired }), 410);
  // Nothing is used up before the button is pressed: mail scanners open links too.
  return c.html(newPasswordPage({ tokenHash }));
});

/** A session from whatever the form carries; a second try after a refused password finds it in the cookies. */
const openSession = async (c, auth, { token_hash, access_token, refresh_token }) => {
  if (token_hash) return auth.verifyOtp({ type: 'recovery', token_hash });
  const tokens = access_token && refresh_token ? { access_token, refresh_token } : broughtTokens(c);
  return tokens ? auth.setSession(tokens) : { data: { session: null }, error: null };
};

/** How long after the link was opened its session may set a password: a page left open over lunch, not for days. */
const linkHours = 1;

/**
 * Whether the session began with a mailed link. Auth says so in its token (`otp` for a link, `recovery` for a code),
 * which is signed. One that began with a password is refused: another person with the open session must not lock its owner out.
 */
const cameByLink = async (auth) => {
  const { data, error } = await auth.getClaims();
  if (error) return { byLink: false, error };
  const since = Date.now() / 1000 - linkHours * 60 * 60;
  const byLink = (data?.claims.amr ?? []).some(
    ({ method, timestamp }) => ['otp', 'recovery'].includes(method) && timestamp > since,
  );
  return { byLink, error: null };
};

const passwordProblem = ({ code }) =>
  code === 'same_password'
    ? 'Choisissez un mot de passe différent de l’ancien.'
    : 'Ce mot de passe est trop faible. Choisissez-en un autre.';

recovery.post('/auth/recovery', async (c) => {
  const form = await c.req.parseBody();
  const { password } = form;
  const brought = {
    tokenHash: form.token_hash,
    accessToken: form.access_token,
    refreshToken: form.refresh_token,
  };
  if (typeof password !== 'string' || password.length < shortest)
    return c.html(newPasswordPage({ ...brought, problem: `Au moins ${shortest} caractères.` }), 422);
  const { auth } = openSupabase();
  const { data, error } = await openSession(c, auth, form);
  if (error && !isRefusal(error)) return c.html(newPasswordPage({ ...brought, problem: unavailable }), 503);
  if (error || !data.session) return c.html(askPage({ problem: expired }), 410);
  const link = await cameByLink(auth);
  if (link.error && !isRefusal(link.error)) {
    // The link is used up by now: what it gave goes into the form for the next try.
    const { access_token: accessToken, refresh_token: refreshToken } = data.session;
    return c.html(newPasswordPage({ accessToken, refreshToken, problem: unavailable }), 503);
  }
  if (!link.byLink) return c.html(askPage({ problem: expired }), 410);
  keepSession(c, data.session);
  const { error: refused } = await auth.updateUser({ password });
  if (!refused) return c.redirect('/dashboard', 303);
  if (isRefusal(refused))
    return c.html(newPasswordPage({ ready: true, problem: passwordProblem(refused) }), 422);
  return c.html(newPasswordPage({ ready: true, problem: unavailable }), 503);
});
