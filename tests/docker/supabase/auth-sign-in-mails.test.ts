/** Mails that sign in: /otp, /magiclink, /invite and /resend, held against the stand-in and the real Auth. */
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  asAdmin,
  auditOf,
  authPrograms,
  banned,
  call,
  createUser,
  follow,
  freshEmail,
  identitiesOf,
  refused,
  rowOf,
  tokensOf,
  useAuthServer,
} from '../../support/auth-contract.ts';
import type { AuthServer } from '../../support/auth-server.ts';
import { useLab } from '../../support/lab.ts';

const lab = await useLab();

const invalid = (msg: unknown) => refused(400, 'validation_failed', msg);
const badAddress = invalid('Unable to validate email address: invalid format');
const tooSoon = refused(429, 'over_email_send_rate_limit', expect.stringContaining('you can only request'));
const closed = refused(422, 'otp_disabled', 'Signups not allowed for otp');
const challenge = 'a'.repeat(43);

/** The user's last mail, and the link in it. */
const lastMail = async (auth: AuthServer, email: string) => {
  const [mail] = await auth.inbox.mailsTo(email);
  return { subject: mail?.Subject, link: new URL(await auth.inbox.linkTo(email)) };
};

const mailsTo = async (auth: AuthServer, email: string) => (await auth.inbox.mailsTo(email)).length;

describe.each(authPrograms)('$name', (program) => {
  const auth = useAuthServer(lab, program, {
    GOTRUE_SMTP_MAX_FREQUENCY: '1h',
    GOTRUE_MAILER_SUBJECTS_MAGIC_LINK: 'Sign in, {{ .Data.name }}',
    GOTRUE_URI_ALLOW_LIST: 'https://docs.journal.test/**',
  });
  const post = (path: string, body: unknown) => call(auth(), `POST ${path}`, { body });
  const userOf = async (email: string) =>
    (await auth().ask('SELECT * FROM auth.users WHERE email = $1', [email]))[0];

  describe.each(['/magiclink', '/otp'])('%s', (path) => {
    test('mails a link that signs in', async () => {
      const { id, email } = await createUser(auth(), { user_metadata: { name: 'Zoé' } });
      const target = 'https://docs.journal.test/today';
      expect(await post(`${path}?redirect_to=${target}`, { email: email.toUpperCase() })).toMatchObject({
        status: 200,
        json: {},
      });
      expect(await tokensOf(auth(), id)).toEqual([{ token_type: 'recovery_token', relates_to: email }]);
      expect(await rowOf(auth(), id)).toMatchObject({ recovery_sent_at: expect.any(Date) });
      expect((await auditOf(auth(), id)).at(-1)).toEqual({ action: 'user_recovery_requested', traits: null });
      const { subject, link } = await lastMail(auth(), email);
      expect(subject).toBe('Sign in, Zoé');
      expect(link.pathname).toBe('/auth/v1/verify');
      expect(Object.fromEntries(link.searchParams)).toMatchObject({ type: 'magiclink', redirect_to: target });
      const { location, fragment } = await follow(auth(), link);
      expect(location.split('#')[0]).toBe(target);
      expect(fragment.get('type')).toBe('magiclink');
      expect(decodeJwt(fragment.get('access_token') ?? '').sub).toBe(id);
      expect(await tokensOf(auth(), id)).toEqual([]);
    });

    test('one an hour, counted with those of /recover', async () => {
      const { email } = await createUser(auth());
      expect((await post(path, { email })).status).toBe(200);
      expect(await post(path, { email })).toMatchObject(tooSoon);
      expect(await post('/recover', { email })).toMatchObject(tooSoon);
    });

    test('makes the account where there is none: the mail is that of a sign-up', async () => {
      const email = freshEmail();
      expect(await post(path, { email, data: { name: 'Max' } })).toMatchObject({ status: 200, json: {} });
      const user = await userOf(email);
      expect(user).toMatchObject({
        email_confirmed_at: null,
        recovery_token: '',
        raw_user_meta_data: { name: 'Max', email, email_verified: false },
      });
      const { subject, link } = await lastMail(auth(), email);
      expect(subject).toBe('Confirm your email address');
      expect([link.pathname, link.searchParams.get('type')]).toEqual(['/auth/v1/verify', 'signup']);
      expect(await post(path, { email })).toMatchObject(tooSoon);
      const { fragment } = await follow(auth(), link);
      expect(fragment.has('access_token')).toBe(true);
    });

    test('with PKCE, a code, whose five minutes begin when the link is opened', async () => {
      const { id, email } = await createUser(auth());
      const code_verifier = randomBytes(32).toString('base64url');
      const code_challenge = createHash('sha256').update(code_verifier).digest('base64url');
      await post(path, { email, code_challenge, code_challenge_method: 's256' });
      const old = "UPDATE auth.flow_state SET created_at = now() - interval '1 hour' WHERE user_id = $1";
      await auth().ask(old, [id]);
      const { location } = await follow(auth(), (await lastMail(auth(), email)).link);
      const body = { auth_code: new URL(location).searchParams.get('code'), code_verifier };
      const { json } = await call(auth(), 'POST /token?grant_type=pkce', { body });
      expect(decodeJwt(json.access_token)).toMatchObject({ sub: id, amr: [{ method: 'magiclink' }] });
    });

    test('a banned user gets a link that is refused', async () => {
      const { id, email } = await createUser(auth());
      await banned(auth(), id);
      expect((await post(path, { email })).status).toBe(200);
      const { fragment } = await follow(auth(), (await lastMail(auth(), email)).link);
      expect(fragment.get('error_code')).toBe('user_banned');
    });

    test('an SSO user is unknown: somebody else signs up', async () => {
      const { id, email } = await createUser(auth());
      await auth().ask('UPDATE auth.users SET is_sso_user = true WHERE id = $1', [id]);
      await auth().ask("UPDATE auth.identities SET provider = 'sso:1' WHERE user_id = $1", [id]);
      expect((await post(path, { email })).status).toBe(200);
      expect(await auth().ask('SELECT FROM auth.users WHERE email = $1', [email])).toHaveLength(2);
    });

    test('a mail that cannot be sent is reported', async () => {
      const { id, email } = await createUser(auth());
      await auth().inbox.addFault({ to: email, kind: 'reject', code: 550 });
      expect(await post(path, { email })).toMatchObject(
        refused(500, 'unexpected_failure', 'Error sending magic link email'),
      );
      expect(await rowOf(auth(), id)).toMatchObject({ recovery_token: '', recovery_sent_at: null });
    });

    test.each([
      [{ email: 'zoe@jour_nal.test' }, badAddress],
      [
        { email: 'zoe@journal.test', code_challenge: challenge },
        invalid(expect.stringContaining('PKCE flow')),
      ],
      [
        { email: 'zoe@journal.test', data: 1 },
        { status: 400, json: { error_code: 'bad_json' } },
      ],
    ])('%o is refused', async (body, answer) => {
      expect(await post(path, body)).toMatchObject(answer);
    });
  });

  test('/magiclink has words of its own for what it lacks', async () => {
    expect(await post('/magiclink', {})).toMatchObject(
      refused(422, 'validation_failed', 'Password recovery requires an email'),
    );
    expect(await call(auth(), 'POST /magiclink', { raw: '{' })).toMatchObject(
      refused(400, 'bad_json', expect.stringMatching(/^Could not read verification params: /)),
    );
  });

  test.each([
    [{}, invalid('One of email or phone must be set')],
    [
      { email: 'zoe@journal.test', phone: '33612345678' },
      invalid('Only an email address or phone number should be provided'),
    ],
    [
      { email: 'zoe@journal.test', channel: 'sms' },
      invalid('Channel should only be specified with Phone OTP'),
    ],
    [{ phone: '33612345678' }, refused(400, 'phone_provider_disabled', 'Unsupported phone provider')],
    [{ email: 'nobody@journal.test', create_user: false }, closed],
    [{ email: 'zoe@jour_nal.test', create_user: false }, closed],
    [{ phone: '33600000000', create_user: false }, closed],
    [{ phone: 'x', create_user: false }, closed],
    [
      { create_user: 'no', email: 'zoe@journal.test' },
      { status: 400, json: { error_code: 'bad_json' } },
    ],
  ])('/otp: %o is refused', async (body, answer) => {
    expect(await post('/otp', body)).toMatchObject(answer);
    expect(await userOf('nobody@journal.test')).toBeUndefined();
  });

  test('/otp with create_user: false mails who is there, confirmed or not', async () => {
    for (const email_confirm of [true, false]) {
      const { email } = await createUser(auth(), { email_confirm });
      expect((await post('/otp', { email, create_user: false })).status).toBe(200);
      const { link } = await lastMail(auth(), email);
      expect(link.searchParams.get('type')).toBe(email_confirm ? 'magiclink' : 'signup');
    }
  });

  describe('/invite', () => {
    const invite = (body: unknown) => asAdmin(auth(), 'POST /invite', { body });

    test('makes an account without a password, and mails its link', async () => {
      const email = freshEmail();
      const { status, json } = await invite({ email: email.toUpperCase(), data: { name: 'Zoé' } });
      expect(status).toBe(200);
      const id = json.id;
      expect(json).toMatchObject({
        email,
        role: 'authenticated',
        invited_at: expect.any(String),
        confirmation_sent_at: json.invited_at,
        app_metadata: { provider: 'email', providers: ['email'] },
        user_metadata: { name: 'Zoé' },
        identities: [{ provider: 'email', identity_data: { sub: id, email, email_verified: false } }],
      });
      expect(await rowOf(auth(), id)).toMatchObject({ encrypted_password: '', invited_at: expect.any(Date) });
      expect(await tokensOf(auth(), id)).toEqual([{ token_type: 'confirmation_token', relates_to: email }]);
      expect(
        await auth().ask(
          `SELECT payload ->> 'action' AS action, payload ->> 'actor_username' AS by, payload -> 'traits' AS traits
           FROM auth.audit_log_entries WHERE payload -> 'traits' ->> 'user_id' = $1`,
          [id],
        ),
      ).toEqual([{ action: 'user_invited', by: 'service_role', traits: { user_id: id, user_email: email } }]);
      const { subject, link } = await lastMail(auth(), email);
      expect(subject).toBe("You've been invited");
      expect([link.pathname, link.searchParams.get('type')]).toEqual(['/auth/v1/verify', 'invite']);
      const { fragment } = await follow(auth(), link);
      expect([fragment.get('type'), fragment.has('access_token')]).toEqual(['invite', true]);
      // A password that nobody knows.
      expect((await rowOf(auth(), id)).encrypted_password).toMatch(/^\$2/);
      expect(await identitiesOf(auth(), id)).toMatchObject([{ identity_data: { email_verified: true } }]);
    });

    test('again and again, until there is an answer', async () => {
      const email = freshEmail();
      const first = await invite({ email, data: { name: 'first' } });
      const second = await invite({ email, data: { name: 'second' } });
      expect(second).toMatchObject({
        status: 200,
        json: { id: first.json.id, user_metadata: { name: 'first' } },
      });
      expect(await mailsTo(auth(), email)).toBe(2);
      const { email: confirmed } = await createUser(auth());
      expect(await invite({ email: confirmed })).toMatchObject(
        refused(422, 'email_exists', 'A user with this email address has already been registered'),
      );
    });

    test('is for administrators, and for addresses', async () => {
      const body = { email: freshEmail() };
      expect(await call(auth(), 'POST /invite', { body })).toMatchObject(
        refused(401, 'no_authorization', 'This endpoint requires a valid Bearer token'),
      );
      expect(await call(auth(), 'POST /invite', { body, bearer: auth().anonKey })).toMatchObject(
        refused(403, 'not_admin', 'User not allowed'),
      );
      expect(await invite({})).toMatchObject(invalid('An email address is required'));
      expect(await invite({ email: 'zoe@jour_nal.test' })).toMatchObject(badAddress);
    });

    test('a mail that cannot be sent leaves no account', async () => {
      const email = freshEmail();
      await auth().inbox.addFault({ to: email, kind: 'reject', code: 550 });
      expect(await invite({ email })).toMatchObject(
        refused(500, 'unexpected_failure', 'Error sending invite email'),
      );
      expect(await userOf(email)).toBeUndefined();
    });
  });

  describe('/resend', () => {
    test('a confirmation, once more, for who waits for one', async () => {
      const { id, email } = await createUser(auth(), { email_confirm: false });
      const code = { code_challenge: challenge, code_challenge_method: 'plain' };
      expect(await post('/resend', { type: 'signup', email, ...code })).toMatchObject({
        status: 200,
        json: {},
      });
      expect((await auditOf(auth(), id)).at(-1)).toEqual({
        action: 'user_confirmation_requested',
        traits: null,
      });
      expect(await auth().ask('SELECT provider_type FROM auth.flow_state WHERE user_id = $1', [id])).toEqual([
        { provider_type: 'email/signup' },
      ]);
      const { link } = await lastMail(auth(), email);
      expect(link.searchParams.get('token')).toMatch(/^pkce_/);
      expect(link.searchParams.get('type')).toBe('signup');
      expect(await post('/resend', { type: 'signup', email })).toMatchObject(tooSoon);
      const { location } = await follow(auth(), link);
      expect(new URL(location).searchParams.get('code')).toMatch(/^[\da-f-]{36}$/);
      expect(await post('/resend', { type: 'signup', email })).toMatchObject({ status: 200, json: {} });
      expect(await mailsTo(auth(), email)).toBe(1);
    });

    test('the answer does not show who waits for one', async () => {
      const { email } = await createUser(auth());
      for (const type of ['signup', 'email_change', 'phone_change'])
        for (const to of [email, freshEmail()])
          expect(await post('/resend', { type, email: to })).toMatchObject({ status: 200, json: {} });
      expect(await mailsTo(auth(), email)).toBe(0);
    });

    test('a text message cannot be sent', async () => {
      const { id, email } = await createUser(auth());
      await auth().ask('UPDATE auth.users SET phone_change = $2 WHERE id = $1', [
        id,
        `33${randomInt(1e8, 1e9)}`,
      ]);
      expect(await post('/resend', { type: 'phone_change', email })).toMatchObject(
        refused(500, 'unexpected_failure', 'Unable to get SMS provider'),
      );
    });

    const email = 'zoe@journal.test';
    const phone = '33612345678';
    const types = invalid('Missing one of these types: signup, email_change, sms, phone_change');
    const both = invalid('Only an email address or phone number should be provided.');
    const disabled = refused(400, 'phone_provider_disabled', 'Phone logins are disabled');
    test.each([
      [{}, types],
      [{ type: 'recovery', email }, types],
      [{ type: 'signup' }, invalid('Type provided requires an email address')],
      [{ type: 'signup', phone }, invalid('Type provided requires an email address')],
      [{ type: 'sms', email }, invalid('Type provided requires a phone number')],
      [{ type: 'email_change' }, invalid('Missing email address or phone number')],
      [{ type: 'signup', email, phone }, both],
      [{ type: 'sms', email, phone }, both],
      [{ type: 'sms', phone }, disabled],
      [{ type: 'phone_change', phone }, disabled],
      [{ type: 'email_change', phone }, disabled],
      [{ type: 'signup', email: 'zoe@jour_nal.test' }, badAddress],
      [{ type: 'signup', email, code_challenge: challenge }, invalid(expect.stringContaining('PKCE flow'))],
      [{ type: 'sms', phone, code_challenge: challenge }, disabled],
    ])('%o is refused', async (body, answer) => {
      expect(await post('/resend', body)).toMatchObject(answer);
    });
  });
});
