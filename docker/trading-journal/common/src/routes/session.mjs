import { Hono } from 'hono';
import { currentUser, signIn, signOut } from '../auth.mjs';
import { loginPage } from '../pages/login.mjs';

/** What each refusal is to the client: a wrong password is 401, the rest is nobody's mistake. */
const refusals = {
  refused: { status: 401, text: 'Adresse e-mail ou mot de passe incorrect.' },
  busy: { status: 429, text: 'Trop de tentatives. Patientez une minute, puis réessayez.' },
  unavailable: { status: 503, text: 'La connexion est indisponible pour le moment. Réessayez bientôt.' },
};

export const session = new Hono();

session.get('/login', async (c) =>
  (await currentUser(c)) ? c.redirect('/dashboard', 303) : c.html(loginPage({})),
);

session.post('/login', async (c) => {
  const { email, password } = await c.req.parseBody();
  const outcome = await signIn(c, String(email ?? '').trim(), String(password ?? ''));
  if (outcome === 'ok') return c.redirect('/dashboard', 303);
  const { status, text } = refusals[outcome];
  return c.html(loginPage({ email: String(email ?? ''), problem: text }), status);
});

session.post('/logout', async (c) => {
  await signOut(c);
  return c.redirect('/login', 303);
});
