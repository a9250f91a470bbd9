/** POST /invite: an administrator asks somebody to set a password; the account is made at once. */
import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import { normalEmail } from './addresses.ts';
import { audit, serviceRole } from './audit.ts';
import { AuthError } from './auth-error.ts';
import { audienceOf } from './bearer.ts';
import { inTransaction } from './database.ts';
import { mailLink } from './mailed-links.ts';
import { insertUser } from './new-users.ts';
import { effectiveRedirect } from './redirects.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { findByEmail, reload, userJson } from './users.ts';

const inviteParams = z.object({
  email: z.string().default(''),
  data: z.record(z.string(), z.unknown()).default({}),
});

export const invite = async (c: Context<Env>, service: Service) => {
  const params = await readBody(c, inviteParams);
  const email = normalEmail(params.email);
  const aud = audienceOf(c, service);
  const found = await findByEmail(service.pool, email, aud);
  if (found?.email_confirmed_at)
    throw new AuthError(422, 'email_exists', 'A user with this email address has already been registered');
  const redirectTo = effectiveRedirect(c, service.config);
  const invited = await inTransaction(service.pool, c.var.deadline, async (db) => {
    const id = found?.id ?? randomUUID();
    if (!found)
      await insertUser(db, {
        id,
        aud,
        role: service.config.jwt.defaultRole,
        email,
        phone: null,
        encryptedPassword: '',
        appMetadata: {},
        userMetadata: params.data,
      });
    await audit(db, 'user_invited', serviceRole, { user_id: id, user_email: email });
    await mailLink(db, service, await reload(db, id), { type: 'invite', redirectTo, withCode: false });
    await db.query('UPDATE auth.users SET invited_at = confirmation_sent_at WHERE id = $1', [id]);
    return reload(db, id);
  });
  return c.json(userJson(invited));
};
