/** Who is let in, and for how long, held against the stand-in and the real Auth. */
import { hash } from 'bcryptjs';
import { decodeJwt, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  asAdmin,
  authPrograms,
  banned,
  call,
  createUser,
  logIn,
  useAuthServer,
} from '../../support/auth-contract.ts';
import { useLab } from '../../support/lab.ts';

const lab = await useLab();
const password = 'right-Secret-1';

describe.each(authPrograms)('$name', (program) => {
  const auth = useAuthServer(lab, program, {
    GOTRUE_RATE_LIMIT_HEADER: 'X-Client',
    GOTRUE_PASSWORD_MIN_LENGTH: '3',
    GOTRUE_SECURITY_REFRESH_TOKEN_REUSE_INTERVAL: '5',
  });
  const refresh = (refresh_token: string) =>
    call(auth(), 'POST /token?grant_type=refresh_token', { body: { refresh_token } });
  const signedIn = async (more: Record<string, unknown> = {}) => {
    const user = await createUser(auth(), { password_hash: await hash(password, 5), ...more });
    const { json } = await logIn(auth(), user.email, password);
    return { ...user, bearer: json.access_token, refreshToken: json.refresh_token };
  };

  test('a ban is checked before the password, and for each token', async () => {
    const { id, email, bearer, refreshToken } = await signedIn();
    await banned(auth(), id);
    for (const secret of [password, 'wrong-Secret-1'])
      expect(await logIn(auth(), email, secret)).toMatchObject({
        status: 400,
        json: { error_code: 'user_banned', msg: 'User is banned' },
      });
    expect(await refresh(refreshToken)).toMatchObject({
      status: 400,
      json: { error_code: 'user_banned', msg: 'Invalid Refresh Token: User Banned' },
    });
    for (const what of ['GET /user', 'POST /logout'])
      expect(await call(auth(), what, { bearer })).toMatchObject({
        status: 403,
        json: { error_code: 'user_banned' },
      });
    expect((await call(auth(), 'PUT /user', { bearer, body: {} })).json.error_code).toBe('user_banned');
  });

  test('a user without a password gets no answer about a ban', async () => {
    const { id, email } = await createUser(auth());
    await banned(auth(), id);
    await auth().ask('UPDATE auth.users SET encrypted_password = NULL WHERE id = $1', [id]);
    expect((await logIn(auth(), email, password)).json.error_code).toBe('invalid_credentials');
  });

  test('a refresh token that is used again at once gives the same child', async () => {
    const { refreshToken } = await signedIn();
    const [first, again] = [await refresh(refreshToken), await refresh(refreshToken)];
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.json.refresh_token).toBe(first.json.refresh_token);
  });

  test('one that is used again late, when its child was used too, ends the whole family', async () => {
    const { id, refreshToken } = await signedIn();
    const child = (await refresh(refreshToken)).json.refresh_token;
    const grandchild = (await refresh(child)).json.refresh_token;
    await auth().ask(
      "UPDATE auth.refresh_tokens SET updated_at = updated_at - interval '6 seconds' WHERE user_id = $1",
      [id],
    );
    const used = {
      status: 400,
      json: { error_code: 'refresh_token_already_used', msg: 'Invalid Refresh Token: Already Used' },
    };
    expect(await refresh(refreshToken)).toMatchObject(used);
    await auth().ask(
      "UPDATE auth.refresh_tokens SET updated_at = updated_at - interval '6 seconds' WHERE user_id = $1",
      [id],
    );
    expect(await refresh(grandchild)).toMatchObject(used);
  });

  test('a refresh token that cannot be one is not looked for', async () => {
    for (const token of ['', 'short', 'x'.repeat(13)])
      expect(await refresh(token)).toMatchObject({
        status: 400,
        json: { error_code: 'validation_failed', msg: 'Refresh token is not valid' },
      });
    expect((await refresh('abcdefghijkl')).json.error_code).toBe('refresh_token_not_found');
  });

  test('a token is for the audience that its request is for', async () => {
    const { bearer } = await signedIn();
    const aud = decodeJwt(bearer).aud;
    expect(aud).toBe('authenticated');
    expect((await call(auth(), 'GET /user', { bearer })).status).toBe(200);
    expect(await call(auth(), 'GET /user', { bearer, headers: { 'x-jwt-aud': 'others' } })).toMatchObject({
      status: 400,
      json: {
        error_code: 'validation_failed',
        msg: "Token audience doesn't match request audience",
      },
    });
  });

  test('a key without a user is no user, and a subject that is not a UUID is reported', async () => {
    const answer = await call(auth(), 'GET /user', { bearer: auth().serviceRoleKey });
    expect(answer).toMatchObject({ status: 403, json: { error_code: 'bad_jwt' } });
    const bearer = await new SignJWT({ sub: 'cuid-1', aud: 'authenticated' })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(lab.supabase.jwtSecret));
    expect(await call(auth(), 'GET /user', { bearer })).toMatchObject({
      status: 400,
      json: { error_code: 'bad_jwt' },
    });
  });

  test('app_metadata, even an empty one, is not for users', async () => {
    const { bearer, id } = await signedIn();
    for (const app_metadata of [{}, { role: 'admin' }])
      expect(await call(auth(), 'PUT /user', { bearer, body: { app_metadata } })).toMatchObject({
        status: 403,
        json: { error_code: 'not_admin', msg: 'Updating app_metadata requires admin privileges' },
      });
    const { json } = await asAdmin(auth(), `GET /admin/users/${id}`);
    expect(json).toHaveProperty('app_metadata', { provider: 'email', providers: ['email'] });
  });

  test('a minimum below 6 is 6, and bytes are counted', async () => {
    const { bearer } = await signedIn();
    const change = (secret: string) => call(auth(), 'PUT /user', { bearer, body: { password: secret } });
    for (const secret of ['12345', 'éé1', ''])
      expect(await change(secret)).toMatchObject({
        status: 422,
        json: { error_code: 'weak_password', msg: 'Password should be at least 6 characters.' },
      });
    expect(await change('é'.repeat(37))).toMatchObject({
      status: 400,
      json: { error_code: 'validation_failed', msg: 'Password cannot be longer than 72 characters' },
    });
    expect((await change('ééé')).status).toBe(200);
    expect(await change('ééé')).toMatchObject({ status: 422, json: { error_code: 'same_password' } });
  });

  test('a change of the account counts against the limit of its address', async () => {
    const { bearer } = await signedIn();
    const change = async (client: string) =>
      (await call(auth(), 'PUT /user', { bearer, body: { data: {} }, headers: { 'x-client': client } })).json;
    const many = await Promise.all(Array.from({ length: 35 }, () => change('203.0.113.7')));
    expect(many.map(({ error_code }) => error_code)).toContain('over_request_rate_limit');
    expect((await change('203.0.113.8')).error_code).toBeUndefined();
  });
});
