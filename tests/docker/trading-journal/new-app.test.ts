import { createClient } from '@supabase/supabase-js';
import { beforeAll, expect, test } from 'vitest';
import { runOnVps } from '../../../docker/native/session.ts';
import { openDatabases } from './databases.ts';
import { mailTo } from './mail.ts';
import { build, checkOut, newEnv, stopWorker, switchTo } from './new-release.ts';
import { useOwnLab } from './own-lab.ts';
import { migrate, pushSchema, smoke } from './scripts.ts';
import { visit } from './visitor.ts';

const lab = await useOwnLab();
const { inPostgres } = await openDatabases(lab);
const { auth } = createClient(lab.supabase.url, lab.supabase.serviceRoleKey, {
  auth: { persistSession: false, autoRefreshToken: false },
});
const { auth: anon } = createClient(lab.supabase.url, lab.supabase.anonKey, {
  auth: { persistSession: false, autoRefreshToken: false },
});
const at = lab.vps.newRelease;

beforeAll(async () => {
  await checkOut(lab, lab.git.v2, at);
  await stopWorker(lab);
  await pushSchema(lab);
  expect((await migrate(lab)).code).toBe(0);
});

const healthOf = async () => (await fetch(`${lab.web.url}/healthz`)).json();
const pidOf = (name: string) => runOnVps(lab.ssh, `pm2 pid ${name}`);

test('without a NEXT_PUBLIC_ variable there is no build, and it says which one lacks', async () => {
  const incomplete = newEnv(lab).replace(/NEXT_PUBLIC_SUPABASE_URL=.*\n/, '');
  await expect(build(lab, at, incomplete)).rejects.toThrow('.env lacks NEXT_PUBLIC_SUPABASE_URL');
});

test('goes live by the link and a reload; a stranger in pm2 is not touched', async () => {
  const stranger = await pidOf(lab.vps.strangerName);
  expect(await build(lab, at, newEnv(lab))).toMatch(/^built 2\.0\.0 at /);
  expect(await healthOf()).toMatchObject({ version: '1.4.0' });

  await switchTo(lab, at);

  await expect
    .poll(() => healthOf().catch(() => null), { timeout: 15_000 })
    .toEqual({ ok: true, version: '2.0.0', commit: lab.git.v2, db: 'ok' });
  expect(await pidOf(lab.vps.strangerName)).toBe(stranger);
});

test('the smoke test passes with the password of 1.4', async () => {
  const { code, stderr } = await smoke(lab, lab.users.smoke);
  expect(stderr).not.toContain('FAILED');
  expect(code).toBe(0);
});

test('what NEXT_PUBLIC_ held at build stays, whatever .env says after it', async () => {
  await runOnVps(
    lab.ssh,
    `sed -i 's|^NEXT_PUBLIC_SUPABASE_URL=.*|NEXT_PUBLIC_SUPABASE_URL=http://127.0.0.1:9|' '${at}/.env' && pm2 restart ${lab.vps.appName} >/dev/null`,
  );
  await expect.poll(() => healthOf().catch(() => null), { timeout: 15_000 }).toMatchObject({ ok: true });
  const answer = await visit(lab).post('/login', { email: 'trader5@lab.test', password: 'lab-password-5' });
  expect(answer).toMatchObject({ status: 303, location: '/dashboard' });
});

test('an address that was typed with capitals in 1.4 is known in any case', async () => {
  for (const email of ['Trader.4@Lab.Test', 'trader.4@lab.test'])
    expect((await visit(lab).post('/login', { email, password: 'lab-password-4' })).status).toBe(303);
});

test('a wrong password is 401; an end of the session on the server is the end of it here', async () => {
  const visitor = visit(lab);
  expect((await visitor.post('/login', { email: 'trader5@lab.test', password: 'wrong' })).status).toBe(401);
  await visitor.post('/login', { email: 'trader5@lab.test', password: 'lab-password-5' });
  expect((await visitor.get('/dashboard')).status).toBe(200);
  await inPostgres(
    "DELETE FROM auth.sessions WHERE user_id = (SELECT id FROM auth.users WHERE email = 'trader5@lab.test')",
  );
  expect((await visitor.get('/dashboard')).location).toBe('/login');
});

const recoveryLink = async (email: string) => {
  const { data } = await auth.admin.generateLink({
    type: 'recovery',
    email,
    options: { redirectTo: `${lab.web.url}/auth/recovery` },
  });
  return data.properties;
};

test('a link that brings its tokens in the fragment ends in a new password and the dashboard', async () => {
  const properties = await recoveryLink('trader6@lab.test');
  const opened = await fetch(properties?.action_link ?? '', { redirect: 'manual' });
  const landing = new URL(opened.headers.get('location') ?? '');
  expect(landing.origin + landing.pathname).toBe(`${lab.web.url}/auth/recovery`);
  const brought = new URLSearchParams(landing.hash.slice(1));

  const visitor = visit(lab);
  const page = await visitor.get('/auth/recovery');
  expect(page.text).toContain('<script src="/assets/recovery.js" defer></script>');
  expect((await visitor.get('/assets/recovery.js')).status).toBe(200);
  const tokens = {
    access_token: brought.get('access_token') ?? '',
    refresh_token: brought.get('refresh_token') ?? '',
  };
  expect((await visitor.post('/auth/recovery', { ...tokens, password: 'short' })).text).toContain(
    tokens.refresh_token,
  );
  const done = await visitor.post('/auth/recovery', { ...tokens, password: 'my-new-password' });
  expect(done).toMatchObject({ status: 303, location: '/dashboard' });
  expect((await visitor.get('/dashboard')).text).toContain('trader6@lab.test');

  const login = (password: string) => visit(lab).post('/login', { email: 'trader6@lab.test', password });
  expect((await login('lab-password-6')).status).toBe(401);
  expect((await login('my-new-password')).status).toBe(303);
});

test('a link with a token_hash is used up by the button, not by opening it', async () => {
  const hash = (await recoveryLink('trader8@lab.test'))?.hashed_token ?? '';
  const visitor = visit(lab);
  const path = `/auth/recovery?token_hash=${hash}&type=recovery`;
  for (const _ of ['scanner', 'user']) expect((await visitor.get(path)).text).toContain(hash);
  const password = 'my-new-password';
  expect((await visitor.post('/auth/recovery', { token_hash: hash, password })).location).toBe('/dashboard');
  const again = await visit(lab).post('/auth/recovery', { token_hash: hash, password });
  expect(again.status).toBe(410);
  expect(again.text).toContain('Ce lien a expiré');
});

test.each(['?code=abc', '?error=access_denied&error_code=otp_expired'])(
  'a link that brings %s is answered with the way to another one',
  async (query) => {
    const { status, text } = await visit(lab).get(`/auth/recovery${query}`);
    expect(status).toBe(410);
    expect(text).toContain('action="/forgot-password"');
  },
);

test('who is logged in sets no password there: neither with the cookies nor with the tokens of his session', async () => {
  const visitor = visit(lab);
  const login = { email: 'trader10@lab.test', password: 'lab-password-4' };
  const password = 'my-new-password';
  expect((await visitor.post('/login', login)).location).toBe('/dashboard');
  expect((await visitor.post('/auth/recovery', { password })).status).toBe(410);
  const { data } = await anon.signInWithPassword(login);
  const { access_token = '', refresh_token = '' } = data.session ?? {};
  expect((await visitor.post('/auth/recovery', { access_token, refresh_token, password })).status).toBe(410);
  expect((await visitor.get('/dashboard')).status).toBe(200);
  expect((await visit(lab).post('/login', login)).status).toBe(303);
});

test('a forgotten password is mailed for by Supabase, the same answer for an unknown address', async () => {
  const ask = (email: string) => visit(lab).post('/forgot-password', { email });
  const known = await ask('trader9@lab.test');
  expect(known.status).toBe(200);
  expect((await ask('nobody@lab.test')).text).toBe(known.text);
  expect(await mailTo(lab, 'trader9@lab.test')).toContain('/auth/v1/verify');
});

test('the anon key reads nothing of anybody', async () => {
  const headers = { apikey: lab.supabase.anonKey, authorization: `Bearer ${lab.supabase.anonKey}` };
  for (const table of ['users', 'trades', 'day_journals']) {
    const answer = await fetch(`${lab.supabase.url}/rest/v1/${table}?select=*&limit=5`, { headers });
    expect(await answer.json(), table).toEqual([]);
  }
});

test('the smoke test of a broken app names what failed', async () => {
  await inPostgres('ALTER TABLE day_journals RENAME TO day_journals_gone');
  const { code, stderr, result } = await smoke(lab, lab.users.smoke);
  await inPostgres('ALTER TABLE day_journals_gone RENAME TO day_journals');
  expect(code).toBe(1);
  expect(result).toMatchObject({
    ok: false,
    rows: {
      trades: { ok: true },
      journal_note: { ok: false, problem: 'Saving a note answered 500, not 303' },
    },
  });
  expect(stderr).toContain('smoke: journal_note FAILED: Saving a note answered 500, not 303');
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^smoke: \d of 8 FAILED, first \w+: /);
});

test('the smoke test passes the maintenance page by its token only', async () => {
  await runOnVps(lab.ssh, `echo closed > ${lab.vps.flagFile}`);
  expect((await smoke(lab, lab.users.smoke)).code).toBe(0);
  const withoutToken = { ...lab, web: { ...lab.web, bypassValue: '' } };
  expect((await smoke(withoutToken, lab.users.smoke)).stderr).toContain(
    'The login page answered 503, not 200',
  );
  await runOnVps(lab.ssh, `rm ${lab.vps.flagFile}`);
});
