/**
 * What the runbook relies on in Supabase Auth, checked against every available server: the stand-in
 * always, the real one where RUNBOOK_LAB_AUTH_BINARY names it. A stand-in that differs would make the rehearsal worthless.
 */
import { randomUUID } from 'node:crypto';
import type { AdminUserAttributes } from '@supabase/supabase-js';
import { hash } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseAuth, standIn } from '../../../docker/native/auth-binary.ts';
import { type AuthServer, startAuthServer } from '../../support/auth-server.ts';
import { useLab } from '../../support/lab.ts';

const lab = await useLab();

const chosen = chooseAuth();
const programs = chosen === standIn ? [standIn] : [standIn, chosen];

const freshEmail = (): string => `u${randomUUID().slice(0, 13)}@journal.test`;

describe.each(programs)('$name', (program) => {
  let auth: AuthServer;
  /** Two mails an hour, limits by address, a template that cannot be fetched. */
  let narrow: AuthServer;
  /** No mail server at all. */
  let mute: AuthServer;

  beforeAll(async () => {
    [auth, narrow, mute] = await Promise.all([
      startAuthServer(
        lab,
        { GOTRUE_URI_ALLOW_LIST: 'https://journal.test/**,https://*.preview.test/login' },
        program,
      ),
      startAuthServer(
        lab,
        {
          GOTRUE_RATE_LIMIT_EMAIL_SENT: '2',
          GOTRUE_RATE_LIMIT_HEADER: 'X-Forwarded-For',
          GOTRUE_MAILER_TEMPLATES_RECOVERY: `${lab.supabase.url}/nothing-here.html`,
        },
        program,
      ),
      startAuthServer(lab, { GOTRUE_SMTP_HOST: '' }, program),
    ]);
  });
  afterAll(async () => {
    for (const server of [auth, narrow, mute]) await server?.[Symbol.asyncDispose]();
  });

  const createUser = async ({ admin }: AuthServer, more: AdminUserAttributes = {}) => {
    const { data, error } = await admin.admin.createUser({
      email: freshEmail(),
      email_confirm: true,
      ...more,
    });
    if (error) throw error;
    return { id: data.user.id, email: data.user.email ?? '' };
  };
  const follow = async (link: string): Promise<URL> => {
    // The link leads through a gateway that this test does without.
    const { pathname, search } = new URL(link);
    const answer = await fetch(`${auth.url}${pathname.replace('/auth/v1', '')}${search}`, {
      redirect: 'manual',
    });
    expect(answer.status).toBe(303);
    return new URL(answer.headers.get('location') ?? '');
  };
  const fragmentOf = (url: URL) => new URLSearchParams(url.hash.slice(1));
  const rowOf = async (id: string, server = auth) =>
    (await server.ask('SELECT * FROM auth.users WHERE id = $1', [id]))[0] ?? {};
  const tokensOf = async (id: string) =>
    (await auth.ask('SELECT * FROM auth.one_time_tokens WHERE user_id = $1', [id])).length;
  const auditOf = async (id: string) =>
    (
      await auth.ask(
        "SELECT payload ->> 'action' AS action FROM auth.audit_log_entries WHERE payload ->> 'actor_id' = $1 ORDER BY created_at",
        [id],
      )
    ).map(({ action }) => action);
  const mailLink = async (email: string): Promise<string> => {
    const { error } = await auth.newClient().resetPasswordForEmail(email);
    expect(error).toBeNull();
    return auth.inbox.linkTo(email);
  };

  describe('importing users', () => {
    test('keeps the id and app_metadata given, confirms, and lowercases the address', async () => {
      const id = randomUUID();
      const email = freshEmail();
      const { data, error } = await auth.admin.admin.createUser({
        id,
        email: email.toUpperCase(),
        email_confirm: true,
        app_metadata: { migratedFrom: 'cuid-1' },
      });
      expect(error).toBeNull();
      expect(data.user).toMatchObject({
        id,
        email,
        role: 'authenticated',
        app_metadata: { migratedFrom: 'cuid-1', provider: 'email', providers: ['email'] },
      });
      expect(await rowOf(id)).toMatchObject({ recovery_token: '', email_confirmed_at: expect.any(Date) });
      expect(await auth.ask('SELECT provider, email FROM auth.identities WHERE user_id = $1', [id])).toEqual([
        { provider: 'email', email },
      ]);
    });

    test('refuses an address that exists in another case: 422 email_exists', async () => {
      const { email } = await createUser(auth);
      const { error } = await auth.admin.admin.createUser({ email: email.toUpperCase() });
      expect(error).toMatchObject({ status: 422, code: 'email_exists' });
    });

    test('an imported bcrypt hash logs in with the old password', async () => {
      const { email } = await createUser(auth, { password_hash: await hash('old-secret', 10) });
      const { data, error } = await auth.newClient().signInWithPassword({ email, password: 'old-secret' });
      expect(error).toBeNull();
      expect(data.user?.email).toBe(email);
    });

    test('asks for the service_role key', async () => {
      const { error } = await auth.newClient().admin.listUsers();
      expect(error).toMatchObject({ status: 403, code: 'not_admin' });
      expect((await fetch(`${auth.url}/admin/users`)).status).toBe(401);
    });
  });

  describe('sending recovery mail', () => {
    test('generateLink sends none, asks no limit, and returns what opens the account', async () => {
      const { email, id } = await createUser(auth);
      for (const _ of [1, 2]) {
        const { data, error } = await auth.admin.admin.generateLink({ type: 'recovery', email });
        expect(error).toBeNull();
        expect(data.properties).toMatchObject({
          action_link: expect.stringContaining(data.properties?.hashed_token ?? '?'),
          email_otp: expect.stringMatching(/^\d{6}$/),
          redirect_to: auth.siteUrl,
        });
      }
      expect((await rowOf(id)).recovery_sent_at, 'no proof of a mail').toEqual(expect.any(Date));
      expect(await auth.inbox.mailsTo(email)).toEqual([]);
    });

    test('generateLink says of an unknown address: 404 user_not_found', async () => {
      const { error } = await auth.admin.admin.generateLink({ type: 'recovery', email: freshEmail() });
      expect(error).toMatchObject({ status: 404, code: 'user_not_found' });
    });

    test('recover sends one, from the template at the URL, with a link through the gateway', async () => {
      const { email, id } = await createUser(auth);
      const link = new URL(await mailLink(email));
      expect(link.origin).toBe(auth.gatewayUrl);
      expect(link.pathname).toBe('/auth/v1/verify');
      expect(link.searchParams.get('type')).toBe('recovery');
      const [mail] = await auth.inbox.mailsTo(email);
      expect(mail?.HTML).toMatch(/24(&nbsp;|\s)heures/);
      expect(await rowOf(id)).toMatchObject({ recovery_sent_at: expect.any(Date) });
      expect(await auditOf(id)).toEqual(['user_recovery_requested']);
    });

    test('an unknown address gets the same answer and no mail', async () => {
      const email = freshEmail();
      const answer = await fetch(`${auth.url}/recover`, { method: 'POST', body: JSON.stringify({ email }) });
      expect([answer.status, await answer.json()]).toEqual([200, {}]);
      expect(await auth.inbox.mailsTo(email)).toEqual([]);
    });

    test('a redirect outside of the allow-list is silently replaced', async () => {
      const allowed = ['https://journal.test/auth/recovery', 'https://a.preview.test/login'];
      const refused = ['https://evil.test/', 'https://a.b.preview.test/login', 'https://a.preview.test/x'];
      for (const redirectTo of [...allowed, ...refused]) {
        const { email } = await createUser(auth);
        expect((await auth.newClient().resetPasswordForEmail(email, { redirectTo })).error).toBeNull();
        const link = new URL(await auth.inbox.linkTo(email));
        expect(link.searchParams.get('redirect_to')).toBe(
          allowed.includes(redirectTo) ? redirectTo : auth.siteUrl,
        );
      }
      const { email } = await createUser(auth);
      const options = { redirectTo: 'https://evil.test/' };
      const { data } = await auth.admin.admin.generateLink({ type: 'recovery', email, options });
      expect(data.properties?.redirect_to, 'generateLink at least tells').toBe(auth.siteUrl);
    });

    test('an empty SMTP host: 200 and a date, and nothing was sent', async () => {
      const { email, id } = await createUser(mute);
      expect((await mute.newClient().resetPasswordForEmail(email)).error).toBeNull();
      expect((await rowOf(id, mute)).recovery_sent_at).toEqual(expect.any(Date));
      expect(await mute.inbox.mailsTo(email)).toEqual([]);
    });

    test('a mail server that hangs up after it took the mail: an error, and a link that is not stored', async () => {
      const { email, id } = await createUser(auth);
      await auth.inbox.addFault({ kind: 'drop', to: email, kept: true });
      const { error } = await auth.newClient().resetPasswordForEmail(email);
      expect(error?.status).toBe(500);
      expect((await rowOf(id)).recovery_sent_at).toBeNull();
      const target = await follow(await auth.inbox.linkTo(email));
      expect(fragmentOf(target).get('error_code')).toBe('otp_expired');
    });

    test('a mail server that refuses: an error, no date, no audit entry', async () => {
      const { email, id } = await createUser(auth);
      await auth.inbox.addFault({ kind: 'reject', to: email, code: 550 });
      expect((await auth.newClient().resetPasswordForEmail(email)).error?.status).toBe(500);
      expect((await rowOf(id)).recovery_sent_at).toBeNull();
      expect(await auditOf(id)).toEqual([]);
    });
  });

  describe('limits', () => {
    test('one user: 429 over_email_send_rate_limit with seconds, not thrown, also for the service_role key', async () => {
      const { email } = await createUser(auth);
      await mailLink(email);
      for (const client of [auth.newClient(), auth.admin]) {
        const { error } = await client.resetPasswordForEmail(email);
        expect(error).toMatchObject({
          status: 429,
          code: 'over_email_send_rate_limit',
          message: expect.stringMatching(/only request this after \d+ seconds/),
        });
      }
    });

    test('a generated link counts as a mail of that user', async () => {
      const { email } = await createUser(auth);
      await auth.admin.admin.generateLink({ type: 'recovery', email });
      const { error } = await auth.newClient().resetPasswordForEmail(email);
      expect(error).toMatchObject({ status: 429, code: 'over_email_send_rate_limit' });
    });

    test('all mails: the same code in other words, without Retry-After; a template that fails is silently replaced', async () => {
      const users = [await createUser(narrow), await createUser(narrow), await createUser(narrow)];
      const answers = [];
      for (const { email } of users)
        answers.push(
          await fetch(`${narrow.url}/recover`, { method: 'POST', body: JSON.stringify({ email }) }),
        );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
      expect(answers[2]?.headers.get('retry-after')).toBeNull();
      expect(await answers[2]?.json()).toMatchObject({
        code: 429,
        error_code: 'over_email_send_rate_limit',
        msg: 'email rate limit exceeded',
      });
      const [mail] = await narrow.inbox.mailsTo(users[0]?.email ?? '');
      expect(mail?.HTML).toContain('/verify?token=');
      expect(mail?.HTML).not.toMatch(/24(&nbsp;|\s)heures/);
    });

    test('one address: 429 over_request_rate_limit, only where a header names the address', async () => {
      const ask = async (server: AuthServer, headers: Record<string, string>) => {
        const body = JSON.stringify({ email: freshEmail() });
        const answer = await fetch(`${server.url}/recover`, { method: 'POST', body, headers });
        return [answer.status, ((await answer.json()) as { error_code?: string }).error_code];
      };
      const many = async (server: AuthServer, headers: Record<string, string>) => {
        const answers = [];
        for (let i = 0; i < 35; i++) answers.push(await ask(server, headers));
        return answers;
      };
      const header = { 'x-forwarded-for': '203.0.113.7' };
      expect(await many(narrow, header)).toContainEqual([429, 'over_request_rate_limit']);
      expect(await ask(narrow, { 'x-forwarded-for': '203.0.113.8' })).toEqual([200, undefined]);
      expect((await many(auth, header)).every(([status]) => status === 200)).toBe(true);
    });
  });

  describe('a mailed link', () => {
    test('is spent by the first who opens it, a mail scanner included', async () => {
      const { email, id } = await createUser(auth);
      const link = await mailLink(email);
      const first = fragmentOf(await follow(link));
      expect(first.get('type')).toBe('recovery');
      const { data } = await auth.newClient().getUser(first.get('access_token') ?? '');
      expect(data.user?.id).toBe(id);
      const second = fragmentOf(await follow(link));
      expect(Object.fromEntries(second)).toMatchObject({
        error: 'access_denied',
        error_code: 'otp_expired',
        error_description: 'Email link is invalid or has expired',
      });
    });

    test('its token hash works by POST as well, once', async () => {
      const { email, id } = await createUser(auth);
      const token_hash = new URL(await mailLink(email)).searchParams.get('token') ?? '';
      const { data, error } = await auth.newClient().verifyOtp({ type: 'recovery', token_hash });
      expect(error).toBeNull();
      expect(data.user?.id).toBe(id);
      const again = await auth.newClient().verifyOtp({ type: 'recovery', token_hash });
      expect(again.error).toMatchObject({ status: 403, code: 'otp_expired' });
    });

    test('dies after GOTRUE_MAILER_OTP_EXP', async () => {
      const age = (id: string, seconds: number) =>
        auth.ask('UPDATE auth.users SET recovery_sent_at = now() - make_interval(secs => $2) WHERE id = $1', [
          id,
          seconds,
        ]);
      const [old, fresh] = [await createUser(auth), await createUser(auth)];
      const links = [await mailLink(old.email), await mailLink(fresh.email)] as const;
      await age(old.id, 86_401);
      await age(fresh.id, 86_300);
      expect(fragmentOf(await follow(links[0])).get('error_code')).toBe('otp_expired');
      expect(fragmentOf(await follow(links[1])).has('access_token')).toBe(true);
    });

    test('brings a code to a PKCE client, which has five minutes', async () => {
      const redeem = async (seconds: number) => {
        const { email, id } = await createUser(auth);
        const client = auth.newClient('pkce');
        expect((await client.resetPasswordForEmail(email)).error).toBeNull();
        const target = await follow(await auth.inbox.linkTo(email));
        expect(target.hash).toBe('');
        await auth.ask(
          'UPDATE auth.flow_state SET created_at = created_at - make_interval(secs => $2), auth_code_issued_at = auth_code_issued_at - make_interval(secs => $2) WHERE user_id = $1',
          [id, seconds],
        );
        return client.exchangeCodeForSession(target.searchParams.get('code') ?? '');
      };
      expect((await redeem(280)).error).toBeNull();
      expect((await redeem(301)).error).toMatchObject({ code: 'flow_state_expired' });
    });

    test.each([
      ['password', { password: 'another-secret' }],
      ['email_confirm', { email_confirm: true }],
    ])('dies when the administrator sets %s', async (_, change) => {
      const { email, id } = await createUser(auth);
      const link = await mailLink(email);
      expect(await tokensOf(id)).toBe(1);
      expect((await auth.admin.admin.updateUserById(id, change)).error).toBeNull();
      expect(await tokensOf(id)).toBe(0);
      expect(fragmentOf(await follow(link)).get('error_code')).toBe('otp_expired');
    });

    test('a password change makes the date of the mail disappear, and ends the other sessions', async () => {
      const { email, id } = await createUser(auth, { password: 'first-secret' });
      const elsewhere = auth.newClient();
      await elsewhere.signInWithPassword({ email, password: 'first-secret' });
      const client = auth.newClient();
      await client.verifyOtp({
        type: 'recovery',
        token_hash: new URL(await mailLink(email)).searchParams.get('token') ?? '',
      });
      expect((await client.updateUser({ password: 'second-secret' })).error).toBeNull();
      expect((await rowOf(id)).recovery_sent_at).toBeNull();
      expect(await auditOf(id)).toContain('user_updated_password');
      expect((await client.getUser()).error).toBeNull();
      expect((await elsewhere.getUser()).error).not.toBeNull();
    });
  });

  describe('signing in', () => {
    test('a wrong password is 400 invalid_credentials, and the audit log never hears of it', async () => {
      const { email, id } = await createUser(auth, { password: 'right-secret' });
      for (const address of [email, freshEmail()]) {
        const { error } = await auth.newClient().signInWithPassword({ email: address, password: 'wrong' });
        expect(error).toMatchObject({ status: 400, code: 'invalid_credentials' });
      }
      expect(await auditOf(id)).toEqual([]);
      await auth.newClient().signInWithPassword({ email, password: 'right-secret' });
      expect(await auditOf(id)).toEqual(['login']);
    });

    test('a session is refreshed, and ended by logout', async () => {
      const { email, id } = await createUser(auth, { password: 'right-secret' });
      const client = auth.newClient();
      const { data } = await client.signInWithPassword({ email, password: 'right-secret' });
      const refreshed = await client.refreshSession();
      expect(refreshed.error).toBeNull();
      expect(refreshed.data.session?.refresh_token).not.toBe(data.session?.refresh_token);
      expect(await auditOf(id)).toContain('token_refreshed');
      const bearer = refreshed.data.session?.access_token ?? '';
      const headers = { authorization: `Bearer ${bearer}` };
      expect((await fetch(`${auth.url}/logout`, { method: 'POST', headers })).status).toBe(204);
      const after = await auth.newClient().getUser(bearer);
      expect(after.error).not.toBeNull();
      const unknown = await auth.newClient().refreshSession({ refresh_token: 'abcdefghijkl' });
      expect(unknown.error).toMatchObject({ status: 400, code: 'refresh_token_not_found' });
    });

    test('user_metadata is what the user writes, app_metadata is not', async () => {
      const { email, id } = await createUser(auth, {
        password: 'right-secret',
        app_metadata: { migratedFrom: 'cuid-2' },
        user_metadata: { migratedFrom: 'cuid-2' },
      });
      const client = auth.newClient();
      await client.signInWithPassword({ email, password: 'right-secret' });
      expect((await client.updateUser({ data: { migratedFrom: 'forged' } })).error).toBeNull();
      const { data } = await auth.admin.admin.getUserById(id);
      expect(data.user?.user_metadata.migratedFrom).toBe('forged');
      expect(data.user?.app_metadata.migratedFrom).toBe('cuid-2');
    });
  });

  describe('listing users', () => {
    const count = async (server = auth) =>
      Number((await server.ask('SELECT count(*) AS n FROM auth.users'))[0]?.n);

    beforeAll(async () => {
      await auth.ask(
        `INSERT INTO auth.users (instance_id, id, aud, role, email, confirmation_token, recovery_token,
           email_change_token_new, email_change, raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
         SELECT '00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'authenticated', 'authenticated',
           'bulk-' || n || '@journal.test', '', '', '', '', '{}', '{}', now(), now()
         FROM generate_series(1, 620) n`,
      );
    });

    test('50 a page unless asked, no maximum, newest first, the total in a header', async () => {
      const headers = { authorization: `Bearer ${auth.serviceRoleKey}` };
      const list = async (query: string) => {
        const answer = await fetch(`${auth.url}/admin/users${query}`, { headers });
        const { users } = (await answer.json()) as { users: { created_at: string }[] };
        return { users, total: Number(answer.headers.get('x-total-count')) };
      };
      const total = await count();
      expect(total).toBeGreaterThan(620);
      expect(await list('')).toMatchObject({ users: { length: 50 }, total });
      const all = await list('?per_page=5000');
      expect(all.users).toHaveLength(total);
      const times = all.users.map(({ created_at }) => created_at);
      expect(times).toEqual(times.toSorted().reverse());
    });

    test("auth-js's nextPage keeps one digit only: following it never ends", async () => {
      const { data } = await auth.admin.admin.listUsers({ page: 9, perPage: 50 });
      expect(data).toMatchObject({ nextPage: 1, lastPage: 1, total: await count() });
    });

    test('a page of nothing is an error', async () => {
      const headers = { authorization: `Bearer ${auth.serviceRoleKey}` };
      const answer = await fetch(`${auth.url}/admin/users?per_page=0`, { headers });
      expect(answer.status).toBeGreaterThanOrEqual(400);
    });

    test('shows users that are softly deleted', async () => {
      const { id } = await createUser(mute);
      expect((await mute.admin.admin.deleteUser(id, true)).error).toBeNull();
      const { data } = await mute.admin.admin.listUsers({ page: 1, perPage: 1_000 });
      expect(data.users.map((user) => user.id)).toContain(id);
    });

    test('one NULL token breaks the whole page, and the login of that user', async () => {
      const { id, email } = await createUser(mute, { password: 'right-secret' });
      const setToken = (value: string | null) =>
        mute.ask('UPDATE auth.users SET recovery_token = $2 WHERE id = $1', [id, value]);
      await setToken(null);
      expect((await mute.admin.admin.listUsers()).error?.status).toBe(500);
      const refused = await mute.newClient().signInWithPassword({ email, password: 'right-secret' });
      expect(refused.error?.status).toBe(500);
      await setToken('');
      expect((await mute.admin.admin.listUsers()).error).toBeNull();
    });
  });

  test('health and settings say nothing of database, mail server, expiry or limits', async () => {
    const health = (await (await fetch(`${mute.url}/health`)).json()) as object;
    expect(Object.keys(health).sort()).toEqual(['description', 'name', 'version']);
    const settings = JSON.stringify(await (await fetch(`${mute.url}/settings`)).json());
    expect(settings).toContain('mailer_autoconfirm');
    expect(settings).not.toMatch(/smtp|otp|limit/i);
  });
});
