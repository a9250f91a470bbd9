/** A user's new address, which both addresses confirm, held against the stand-in and the real Auth. */
import { createHash, randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  authPrograms,
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
import { type AuthServer, startAuthServer } from '../../support/auth-server.ts';
import { useLab } from '../../support/lab.ts';

const lab = await useLab();
const password = 'a-Secret-1';

const signedIn = async (auth: AuthServer) => {
  const { id, email } = await createUser(auth, { password });
  const { json } = await logIn(auth, email, password);
  return { id, email, bearer: json.access_token };
};

const linkTo = async (auth: AuthServer, email: string) => new URL(await auth.inbox.linkTo(email));

describe.each(authPrograms)('$name', (program) => {
  describe('both addresses', () => {
    const auth = useAuthServer(lab, program, {
      GOTRUE_SMTP_MAX_FREQUENCY: '1h',
      GOTRUE_MAILER_SUBJECTS_EMAIL_CHANGE: '{{ .Email }} > {{ .NewEmail }} ({{ .SendingTo }}) {{ .Token }}',
    });
    const change = (bearer: string, body: Record<string, unknown>) =>
      call(auth(), 'PUT /user', { bearer, body });
    const message = 'Confirmation link accepted. Please proceed to confirm link sent to the other email';

    test('are mailed, and the change waits for the second', async () => {
      const { id, email, bearer } = await signedIn(auth());
      const wanted = freshEmail();
      expect(await change(bearer, { email: wanted.toUpperCase() })).toMatchObject({
        status: 200,
        json: { email, new_email: wanted, email_change_sent_at: expect.any(String) },
      });
      expect(await tokensOf(auth(), id)).toEqual([
        { token_type: 'email_change_token_current', relates_to: email },
        { token_type: 'email_change_token_new', relates_to: wanted },
      ]);
      for (const to of [email, wanted])
        expect((await auth().inbox.mailsTo(to)).map(({ Subject }) => Subject)).toEqual([
          expect.stringMatching(new RegExp(`^${email} > ${wanted} \\(${to}\\) \\d{6}$`)),
        ]);
      const first = await linkTo(auth(), wanted);
      expect([first.pathname, first.searchParams.get('type')]).toEqual(['/auth/v1/verify', 'email_change']);
      const half = await follow(auth(), first);
      expect(half.location.split('#')[0]).toBe(auth().siteUrl);
      expect(Object.fromEntries(half.fragment)).toEqual({ message, sb: '' });
      expect(await rowOf(auth(), id)).toMatchObject({
        email,
        email_change_confirm_status: 1,
        email_change_token_new: '',
      });
      const { fragment } = await follow(auth(), await linkTo(auth(), email));
      expect(decodeJwt(fragment.get('access_token') ?? '')).toMatchObject({ sub: id, email: wanted });
      expect(await rowOf(auth(), id)).toMatchObject({
        email: wanted,
        email_change: '',
        email_change_token_current: '',
        email_change_confirm_status: 0,
      });
      expect(await identitiesOf(auth(), id)).toMatchObject([
        { identity_data: { email: wanted, email_verified: true } },
      ]);
      expect(await tokensOf(auth(), id)).toEqual([]);
    });

    test('are confirmed by a token hash, or by the digits of each mail', async () => {
      const { email, bearer } = await signedIn(auth());
      const wanted = freshEmail();
      await change(bearer, { email: wanted });
      const verify = (body: Record<string, unknown>) =>
        call(auth(), 'POST /verify', { body: { type: 'email_change', ...body } });
      const half = { token_hash: (await linkTo(auth(), email)).searchParams.get('token') };
      expect(await verify(half)).toMatchObject({ status: 200, json: { msg: message, code: '200' } });
      expect(await verify(half)).toMatchObject({ status: 403, json: { error_code: 'otp_expired' } });
      const [mail] = await auth().inbox.mailsTo(wanted);
      const token = mail?.Subject.slice(-6);
      expect(await verify({ email: wanted, token: '12345' })).toMatchObject(
        refused(403, 'otp_expired', 'Token has expired or is invalid'),
      );
      expect(await verify({ email: wanted, token })).toMatchObject({
        status: 200,
        json: { user: { email: wanted } },
      });
    });

    test('with PKCE the second link brings a code', async () => {
      const { email, bearer } = await signedIn(auth());
      const wanted = freshEmail();
      const code_verifier = randomBytes(32).toString('base64url');
      const code_challenge = createHash('sha256').update(code_verifier).digest('base64url');
      await change(bearer, { email: wanted, code_challenge, code_challenge_method: 's256' });
      const half = await follow(auth(), await linkTo(auth(), email));
      expect(new URL(half.location).searchParams.get('message')).toBe(message);
      const { location } = await follow(auth(), await linkTo(auth(), wanted));
      const body = { auth_code: new URL(location).searchParams.get('code'), code_verifier };
      const { json } = await call(auth(), 'POST /token?grant_type=pkce', { body });
      expect(decodeJwt(json.access_token)).toMatchObject({ amr: [{ method: 'email_change' }] });
    });

    test('once an hour; /resend mails both again', async () => {
      const { id, email, bearer } = await signedIn(auth());
      const wanted = freshEmail();
      await change(bearer, { email: wanted });
      const tooSoon = refused(
        429,
        'over_email_send_rate_limit',
        expect.stringContaining('only request this'),
      );
      expect(await change(bearer, { email: freshEmail() })).toMatchObject(tooSoon);
      const again = () => call(auth(), 'POST /resend', { body: { type: 'email_change', email } });
      expect(await again()).toMatchObject(tooSoon);
      await auth().ask('UPDATE auth.users SET email_change_sent_at = NULL WHERE id = $1', [id]);
      expect(await again()).toMatchObject({ status: 200, json: {} });
      for (const to of [email, wanted]) expect(await auth().inbox.mailsTo(to)).toHaveLength(2);
      await follow(auth(), await linkTo(auth(), email));
      const { fragment } = await follow(auth(), await linkTo(auth(), wanted));
      expect(fragment.has('access_token')).toBe(true);
    });

    test('an address that is taken, is none, or cannot be reached, and an account of SSO', async () => {
      const { id, bearer } = await signedIn(auth());
      const { email: taken } = await createUser(auth());
      expect(await change(bearer, { email: taken })).toMatchObject(
        refused(422, 'email_exists', 'A user with this email address has already been registered'),
      );
      expect(await change(bearer, { email: 'zoe@jour_nal.test' })).toMatchObject(
        refused(400, 'validation_failed', 'Unable to validate email address: invalid format'),
      );
      const deaf = freshEmail();
      await auth().inbox.addFault({ to: deaf, kind: 'reject', code: 550 });
      expect(await change(bearer, { email: deaf, data: { name: 'lost' } })).toMatchObject(
        refused(500, 'unexpected_failure', 'Error sending email change email'),
      );
      expect(await rowOf(auth(), id)).toMatchObject({ email_change: '', raw_user_meta_data: {} });
      await auth().ask('UPDATE auth.users SET is_sso_user = true WHERE id = $1', [id]);
      for (const body of [{ email: freshEmail() }, { password: 'other-Secret-1' }])
        expect(await change(bearer, body)).toMatchObject(
          refused(
            422,
            'user_sso_managed',
            'Updating email, phone, password of a SSO account only possible via SSO',
          ),
        );
    });
  });

  test('the new address alone, where GOTRUE_MAILER_SECURE_EMAIL_CHANGE_ENABLED is off or autoconfirm is on', async () => {
    const settings = [
      { GOTRUE_MAILER_SECURE_EMAIL_CHANGE_ENABLED: 'false' },
      { GOTRUE_MAILER_AUTOCONFIRM: 'true' },
    ];
    const mailed = [];
    for (const setting of settings) {
      await using auth = await startAuthServer(lab, setting, program);
      const { id, email, bearer } = await signedIn(auth);
      const wanted = freshEmail();
      await call(auth, 'PUT /user', { bearer, body: { email: wanted } });
      expect((await rowOf(auth, id)).email).toBe(email);
      mailed.push([(await auth.inbox.mailsTo(email)).length, (await auth.inbox.mailsTo(wanted)).length]);
      const { fragment } = await follow(auth, await linkTo(auth, wanted));
      expect(decodeJwt(fragment.get('access_token') ?? '').email).toBe(wanted);
    }
    expect(mailed).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });
});
