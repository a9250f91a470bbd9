/** What settings of a project close or limit, held against the stand-in and the real Auth. */
import { describe, expect, test } from 'vitest';
import { standIn } from '../../../docker/native/auth-binary.ts';
import { onlyReal as onlyRealSettings, readConfig } from '../../../docker/supabase/auth-stand-in/config.ts';
import { onlyReal } from '../../../docker/supabase/auth-stand-in/only-real.ts';
import {
  asAdmin,
  authPrograms,
  call,
  createUser,
  freshEmail,
  refused,
  useAuthServer,
} from '../../support/auth-contract.ts';
import { useLab } from '../../support/lab.ts';

const lab = await useLab();
const password = 'a-Secret-1';

describe.each(authPrograms)('$name', (program) => {
  describe('where nobody may sign up', () => {
    const auth = useAuthServer(lab, program, {
      GOTRUE_DISABLE_SIGNUP: 'true',
      GOTRUE_EXTERNAL_ANONYMOUS_USERS_ENABLED: 'true',
      GOTRUE_RATE_LIMIT_HEADER: 'X-Client',
    });
    const closed = refused(422, 'signup_disabled', 'Signups not allowed for this instance');

    test('each way to an account is closed, before anything else is looked at', async () => {
      for (const [path, body] of [
        ['/signup', { email: 'zoe' }],
        ['/signup', {}],
        ['/signup', { phone: 'x' }],
        ['/otp', { email: 'nobody@journal.test' }],
        ['/magiclink', { email: 'nobody@journal.test' }],
      ] as const)
        expect(await call(auth(), `POST ${path}`, { body }), path).toMatchObject(closed);
    });

    test('but for an administrator, and who is there signs in', async () => {
      const email = freshEmail();
      expect((await asAdmin(auth(), 'POST /invite', { body: { email } })).status).toBe(200);
      const { email: there } = await createUser(auth());
      expect((await call(auth(), 'POST /otp', { body: { email: there } })).status).toBe(200);
      expect((await call(auth(), 'POST /resend', { body: { type: 'signup', email } })).status).toBe(429);
    });

    test('each endpoint counts 30 requests of an address on its own; /invite counts none', async () => {
      const headers = { 'X-Client': '192.0.2.1, 198.51.100.1' };
      const limited = refused(429, 'over_request_rate_limit', 'Request rate limit reached');
      for (const path of ['/signup', '/otp', '/magiclink', '/resend', '/recover']) {
        const ask = () => call(auth(), `POST ${path}`, { body: { email: 'zoe' }, headers });
        const answers = await Promise.all(Array.from({ length: 30 }, ask));
        expect(answers.map(({ status }) => status)).not.toContain(429);
        expect(await ask(), path).toMatchObject(limited);
      }
      const invite = () => asAdmin(auth(), 'POST /invite', { body: {}, headers });
      expect(
        (await Promise.all(Array.from({ length: 31 }, invite))).every(({ status }) => status === 400),
      ).toBe(true);
    });
  });

  describe('where mails are no way in', () => {
    const auth = useAuthServer(lab, program, { GOTRUE_EXTERNAL_EMAIL_ENABLED: 'false' });

    test.each([
      ['/signup', 400, 'Email signups are disabled'],
      ['/otp', 422, 'Email logins are disabled'],
      ['/magiclink', 422, 'Email logins are disabled'],
      ['/resend', 400, 'Email logins are disabled'],
      ['/recover', 400, 'Email logins are disabled'],
    ])('%s: %i', async (path, status, msg) => {
      const body = { type: 'signup', email: 'zoe@journal.test', password };
      expect(await call(auth(), `POST ${path}`, { body })).toMatchObject(
        refused(status, 'email_provider_disabled', msg),
      );
    });
  });

  describe('where mails are few', () => {
    const auth = useAuthServer(lab, program, {
      GOTRUE_EXTERNAL_EMAIL_MAGIC_LINK_ENABLED: 'false',
      GOTRUE_EXTERNAL_EMAIL_AUTHORIZED_ADDRESSES: 'zoe@journal.test,max@journal.test',
      GOTRUE_RATE_LIMIT_EMAIL_SENT: '2',
    });
    const signUp = (email: string) => call(auth(), 'POST /signup', { body: { email, password } });
    const invite = (email: string) => asAdmin(auth(), 'POST /invite', { body: { email } });

    test('magic links can be switched off', async () => {
      for (const path of ['/otp', '/magiclink'])
        expect(await call(auth(), `POST ${path}`, { body: { email: 'zoe@journal.test' } })).toMatchObject(
          refused(422, 'email_provider_disabled', 'Login with magic link is disabled'),
        );
    });

    test('only authorized addresses are mailed, with labels of their own, and two an hour', async () => {
      const stranger = freshEmail();
      for (const ask of [signUp, invite])
        expect(await ask(stranger)).toMatchObject(
          refused(
            400,
            'email_address_not_authorized',
            `Email address "${stranger}" cannot be used as it is not authorized`,
          ),
        );
      const labelled = () => `Zoe+${freshEmail().split('@')[0]}@journal.test`;
      expect((await signUp(labelled())).status).toBe(200);
      expect((await invite(labelled())).status).toBe(200);
      const over = refused(429, 'over_email_send_rate_limit', 'email rate limit exceeded');
      for (const ask of [signUp, invite]) expect(await ask(labelled())).toMatchObject(over);
      const { email } = await createUser(auth(), { email: labelled(), email_confirm: false });
      expect(await call(auth(), 'POST /resend', { body: { type: 'signup', email } })).toMatchObject(over);
    });
  });

  describe('endpoints that only the real server has', () => {
    const auth = useAuthServer(lab, program);

    test.each(onlyReal)('%s %s', async (method, pattern) => {
      const path = pattern.replace(/:\w+/g, '00000000-0000-4000-8000-000000000000');
      const { status, json, text } = await asAdmin(auth(), `${method} ${path}`, {
        ...(method !== 'GET' && { body: {} }),
      });
      if (program === standIn)
        expect({ status, json }).toMatchObject(
          refused(501, 'not_implemented', expect.stringContaining(path)),
        );
      else {
        expect(status).not.toBe(501);
        expect(text).not.toBe('404 page not found\n');
      }
    });
  });
});

test('the stand-in starts with no setting that it cannot honour', () => {
  const env = {
    DATABASE_URL: 'postgres://nowhere',
    PORT: '1',
    API_EXTERNAL_URL: 'https://journal.test',
    GOTRUE_SITE_URL: 'https://journal.test',
    GOTRUE_JWT_SECRET: 'secret',
  };
  expect(readConfig(env).siteUrl).toBe('https://journal.test');
  for (const name of onlyRealSettings) {
    expect(() => readConfig({ ...env, [name]: 'true' })).toThrow(name);
    expect(() => readConfig({ ...env, [name]: 'false' })).not.toThrow();
  }
});
