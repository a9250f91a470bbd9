/** How people make an account of their own, held against the stand-in and the real Auth. */
import { createHash, randomBytes } from 'node:crypto';
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
  logIn,
  refused,
  rowOf,
  tokensOf,
  useAuthServer,
} from '../../support/auth-contract.ts';
import { useLab } from '../../support/lab.ts';

const lab = await useLab();
const password = 'a-Secret-1';

describe.each(authPrograms)('$name', (program) => {
  describe('with a confirmation by mail', () => {
    const auth = useAuthServer(lab, program, {
      GOTRUE_SMTP_MAX_FREQUENCY: '1h',
      GOTRUE_URI_ALLOW_LIST: 'https://docs.journal.test/**',
      GOTRUE_MAILER_SUBJECTS_CONFIRMATION: 'Welcome, {{ .Data.name }} {{ .Token }}',
    });
    const signUp = (body: Record<string, unknown>, query = '') =>
      call(auth(), `POST /signup${query}`, { body });
    const newcomer = async (more: Record<string, unknown> = {}) => {
      const email = freshEmail();
      const { status, json } = await signUp({ email, password, ...more });
      expect(status).toBe(200);
      return { id: json.id, email, json };
    };

    test('the account waits for its mail, with rows as after the link', async () => {
      const email = freshEmail();
      const data = { name: 'Zoé', sub: 'forged', none: null };
      const { status, json } = await signUp({ email: email.toUpperCase(), password, data });
      expect(status).toBe(200);
      const { id } = json;
      const said = { name: 'Zoé', sub: id, email, email_verified: false, phone_verified: false };
      expect(json).toMatchObject({
        email,
        phone: '',
        role: 'authenticated',
        aud: 'authenticated',
        confirmation_sent_at: expect.any(String),
        app_metadata: { provider: 'email', providers: ['email'] },
        user_metadata: said,
        identities: [{ id, user_id: id, provider: 'email', email, identity_data: said }],
        is_anonymous: false,
      });
      expect(Object.keys(json)).not.toContain('email_confirmed_at');
      expect(await rowOf(auth(), id)).toMatchObject({
        email,
        email_confirmed_at: null,
        confirmation_token: expect.stringMatching(/^[\da-f]{56}$/),
        recovery_token: '',
        raw_app_meta_data: { provider: 'email', providers: ['email'] },
        raw_user_meta_data: said,
        is_anonymous: false,
      });
      expect(await identitiesOf(auth(), id)).toMatchObject([{ provider: 'email', identity_data: said }]);
      expect(await tokensOf(auth(), id)).toEqual([{ token_type: 'confirmation_token', relates_to: email }]);
      expect(await auditOf(auth(), id)).toEqual([
        { action: 'user_confirmation_requested', traits: { provider: 'email' } },
      ]);
      expect(await logIn(auth(), email, password)).toMatchObject(
        refused(400, 'email_not_confirmed', 'Email not confirmed'),
      );
    });

    test('the link leads to where it may, confirms, and signs in', async () => {
      const target = 'https://docs.journal.test/welcome?a=b';
      const email = freshEmail();
      const { json } = await signUp(
        { email, password, data: { name: 'Zoé' } },
        `?redirect_to=${encodeURIComponent(target)}`,
      );
      const [mail] = await auth().inbox.mailsTo(email);
      expect(mail?.Subject).toMatch(/^Welcome, Zoé \d{6}$/);
      const link = new URL(await auth().inbox.linkTo(email));
      expect(`${link.origin}${link.pathname}`).toBe(`${auth().gatewayUrl}/auth/v1/verify`);
      expect(link.searchParams.get('type')).toBe('signup');
      expect(link.searchParams.get('redirect_to')).toBe(target);
      const { location, fragment } = await follow(auth(), link);
      expect(location.split('#')[0]).toBe(target);
      expect(fragment.get('type')).toBe('signup');
      expect(decodeJwt(fragment.get('access_token') ?? '')).toMatchObject({
        sub: json.id,
        amr: [{ method: 'otp' }],
      });
      expect(await identitiesOf(auth(), json.id)).toMatchObject([
        { identity_data: { email_verified: true } },
      ]);
      expect(await rowOf(auth(), json.id)).toMatchObject({
        confirmation_token: '',
        email_confirmed_at: expect.any(Date),
        raw_user_meta_data: { email_verified: true },
      });
      expect(await tokensOf(auth(), json.id)).toEqual([]);
      expect((await logIn(auth(), email, password)).status).toBe(200);
    });

    test.each(['signup', 'invite', 'email'])(
      'the digits of the mail confirm as well, as %s',
      async (type) => {
        const { id, email } = await newcomer();
        const [mail] = await auth().inbox.mailsTo(email);
        const verify = (token: string) => call(auth(), 'POST /verify', { body: { type, email, token } });
        expect(await verify('12345')).toMatchObject(
          refused(403, 'otp_expired', 'Token has expired or is invalid'),
        );
        expect(await verify(mail?.Subject.slice(-6) ?? '')).toMatchObject({
          status: 200,
          json: { user: { id } },
        });
        expect(await identitiesOf(auth(), id)).toMatchObject([{ identity_data: { email_verified: true } }]);
      },
    );

    test('a link of the type `email` tells what it was', async () => {
      const { email } = await newcomer();
      const link = new URL(await auth().inbox.linkTo(email));
      link.searchParams.set('type', 'email');
      const { fragment } = await follow(auth(), link);
      expect([fragment.get('type'), fragment.has('access_token')]).toEqual(['signup', true]);
      expect((await call(auth(), 'GET /verify?type=email&token=pkce_x')).status).toBe(500);
    });

    test('a link elsewhere leads to the site', async () => {
      const email = freshEmail();
      await signUp({ email, password }, '?redirect_to=https://evil.test/');
      const link = new URL(await auth().inbox.linkTo(email));
      expect(link.searchParams.get('redirect_to')).toBe(auth().siteUrl);
    });

    test('with PKCE the link brings a code, which is redeemed as a sign-up', async () => {
      const code_verifier = randomBytes(32).toString('base64url');
      const code_challenge = createHash('sha256').update(code_verifier).digest('base64url');
      const { id, email } = await newcomer({ code_challenge, code_challenge_method: 's256' });
      expect(
        await auth().ask(
          'SELECT provider_type, authentication_method FROM auth.flow_state WHERE user_id = $1',
          [id],
        ),
      ).toEqual([{ provider_type: 'email', authentication_method: 'email/signup' }]);
      const { location } = await follow(auth(), new URL(await auth().inbox.linkTo(email)));
      const body = { auth_code: new URL(location).searchParams.get('code'), code_verifier };
      const { status, json } = await call(auth(), 'POST /token?grant_type=pkce', { body });
      expect(status).toBe(200);
      expect(decodeJwt(json.access_token)).toMatchObject({ amr: [{ method: 'email/signup' }] });
      expect((await auditOf(auth(), id)).at(-1)).toEqual({
        action: 'login',
        traits: { provider_type: 'email' },
      });
    });

    test('a link that is to bring a code brings none when its flow is gone', async () => {
      const code = { code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' };
      const { id, email } = await newcomer(code);
      await auth().ask('DELETE FROM auth.flow_state WHERE user_id = $1', [id]);
      const { fragment } = await follow(auth(), new URL(await auth().inbox.linkTo(email)));
      expect(Object.fromEntries(fragment)).toEqual({
        error: 'invalid_request',
        error_code: 'flow_state_not_found',
        error_description: 'No associated flow state found. 422%3A No valid flow state found for user.',
        sb: '',
      });
    });

    test('who is not confirmed and signs up again gets another mail, and keeps the first password', async () => {
      const { id, email } = await newcomer({ data: { name: 'first' } });
      const again = { email, password: 'other-Secret-1', data: { name: 'second' } };
      expect(await signUp(again)).toMatchObject(
        refused(
          429,
          'over_email_send_rate_limit',
          expect.stringMatching(/^For security purposes, you can only request this after \d+ seconds\.$/),
        ),
      );
      await auth().ask(
        "UPDATE auth.users SET confirmation_sent_at = now() - interval '2 hours' WHERE id = $1",
        [id],
      );
      expect(await signUp(again)).toMatchObject({
        status: 200,
        json: { id, user_metadata: { name: 'first' } },
      });
      expect(await auth().inbox.mailsTo(email)).toHaveLength(2);
      await follow(auth(), new URL(await auth().inbox.linkTo(email)));
      expect((await logIn(auth(), email, password)).status).toBe(200);
    });

    test('who has an account is not betrayed: the answer is made up, and nothing is sent', async () => {
      const { id, email } = await createUser(auth(), { password, user_metadata: { name: 'Zoé' } });
      const { status, json } = await signUp({ email, password: 'other-Secret-1', data: { name: 'Max' } });
      expect(status).toBe(200);
      expect(json.id).not.toBe(id);
      expect(json).toMatchObject({
        email,
        role: '',
        identities: [],
        user_metadata: { name: 'Max' },
        confirmation_sent_at: expect.any(String),
      });
      expect(Object.keys(json)).not.toContain('email_confirmed_at');
      expect(Object.keys(json)).not.toContain('confirmed_at');
      expect(await auth().inbox.mailsTo(email)).toEqual([]);
      expect((await auditOf(auth(), id)).at(-1)).toEqual({
        action: 'user_repeated_signup',
        traits: { provider: 'email' },
      });
    });

    test('a banned one is answered alike; an unconfirmed one gets a link that is refused', async () => {
      const { id, email } = await createUser(auth());
      await banned(auth(), id);
      expect((await signUp({ email, password })).status).toBe(200);
      const waiting = await newcomer();
      await banned(auth(), waiting.id);
      const { fragment } = await follow(auth(), new URL(await auth().inbox.linkTo(waiting.email)));
      expect(fragment.get('error_code')).toBe('user_banned');
    });

    test('an SSO user of that address is another person', async () => {
      const { id, email } = await createUser(auth());
      await auth().ask('UPDATE auth.users SET is_sso_user = true WHERE id = $1', [id]);
      await auth().ask("UPDATE auth.identities SET provider = 'sso:1' WHERE user_id = $1", [id]);
      const { status, json } = await signUp({ email, password });
      expect(status).toBe(200);
      expect(json.id).not.toBe(id);
      expect(await auth().inbox.mailsTo(email)).toHaveLength(1);
    });

    test('who was invited and signs up does not see the stored data', async () => {
      const email = freshEmail();
      await asAdmin(auth(), 'POST /invite', { body: { email, data: { name: 'Zoé' } } });
      await auth().ask('UPDATE auth.users SET confirmation_sent_at = NULL WHERE email = $1', [email]);
      expect(await signUp({ email, password })).toMatchObject({
        status: 200,
        json: { email, user_metadata: {}, identities: [] },
      });
    });

    test('a mail that cannot be sent leaves no account', async () => {
      const email = freshEmail();
      await auth().inbox.addFault({ to: email, kind: 'reject', code: 550 });
      expect(await signUp({ email, password })).toMatchObject(
        refused(500, 'unexpected_failure', 'Error sending confirmation email'),
      );
      expect(await auth().ask('SELECT FROM auth.users WHERE email = $1', [email])).toEqual([]);
    });

    const good = { email: 'zoe@journal.test', password };
    const challenge = 'a'.repeat(43);
    const invalid = (msg: unknown) => refused(400, 'validation_failed', msg);
    test.each([
      [{ email: 'zoe@journal.test' }, invalid('Signup requires a valid password')],
      [{ ...good, password: '' }, invalid('Signup requires a valid password')],
      [
        { ...good, password: 'short' },
        refused(422, 'weak_password', 'Password should be at least 6 characters.'),
      ],
      [{ ...good, password: 'a'.repeat(73) }, invalid('Password cannot be longer than 72 characters')],
      [{ ...good, email: 'zoe@jour_nal.test' }, invalid('Unable to validate email address: invalid format')],
      [{ ...good, email: `${'a'.repeat(256)}@journal.test` }, invalid('An email address is too long')],
      [
        { ...good, phone: '33612345678' },
        invalid('Only an email address or phone number should be provided on signup.'),
      ],
      [{ ...good, code_challenge: challenge }, invalid(expect.stringContaining('PKCE flow requires'))],
      [
        { ...good, code_challenge: 'short', code_challenge_method: 's256' },
        invalid('code challenge has to be between 43 and 128 characters'),
      ],
      [
        { ...good, email: 'zoe-x@journal.test', code_challenge: challenge, code_challenge_method: 'sha512' },
        { status: 500, json: { error_code: 'unexpected_failure' } },
      ],
      [
        { phone: '33612345678', password },
        refused(400, 'phone_provider_disabled', 'Phone signups are disabled'),
      ],
      [
        { phone: '33612345678', password, channel: 'pigeon' },
        invalid(expect.stringContaining("Invalid channel, supported values are 'sms' or 'whatsapp'")),
      ],
      [
        { phone: '33612345678', password, code_challenge: challenge, code_challenge_method: 's256' },
        invalid('PKCE not supported for phone signups'),
      ],
      [{ password }, refused(422, 'anonymous_provider_disabled', 'Anonymous sign-ins are disabled')],
      [{}, refused(422, 'anonymous_provider_disabled', 'Anonymous sign-ins are disabled')],
      [
        { ...good, data: 'Zoé' },
        { status: 400, json: { error_code: 'bad_json' } },
      ],
    ])('%o is refused', async (body, answer) => {
      expect(await signUp(body)).toMatchObject(answer);
    });
  });

  describe('without a confirmation', () => {
    const auth = useAuthServer(lab, program, {
      GOTRUE_MAILER_AUTOCONFIRM: 'true',
      GOTRUE_EXTERNAL_ANONYMOUS_USERS_ENABLED: 'true',
      GOTRUE_RATE_LIMIT_ANONYMOUS_USERS: '2',
      GOTRUE_RATE_LIMIT_HEADER: 'X-Client',
      GOTRUE_PASSWORD_REQUIRED_CHARACTERS: 'abcdefgh:ABC\\:DEFGH',
    });
    const signUp = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
      call(auth(), 'POST /signup', { body, headers });

    test('the account is open at once', async () => {
      const email = freshEmail();
      const { status, json } = await signUp({ email, password: 'aaaaaaaA', data: { name: 'Zoé' } });
      expect(status).toBe(200);
      const said = { name: 'Zoé', email, email_verified: true };
      expect(json).toMatchObject({
        token_type: 'bearer',
        user: { email, user_metadata: said, identities: [{ identity_data: said }] },
      });
      expect(decodeJwt(json.access_token)).toMatchObject({ email, amr: [{ method: 'password' }] });
      const { sub = '' } = decodeJwt(json.access_token);
      expect(await identitiesOf(auth(), sub)).toMatchObject([{ identity_data: { email_verified: false } }]);
      expect(await auditOf(auth(), sub)).toEqual([
        { action: 'user_signedup', traits: { provider: 'email' } },
        { action: 'login', traits: { provider: 'email' } },
      ]);
      expect(await auth().ask('SELECT FROM auth.sessions WHERE user_id = $1', [sub])).toHaveLength(1);
      expect(await auth().inbox.mailsTo(email)).toEqual([]);
      expect(await signUp({ email, password: 'aaaaaaaA' })).toMatchObject(
        refused(422, 'user_already_exists', 'User already registered'),
      );
      expect((await auditOf(auth(), sub)).at(-1)?.action).toBe('user_repeated_signup');
    });

    test('who was made by an administrator and never confirmed is confirmed by anybody', async () => {
      const { id, email } = await createUser(auth(), { email_confirm: false });
      const { status, json } = await signUp({ email, password: 'aaaaaaaA' });
      expect([status, json.user]).toMatchObject([200, { id, email_confirmed_at: expect.any(String) }]);
      expect((await logIn(auth(), email, 'aaaaaaaA')).json.error_code).toBe('invalid_credentials');
    });

    test('a password needs one of each set of characters', async () => {
      const each = 'Password should contain at least one character of each: abcdefgh, ABC:DEFGH.';
      const email = freshEmail();
      expect(await signUp({ email, password: '12345678' })).toMatchObject({
        status: 422,
        json: { error_code: 'weak_password', msg: each, weak_password: { reasons: ['characters'] } },
      });
      expect(await signUp({ email, password: '1' })).toMatchObject({
        status: 422,
        json: {
          msg: `Password should be at least 6 characters. ${each}`,
          weak_password: { reasons: ['length', 'characters'] },
        },
      });
      expect((await signUp({ email, password: 'aaaaaaa:' })).status).toBe(200);
    });

    test('an anonymous user has a session, and no address, identity or trace in the audit log', async () => {
      const { status, json } = await signUp({ data: { theme: 'dark' } });
      expect(status).toBe(200);
      expect(json.user).toMatchObject({
        email: '',
        app_metadata: {},
        user_metadata: { theme: 'dark' },
        is_anonymous: true,
      });
      const { sub = '', ...claims } = decodeJwt(json.access_token);
      expect(claims).toMatchObject({ is_anonymous: true, amr: [{ method: 'anonymous' }] });
      expect(await rowOf(auth(), sub)).toMatchObject({
        email: null,
        encrypted_password: '',
        raw_app_meta_data: {},
        is_anonymous: true,
      });
      expect(await identitiesOf(auth(), sub)).toEqual([]);
      expect(await auditOf(auth(), sub)).toEqual([]);
      const bearer = json.access_token;
      expect(await call(auth(), 'PUT /user', { bearer, body: { password: 'aaaaaaaA' } })).toMatchObject(
        refused(
          422,
          'validation_failed',
          'Updating password of an anonymous user without an email or phone is not allowed',
        ),
      );
      const email = freshEmail();
      expect(await call(auth(), 'PUT /user', { bearer, body: { email } })).toMatchObject({
        status: 200,
        json: { email, is_anonymous: false },
      });
      expect(await identitiesOf(auth(), sub)).toMatchObject([{ provider: 'email' }]);
    });

    test('an address has few anonymous users an hour', async () => {
      const from = { 'X-Client': '192.0.2.1' };
      const answers = [];
      for (let i = 0; i < 3; i++) answers.push((await signUp({}, from)).json.error_code);
      expect(answers).toEqual([undefined, undefined, 'over_request_rate_limit']);
      expect((await signUp({}, { 'X-Client': '192.0.2.2' })).status).toBe(200);
    });
  });
});
