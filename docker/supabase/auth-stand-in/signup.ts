/** POST /signup: an account that anybody makes, with a password or anonymously. */
import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import { confirmEmail } from './account-changes.ts';
import { normalEmail } from './addresses.ts';
import { audit } from './audit.ts';
import { AuthError, invalid } from './auth-error.ts';
import { audienceOf } from './bearer.ts';
import { inTransaction, type Queryable } from './database.ts';
import { assertChallenge, beginFlow, challengeParams } from './flow-state.ts';
import { mailLink } from './mailed-links.ts';
import { insertIdentity, insertUser, unverified } from './new-users.ts';
import { assertStrong, hashPassword } from './passwords.ts';
import { effectiveRedirect } from './redirects.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { beginSession } from './sessions.ts';
import { findByIdentity, refreshProviders, reload, type User, userJson } from './users.ts';

const signupParams = z.object({
  email: z.string().default(''),
  phone: z.string().default(''),
  password: z.string().default(''),
  channel: z.string().default(''),
  data: z.record(z.string(), z.unknown()).default({}),
  ...challengeParams,
});
type SignupParams = z.output<typeof signupParams>;

type Json = Readonly<Record<string, unknown>>;

export const signUp = async (c: Context<Env>, service: Service) => {
  const params = await readBody(c, signupParams);
  if (params.email === '' && params.phone === '') return c.json(await anonymous(c, service, params));
  service.limits.signup((name) => c.req.header(name));
  return c.json(await register(c, service, params));
};

const assertOpen = ({ config }: Service): void => {
  if (config.signupDisabled)
    throw new AuthError(422, 'signup_disabled', 'Signups not allowed for this instance');
};

/** No address, no identity, nothing in the audit log: only a session. */
const anonymous = async (c: Context<Env>, service: Service, { data }: SignupParams) => {
  if (!service.config.anonymousUsers)
    throw new AuthError(422, 'anonymous_provider_disabled', 'Anonymous sign-ins are disabled');
  service.limits.anonymous((name) => c.req.header(name));
  assertOpen(service);
  return inTransaction(service.pool, c.var.deadline, async (db) => {
    const user = await insert(db, c, service, { email: null, encryptedPassword: '', userMetadata: data });
    return beginSession(db, service.config, user, 'anonymous');
  });
};

const insert = async (
  db: Queryable,
  c: Context<Env>,
  service: Service,
  of: { email: string | null; encryptedPassword: string; userMetadata: Json; claims?: Json; id?: string },
): Promise<User> => {
  const id = of.id ?? randomUUID();
  await insertUser(db, {
    ...of,
    id,
    aud: audienceOf(c, service),
    role: service.config.jwt.defaultRole,
    phone: null,
    appMetadata: {},
    isAnonymous: of.email === null,
  });
  return reload(db, id);
};

/** The answer: a session, or the user whose address is to be confirmed. */
export const register = async (c: Context<Env>, service: Service, params: SignupParams): Promise<Json> => {
  const { config, pool } = service;
  assertOpen(service);
  if (params.password === '') throw invalid('Signup requires a valid password');
  assertStrong(params.password, config.passwords);
  assertOneWay(params);
  const withCode = assertChallenge(params);
  if (params.phone !== '') throw new AuthError(400, 'phone_provider_disabled', 'Phone signups are disabled');
  if (!config.email.enabled)
    throw new AuthError(400, 'email_provider_disabled', 'Email signups are disabled');
  const email = normalEmail(params.email);
  const found = await findByIdentity(pool, email, audienceOf(c, service));
  if (found?.email_confirmed_at) return repeated(c, service, found, params);
  const encryptedPassword = found ? '' : await hashPassword(params.password);
  const redirectTo = effectiveRedirect(c, config);
  return inTransaction(pool, c.var.deadline, async (db) => {
    const user = found
      ? await claimed(db, found, params.data)
      : await newcomer(db, c, service, { email, encryptedPassword, data: params.data });
    if (config.mailer.autoconfirm) return confirmed(db, service, user, !found);
    await audit(db, 'user_confirmation_requested', user, { provider: 'email' });
    if (withCode) await beginFlow(db, user.id, params, 'email/signup', 'email');
    await mailLink(db, service, user, { type: 'signup', redirectTo, withCode });
    const json = userJson(await reload(db, user.id));
    return user.invited_at === null ? json : { ...json, user_metadata: {}, identities: [] };
  });
};

const assertOneWay = ({ email, phone, channel, code_challenge: challenge }: SignupParams): void => {
  if (email !== '' && phone !== '')
    throw invalid('Only an email address or phone number should be provided on signup.');
  if (phone === '') return;
  if (!['', 'sms'].includes(channel)) throw badChannel();
  if (challenge !== '') throw invalid('PKCE not supported for phone signups');
};

const badChannel = (): AuthError =>
  invalid(
    "Invalid channel, supported values are 'sms' or 'whatsapp'. 'whatsapp' is only supported if Twilio or Twilio Verify is used as the provider.",
  );

/** The metadata of a newcomer repeats the identity. */
const newcomer = (
  db: Queryable,
  c: Context<Env>,
  service: Service,
  { email, encryptedPassword, data }: { email: string; encryptedPassword: string; data: Json },
): Promise<User> => {
  const id = randomUUID();
  const said = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null));
  const userMetadata = { ...said, email, ...unverified(id) };
  return insert(db, c, service, { id, email, encryptedPassword, userMetadata, claims: data });
};

/** The owner of the address is not known yet: password and metadata stay, unless no identity has the address. */
const claimed = async (db: Queryable, user: User, data: Json): Promise<User> => {
  const { rowCount } = await db.query(
    "SELECT FROM auth.identities WHERE provider_id = $1 AND provider = 'email'",
    [user.id],
  );
  if (rowCount) return user;
  const identity = { ...data, email: user.email, ...unverified(user.id) };
  await insertIdentity(db, user.id, 'email', identity);
  await db.query("DELETE FROM auth.identities WHERE user_id = $1 AND provider <> 'email'", [user.id]);
  await db.query('UPDATE auth.users SET raw_user_meta_data = $2 WHERE id = $1', [user.id, identity]);
  await refreshProviders(db, user.id);
  return reload(db, user.id);
};

const confirmed = async (db: Queryable, service: Service, user: User, isNew: boolean): Promise<Json> => {
  await audit(db, 'user_signedup', user, { provider: 'email' });
  await confirmEmail(db, user.id);
  await audit(db, 'login', user, { provider: 'email' });
  const pair = await beginSession(db, service.config, user, 'password');
  if (!isNew) return { ...pair };
  // The real server answers with the metadata in both places; the identity's row is not verified.
  const identities = user.identities.map((one) => ({ ...one, identity_data: pair.user.user_metadata }));
  return { ...pair, user: { ...pair.user, identities } };
};

/** The answer does not show who has an account: the answer is that of a newcomer, made up. */
const repeated = async (c: Context<Env>, service: Service, user: User, { data }: SignupParams) => {
  await inTransaction(service.pool, c.var.deadline, (db) =>
    audit(db, 'user_repeated_signup', user, { provider: 'email' }),
  );
  if (service.config.mailer.autoconfirm)
    throw new AuthError(422, 'user_already_exists', 'User already registered');
  const now = new Date();
  return userJson({
    ...user,
    id: randomUUID(),
    aud: audienceOf(c, service),
    role: '',
    phone: null,
    email_change: '',
    created_at: now,
    updated_at: now,
    confirmation_sent_at: now,
    last_sign_in_at: null,
    confirmed_at: null,
    email_change_sent_at: null,
    email_confirmed_at: null,
    phone_confirmed_at: null,
    identities: [],
    raw_user_meta_data: data,
    raw_app_meta_data: { provider: 'email', providers: ['email'] },
  });
};
