import bcrypt from 'bcryptjs';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { findUser, findUserByEmail } from './database.mjs';
import { appUrl } from './environment.mjs';
import { sessionSeconds, sign, userIdOf } from './tokens.mjs';

const cookie = 'trading-journal-session';
export const rounds = 12;

/**
 * Compared with where there is no user, so that an unknown address takes as long as a wrong password. Of a password
 * that nobody knows, made once: to make it at every start costs a third of a second.
 */
const nobodysHash = '$2b$12$Ltf2jw08SD2m73NWcQxPHeFbIlx2ALRtkGx6bq9QZKasZM/Spr.jG';

const startSession = async (c, userId) =>
  setCookie(c, cookie, await sign(userId), {
    httpOnly: true,
    sameSite: 'Lax',
    secure: appUrl.startsWith('https:'),
    path: '/',
    maxAge: sessionSeconds,
  });

/** `ok`, or why not (routes/session.mjs says it to the user). */
export const signIn = async (c, email, password) => {
  const user = await findUserByEmail(email);
  const matches = await bcrypt.compare(password, user?.passwordHash ?? nobodysHash);
  if (!user || !matches) return 'refused';
  await startSession(c, user.id);
  return 'ok';
};

/** `{ id, email }`, null without a session. */
export const currentUser = async (c) => {
  const id = await userIdOf(getCookie(c, cookie));
  return id && findUser(id);
};

export const signOut = async (c) => {
  deleteCookie(c, cookie, { path: '/' });
};
