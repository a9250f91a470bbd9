import { createHash, randomBytes } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { Hono } from 'hono';
import { rounds } from '../auth.mjs';
import { findUserByEmail, savePassword, saveReset, takeReset } from '../database.mjs';
import { appUrl } from '../environment.mjs';
import { sendMail } from '../mail.mjs';
import { askedPage, askPage, newPasswordPage } from '../pages/recovery.mjs';

/** Only its hash is stored: a reader of the table can't take over an account. */
const hashOf = (token) => createHash('sha256').update(token).digest('hex');
const shortest = 8;

const mailLink = async (email) => {
  const user = await findUserByEmail(email);
  if (!user) return;
  const token = randomBytes(32).toString('base64url');
  await saveReset(user.id, hashOf(token));
  const link = `${appUrl}/reset-password?token=${token}`;
  const text = `Pour choisir un nouveau mot de passe, ouvrez ce lien dans l’heure\u00a0:\n\n${link}\n`;
  await sendMail({ to: user.email, subject: 'Votre nouveau mot de passe', text });
};

export const recovery = new Hono();

recovery.get('/forgot-password', (c) => c.html(askPage()));

/** The same answer, and as fast, whether or not the address is known. */
recovery.post('/forgot-password', async (c) => {
  const { email } = await c.req.parseBody();
  mailLink(String(email ?? '').trim()).catch((error) => console.error('recovery mail', error));
  return c.html(askedPage());
});

recovery.get('/reset-password', (c) => c.html(newPasswordPage({ token: c.req.query('token') ?? '' })));

recovery.post('/reset-password', async (c) => {
  const { token, password } = await c.req.parseBody();
  if (typeof password !== 'string' || password.length < shortest)
    return c.html(
      newPasswordPage({ token: String(token ?? ''), problem: `Au moins ${shortest} caractères.` }),
      422,
    );
  const reset = await takeReset(hashOf(String(token ?? '')));
  if (!reset) return c.html(askPage({ problem: 'Ce lien a expiré. Demandez-en un nouveau.' }), 410);
  await savePassword(reset.userId, await bcrypt.hash(password, rounds));
  return c.redirect('/login', 303);
});
