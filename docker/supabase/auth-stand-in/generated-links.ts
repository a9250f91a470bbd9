/** POST /admin/generate_link: a link that is only returned. No mail, no limit; never to be logged, it opens the account. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import { normalEmail } from './addresses.ts';
import { audit, serviceRole } from './audit.ts';
import { AuthError, invalid } from './auth-error.ts';
import { audienceOf } from './bearer.ts';
import { inTransaction, type Queryable } from './database.ts';
import { actionLink } from './mailed-links.ts';
import { insertUser } from './new-users.ts';
import { keepToken, newOtp, tokenHash } from './one-time-tokens.ts';
import { assertStrong, hashPassword } from './passwords.ts';
import { effectiveRedirect } from './redirects.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { findByEmail, mergeMetadata, reload, type User, userJson } from './users.ts';

const linkParams = z.object({
  type: z.string().default(''),
  email: z.string().default(''),
  password: z.string().default(''),
  data: z.record(z.string(), z.unknown()).default({}),
  redirect_to: z.string().optional(),
});
type LinkParams = z.output<typeof linkParams>;

const known = ['recovery', 'magiclink', 'signup', 'invite'] as const;
type KnownType = (typeof known)[number];
const isKnown = (type: string): type is KnownType => known.some((one) => one === type);

export const generateLink = async (c: Context<Env>, service: Service) => {
  const params = await readBody(c, linkParams);
  const email = normalEmail(params.email);
  const redirectTo = effectiveRedirect(c, service.config, params.redirect_to);
  const aud = audienceOf(c, service);
  const user = await findByEmail(service.pool, email, aud);
  if (!user && params.type === 'recovery')
    throw new AuthError(404, 'user_not_found', 'User with this email not found');
  const { type: asked } = params;
  if (!isKnown(asked))
    throw invalid(
      `Invalid email action link type requested: ${asked} (the stand-in knows ${known.join(', ')})`,
    );
  const asNew = !user && asked === 'magiclink';
  const type = asNew ? 'signup' : asked;
  const made = { ...params, type, password: asNew ? randomBytes(32).toString('base64url') : params.password };
  if (!user && type === 'signup') assertStrong(made.password, service.config.passwords);
  const otp = newOtp(service.config.mailer.otpLength);
  const token = tokenHash(email, otp);
  const changed = await inTransaction(service.pool, c.var.deadline, async (db) => {
    const whose = await linked(db, service, made, user ?? { email, aud });
    const kind = type === 'recovery' || type === 'magiclink' ? 'recovery' : 'confirmation';
    await keepToken(db, whose, kind, token, new Date());
    return reload(db, whose.id);
  });
  return c.json({
    ...userJson(changed),
    action_link: actionLink(service.config, { token, type, redirectTo }),
    email_otp: otp,
    hashed_token: token,
    verification_type: type,
    redirect_to: redirectTo,
  });
};

/** Whose link it is: made where there is nobody yet. */
const linked = async (
  db: Queryable,
  service: Service,
  { type, password, data }: Pick<LinkParams, 'password' | 'data'> & { readonly type: KnownType },
  user: User | { readonly email: string; readonly aud: string },
): Promise<User> => {
  const exists = 'id' in user;
  if (type === 'recovery' || type === 'magiclink') {
    if (!exists) throw new Error('only a user has a recovery link');
    await audit(db, 'user_recovery_requested', user);
    return user;
  }
  if (exists && user.email_confirmed_at !== null)
    throw new AuthError(422, 'email_exists', 'A user with this email address has already been registered');
  const id = exists ? user.id : randomUUID();
  if (!exists)
    await insertUser(db, {
      id,
      aud: user.aud,
      role: service.config.jwt.defaultRole,
      email: user.email,
      phone: null,
      encryptedPassword: password === '' ? '' : await hashPassword(password),
      appMetadata: {},
      userMetadata: data,
    });
  else if (type === 'signup') await mergeMetadata(db, id, 'raw_user_meta_data', data);
  if (type === 'invite') {
    await audit(db, 'user_invited', serviceRole, { user_id: id, user_email: user.email });
    await db.query('UPDATE auth.users SET invited_at = now() WHERE id = $1', [id]);
  }
  return reload(db, id);
};
