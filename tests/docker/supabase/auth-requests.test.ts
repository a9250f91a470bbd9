/** What Auth makes of a request before it looks at what it asks for, held against the stand-in and the real Auth. */
import { describe, expect, test } from 'vitest';
import {
  asAdmin,
  authPrograms,
  call,
  createUser,
  freshEmail,
  logIn,
  useAuthServer,
} from '../../support/auth-contract.ts';
import { useLab } from '../../support/lab.ts';

const lab = await useLab();

describe.each(authPrograms)('$name', (program) => {
  const auth = useAuthServer(lab, program);

  test('an empty body is no JSON, except of a deletion', async () => {
    const { id } = await createUser(auth());
    for (const what of [
      'POST /recover',
      'POST /token?grant_type=password',
      'POST /token?grant_type=refresh_token',
      'POST /verify',
      'POST /admin/users',
      `PUT /admin/users/${id}`,
      'POST /admin/generate_link',
    ])
      for (const raw of ['', '{', '[]'])
        expect(await asAdmin(auth(), what, { raw }), what).toMatchObject({
          status: 400,
          json: {
            error_code: 'bad_json',
            msg: expect.stringContaining('Could not parse request body as JSON'),
          },
        });
    expect((await asAdmin(auth(), `DELETE /admin/users/${id}`)).status).toBe(200);
  });

  test('a body of more than 1 MiB is refused: 413', async () => {
    const of = (bytes: number) => ({ raw: `{"email":"${'a'.repeat(bytes - 12)}"}` });
    expect((await call(auth(), 'POST /recover', of(1 << 20))).json.error_code).toBe('validation_failed');
    expect(await call(auth(), 'POST /recover', of((1 << 20) + 1))).toMatchObject({
      status: 413,
      json: { error_code: 'request_entity_too_large' },
    });
  });

  test.each([
    ['GET /recover', ['POST']],
    ['PUT /token', ['POST']],
    ['DELETE /verify', ['GET', 'POST']],
    ['HEAD /health', ['GET']],
    ['POST /health', ['GET']],
    ['GET /logout', ['POST']],
  ])('%s: 405, and Allow says what would do', async (what, allowed) => {
    const { status, headers } = await call(auth(), what);
    expect(status).toBe(405);
    expect((headers.get('allow') ?? '').split(', ').toSorted()).toEqual(allowed);
  });

  test('HEAD /verify: 405, and the link is not spent', async () => {
    const { email } = await createUser(auth());
    const { json } = await asAdmin(auth(), 'POST /admin/generate_link', {
      body: { type: 'recovery', email },
    });
    const path = `/verify?type=recovery&token=${json.hashed_token}`;
    expect((await call(auth(), `HEAD ${path}`)).status).toBe(405);
    const { status, headers } = await call(auth(), `GET ${path}`);
    expect(status).toBe(303);
    expect(headers.get('location')).toContain('#access_token=');
  });

  test('an unknown path: 404 in plain text', async () => {
    expect(await call(auth(), 'GET /nothing')).toMatchObject({ status: 404, json: null });
  });

  test('another origin is answered, and a preflight too', async () => {
    const origin = 'https://journal.test';
    const plain = await call(auth(), 'GET /health');
    expect(plain.headers.get('vary')).toBe('Origin');
    expect(plain.headers.get('access-control-allow-origin')).toBeNull();
    const { headers } = await call(auth(), 'GET /health', { headers: { origin } });
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('access-control-expose-headers')).toBe('X-Total-Count, Link, X-Supabase-Api-Version');
    const asked = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-client-info',
    };
    const preflight = await call(auth(), 'OPTIONS /recover', { headers: { origin, ...asked } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('POST');
    const foreign = { ...asked, 'access-control-request-headers': 'apikey' };
    const refused = await call(auth(), 'OPTIONS /recover', { headers: { origin, ...foreign } });
    // The gateway's business: Auth itself knows no such header.
    expect(refused.headers.get('access-control-allow-methods')).toBeNull();
  });

  test('an error of the server has an id, for its log', async () => {
    const { json } = await asAdmin(auth(), 'POST /admin/users', {
      body: { email: freshEmail(), password_hash: 'none' },
    });
    expect(json).toEqual({
      code: 500,
      error_code: 'unexpected_failure',
      msg: 'Error creating user',
      error_id: expect.stringMatching(/^\S+$/),
    });
    const refused = await call(auth(), 'POST /recover', { body: {} });
    expect(Object.keys(refused.json).toSorted()).toEqual(['code', 'error_code', 'msg']);
  });

  test('the keys that access tokens are checked with are public, and a shared secret is not', async () => {
    expect(await call(auth(), 'GET /.well-known/jwks.json')).toMatchObject({
      status: 200,
      json: { keys: [] },
    });
  });

  test('the audit log is for administrators', async () => {
    const { email, id } = await createUser(auth(), { password: 'a-Secret-1' });
    const { json: session } = await logIn(auth(), email, 'a-Secret-1');
    expect(await call(auth(), 'GET /admin/audit', { bearer: session.access_token })).toMatchObject({
      status: 403,
      json: { error_code: 'not_admin' },
    });
    const { status, json, headers } = await asAdmin(auth(), 'GET /admin/audit?per_page=1');
    expect(status).toBe(200);
    expect(json).toMatchObject([{ payload: { action: 'login', actor_id: id } }]);
    expect(Number(headers.get('x-total-count'))).toBeGreaterThan(1);
  });
});
