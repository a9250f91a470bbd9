/** The gateway in front of Auth, and its read-only stand-in for PostgREST. */
import { randomUUID } from 'node:crypto';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { SignJWT } from 'jose';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useLab } from '../../support/lab.ts';

const lab = await useLab();
const { url, anonKey, serviceRoleKey, jwtSecret } = lab.supabase;

const options = { auth: { persistSession: false, autoRefreshToken: false } };
const anon = createClient(url, anonKey, options);
const service = createClient(url, serviceRoleKey, options);

describe('keys', () => {
  test('a request without one, or with a foreign one, is refused as Kong does', async () => {
    const status = async (headers: Record<string, string>) => {
      const answer = await fetch(`${url}/auth/v1/settings`, { headers });
      return [answer.status, ((await answer.json()) as { message?: string }).message];
    };
    expect(await status({})).toEqual([401, 'No API key found in request']);
    expect(await status({ apikey: 'foreign' })).toEqual([401, 'Invalid authentication credentials']);
    expect((await status({ apikey: anonKey }))[0]).toBe(200);
  });

  test('a mailed link is opened without one, and its redirect is left to the browser', async () => {
    const answer = await fetch(`${url}/auth/v1/verify?token=spent&type=recovery`, { redirect: 'manual' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toContain('error_code=otp_expired');
  });

  test('the administration of users asks for the service_role key', async () => {
    expect((await anon.auth.admin.listUsers()).error).toMatchObject({ status: 403, code: 'not_admin' });
    expect((await service.auth.admin.listUsers()).error).toBeNull();
  });
});

describe('reading a table', () => {
  const table = `gateway_${randomUUID().replaceAll('-', '')}`;
  const { host, port, user, password, database } = lab.postgres;
  const app = new pg.Client({ host, port, user, password, database });
  const [mine, other] = [randomUUID(), randomUUID()];

  beforeAll(async () => {
    await app.connect();
    await app.query(`CREATE TABLE public.${table} (id int, owner uuid, note text);
      INSERT INTO public.${table} VALUES (1, '${mine}', 'a'), (2, '${other}', 'b'), (3, '${mine}', NULL)`);
  });
  afterAll(async () => {
    await app.query(`DROP TABLE public.${table}`);
    await app.end();
  });

  const rows = async (client: SupabaseClient) => (await client.from(table).select('*')).data;

  test('without row level security it is open to everybody who has the anon key', async () => {
    const { data, count, error } = await anon
      .from(table)
      .select('id,note', { count: 'exact' })
      .eq('owner', mine)
      .order('id', { ascending: false })
      .limit(1);
    expect(error).toBeNull();
    expect(data).toEqual([{ id: 3, note: null }]);
    expect(count).toBe(2);
  });

  test('with it and without a policy, it is empty for all but service_role', async () => {
    await app.query(`ALTER TABLE public.${table} ENABLE ROW LEVEL SECURITY`);
    expect(await rows(anon)).toEqual([]);
    expect(await rows(service)).toHaveLength(3);
  });

  test('a policy sees who asks', async () => {
    await app.query(
      `CREATE POLICY own ON public.${table} FOR SELECT TO authenticated USING (owner = auth.uid())`,
    );
    const token = await new SignJWT({ role: 'authenticated' })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(mine)
      .sign(new TextEncoder().encode(jwtSecret));
    const signedIn = createClient(url, anonKey, {
      ...options,
      global: { headers: { Authorization: `Bearer ${token}` } },
    });
    expect((await rows(signedIn))?.map(({ id }) => id)).toEqual([1, 3]);
    expect(await rows(anon)).toEqual([]);
  });

  test('a role without the privilege gets that error, and a token with another signature is anonymous', async () => {
    await app.query(`REVOKE ALL ON public.${table} FROM anon`);
    const { error, status } = await anon.from(table).select('*');
    expect(status).toBe(401);
    expect(error).toMatchObject({ code: '42501', message: `permission denied for table ${table}` });
    const authorization = `Bearer ${await new SignJWT({ role: 'service_role' })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode('another secret, as long as the first one was'))}`;
    const headers = { apikey: anonKey, authorization };
    const answer = await fetch(`${url}/rest/v1/${table}`, { headers });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'PGRST301']);
  });

  test('auth is out of reach, a table that is not there is 404, an unsupported request is reported', async () => {
    expect((await service.from('users_of_nobody').select('*')).status).toBe(404);
    expect((await service.from('auth.users').select('*')).status).toBe(404);
    expect((await service.from(table).select('*').gt('id', 1)).error?.message).toContain('eq only');
    expect((await service.from(table).select('nothing')).error?.code).toBe('42703');
    expect((await service.from(table).insert({ id: 4 })).status).toBe(405);
  });
});
