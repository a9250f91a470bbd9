/** Where a mailed link leads and whom it opens, held against the stand-in and the real Auth. */
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  asAdmin,
  authPrograms,
  banned,
  call,
  createUser,
  freshEmail,
  useAuthServer,
} from '../../support/auth-contract.ts';
import { useLab } from '../../support/lab.ts';

const lab = await useLab();

const allowed = [
  'https://*.preview.test/login',
  'https://docs.journal.test/**',
  'https://app-[abc].test/',
  'https://app-[!abc].pro/x',
  'https://lit\\*eral.test/',
  'https://{two}.test/?',
  'journal://open/*',
].join(',');

describe.each(authPrograms)('$name', (program) => {
  const auth = useAuthServer(lab, program, {
    GOTRUE_SITE_URL: 'https://journal.test/start',
    GOTRUE_URI_ALLOW_LIST: allowed,
  });
  const site = 'https://journal.test/start';
  const user = (() => {
    let made: Promise<{ readonly id: string; readonly email: string }> | undefined;
    return () => {
      made ??= createUser(auth());
      return made;
    };
  })();
  const link = async (of: {
    readonly type?: string;
    readonly query?: string;
    readonly headers?: Record<string, string>;
    readonly body?: Record<string, unknown>;
  }) => {
    const { email } = await user();
    const { json } = await asAdmin(auth(), `POST /admin/generate_link${of.query ?? ''}`, {
      body: { type: of.type ?? 'recovery', email, ...of.body },
      ...(of.headers && { headers: of.headers }),
    });
    return json;
  };
  const redirectOf = async (redirect_to: string) => (await link({ body: { redirect_to } })).redirect_to;

  test.each([
    // The site's own host, scheme and port.
    'https://journal.test',
    'https://journal.test/any/where?x=1#y',
    'https://someone@journal.test/',
    // Loopback, whatever else.
    'http://127.0.0.1:9999/x',
    'https://127.8.8.8/',
    'http://[::1]:3000/',
    'https://a.preview.test/login',
    'https://a.preview.test/login#fragment',
    'https://docs.journal.test/a/b.c',
    'https://app-b.test/',
    'https://app-d.pro/x',
    'https://two.test/x',
    'journal://open/today',
  ])('%s is allowed', async (url) => {
    expect(await redirectOf(url)).toBe(url);
  });

  test.each([
    'http://journal.test/',
    'https://journal.test:8443/',
    'https://JOURNAL.test/',
    'https://journal.test.evil.test/',
    'https://journal.test@evil.test/',
    ' https://journal.test/',
    'https://evil.test\\@journal.test/',
    'https://journal.test\\@evil.test/',
    '//journal.test/',
    '/start',
    'https://evil.test/',
    'https://a.b.preview.test/login',
    'https://a.preview.test/login?x=1',
    'https://app-d.test/',
    'https://app-a.pro/x',
    'https://lit-eral.test/',
    'https://three.test/x',
    'https://two.test/xy',
    'journal://open/a/b',
    'http://10.0.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://localhost:3000/',
    'javascript:alert(1)',
    'https://exa mple.test/',
  ])('%s is silently replaced', async (url) => {
    expect(await redirectOf(url)).toBe(site);
  });

  test('of the body, the header, the query and the Referer the first counts, and a bad header hides the query', async () => {
    const of = (name: string) => `https://docs.journal.test/${name}`;
    const query = `?redirect_to=${of('query')}`;
    const [bad, referer] = ['https://evil.test/', of('referer')];
    const all = { redirect_to: of('header'), referer };
    expect((await link({ query, headers: all, body: { redirect_to: of('body') } })).redirect_to).toBe(
      of('body'),
    );
    expect((await link({ query, headers: all, body: { redirect_to: bad } })).redirect_to).toBe(of('header'));
    expect((await link({ query, headers: { referer } })).redirect_to).toBe(of('query'));
    expect((await link({ headers: { referer } })).redirect_to).toBe(referer);
    expect((await link({ query, headers: { redirect_to: bad, referer } })).redirect_to).toBe(referer);
    expect((await link({ query, headers: { redirect_to: bad } })).redirect_to).toBe(site);
  });

  const open = async (query: string) => {
    const { status, headers } = await call(auth(), `GET /verify?${query}`);
    expect(status).toBe(303);
    const location = headers.get('location') ?? '';
    return { location, fragment: new URLSearchParams(location.split('#')[1]) };
  };

  test('a link that opens an account brings tokens behind #, with the mark of Auth', async () => {
    const { hashed_token } = await link({});
    const target = 'https://docs.journal.test/a?b=c';
    const { location, fragment } = await open(
      `type=recovery&token=${hashed_token}&redirect_to=${encodeURIComponent(target)}`,
    );
    expect(location.split('#')[0]).toBe(target);
    expect([...fragment.keys()]).toEqual([
      'access_token',
      'expires_at',
      'expires_in',
      'refresh_token',
      'sb',
      'token_type',
      'type',
    ]);
    expect(fragment.get('sb')).toBe('');
  });

  test('an error leaves the query of its target as it is', async () => {
    const target = 'https://docs.journal.test/a?b=c';
    const { location, fragment } = await open(
      `type=recovery&token=gone&redirect_to=${encodeURIComponent(target)}`,
    );
    expect(location.split('#')[0]).toBe(target);
    expect(Object.fromEntries(fragment)).toEqual({
      error: 'access_denied',
      error_code: 'otp_expired',
      error_description: 'Email link is invalid or has expired',
      sb: '',
    });
    const pkce = await open(`type=recovery&token=pkce_gone&redirect_to=${encodeURIComponent(target)}`);
    expect(pkce.location.split('#')[0]).toBe(
      'https://docs.journal.test/a?b=c&error=access_denied&error_code=otp_expired&error_description=Email+link+is+invalid+or+has+expired',
    );
  });

  test('who is banned is refused, and the link is not spent', async () => {
    const { id, email } = await createUser(auth());
    const { json } = await asAdmin(auth(), 'POST /admin/generate_link', {
      body: { type: 'recovery', email },
    });
    await banned(auth(), id);
    const byLink = await open(`type=recovery&token=${json.hashed_token}`);
    expect(byLink.fragment.get('error_code')).toBe('user_banned');
    for (const body of [{ token_hash: json.hashed_token }, { email, token: json.email_otp }])
      expect(await call(auth(), 'POST /verify', { body: { type: 'recovery', ...body } })).toMatchObject({
        status: 403,
        json: { error_code: 'user_banned', msg: 'User is banned' },
      });
    await auth().ask('UPDATE auth.users SET banned_until = NULL WHERE id = $1', [id]);
    const again = await open(`type=recovery&token=${json.hashed_token}`);
    expect(again.fragment.has('access_token')).toBe(true);
  });

  test('a recovery link opens nothing as one of another kind', async () => {
    const { hashed_token } = await link({});
    for (const type of ['signup', 'invite', 'email_change'])
      expect((await open(`type=${type}&token=${hashed_token}`)).fragment.get('error_code')).toBe(
        'otp_expired',
      );
    expect((await open(`type=nothing&token=${hashed_token}`)).fragment.get('error_code')).toBe(
      'validation_failed',
    );
    expect((await open(`type=magiclink&token=${hashed_token}`)).fragment.has('access_token')).toBe(true);
  });

  test('a token hash goes alone', async () => {
    const { hashed_token } = await link({});
    const { email } = await user();
    for (const more of [{ email }, { redirect_to: site }])
      expect(
        await call(auth(), 'POST /verify', { body: { type: 'recovery', token_hash: hashed_token, ...more } }),
      ).toMatchObject({ status: 400, json: { error_code: 'validation_failed' } });
    expect(
      await call(auth(), 'POST /verify', { body: { type: 'recovery', token: '123456', email: 'x' } }),
    ).toMatchObject({ status: 422, json: { error_code: 'validation_failed', msg: 'Invalid email format' } });
  });

  test('a code challenge is 43 to 128 characters of RFC 7636', async () => {
    const { email } = await createUser(auth());
    const good = createHash('sha256').update(randomBytes(32)).digest('base64url');
    const recover = (code_challenge: string, code_challenge_method = 's256') =>
      call(auth(), 'POST /recover', { body: { email, code_challenge, code_challenge_method } });
    const refused = { status: 400, json: { error_code: 'validation_failed' } };
    for (const wrong of [good.slice(1), 'a'.repeat(129), `${good.slice(2)}+/`, `${good}é`])
      expect(await recover(wrong)).toMatchObject(refused);
    expect((await recover(good, 'sha512')).status).toBe(500);
    expect((await recover(good)).status).toBe(200);
  });

  test('a magic link for an unknown address makes the user, unconfirmed', async () => {
    const email = freshEmail();
    const { status, json } = await asAdmin(auth(), 'POST /admin/generate_link', {
      body: { type: 'magiclink', email, data: { name: 'Zoé' } },
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      email,
      verification_type: 'signup',
      user_metadata: { name: 'Zoé' },
      action_link: expect.stringContaining('type=signup'),
    });
    expect(json.email_confirmed_at).toBeUndefined();
    const { fragment } = await open(`type=signup&token=${json.hashed_token}`);
    expect(fragment.has('access_token')).toBe(true);
    const { json: after } = await asAdmin(auth(), `GET /admin/users/${json.id}`);
    expect(after.email_confirmed_at).toBeDefined();
  });
});
