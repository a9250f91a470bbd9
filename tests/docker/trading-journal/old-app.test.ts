import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runOnVps } from '../../../docker/native/session.ts';
import { openDatabases } from './databases.ts';
import { mailTo } from './mail.ts';
import { useOwnLab } from './own-lab.ts';
import { smoke } from './scripts.ts';
import { visit } from './visitor.ts';

const lab = await useOwnLab();
const { inMysql } = await openDatabases(lab);

const loggedIn = async (email: string, password: string) => {
  const visitor = visit(lab);
  expect(await visitor.post('/login', { email, password })).toMatchObject({
    status: 303,
    location: '/dashboard',
  });
  return visitor;
};
const someTrader = () => loggedIn('trader3@lab.test', 'lab-password-3');

const csv = (rows: string): FormData => {
  const form = new FormData();
  const head = 'symbol,direction,openedAt,entryPrice,quantity';
  form.set('file', new File([`${head}\n${rows}\n`], 'trades.csv', { type: 'text/csv' }));
  return form;
};

test('a user logs in, sees his figures, imports, writes a note and leaves; nothing stays behind', async () => {
  const counts =
    'SELECT (SELECT COUNT(*) FROM trades) AS trades, (SELECT COUNT(*) FROM day_journals) AS days';
  const before = await inMysql(counts);
  const { code, result } = await smoke(lab, lab.users.smoke);
  expect(code).toBe(0);
  expect(result).toMatchObject({ ok: true });
  expect(Object.keys(result?.rows as object)).toEqual([
    'login_page',
    'login',
    'dashboard',
    'trades',
    'trade_detail',
    'csv_import',
    'journal_note',
    'logout',
  ]);
  expect(await inMysql(counts)).toEqual(before);
});

test('every page says which release it is, and forbids what an attacker would try', async () => {
  const { text, headers } = await visit(lab).get('/login');
  expect(text).toContain('<meta name="release" content="1.4.0">');
  expect(headers.get('content-security-policy')).toContain("default-src 'self'");
});

test('a wrong password is 401, and nginx writes the attempt down without what was typed', async () => {
  const answer = await visit(lab).post('/login', { email: lab.users.smoke.email, password: 'no-such-word' });
  expect(answer.status).toBe(401);
  // nginx writes its line once the answer is out.
  const log = () => readFileSync(lab.vps.accessLog, 'utf8');
  await expect.poll(log).toMatch(/\[\d{4}-\d\d-\d\dT[\d:+]+\] "POST \/login HTTP\/1.1" 401 /);
  expect(log()).not.toContain('no-such-word');
});

test('the query of an address is not logged: a recovery link carries its secret there', async () => {
  await visit(lab).get('/reset-password?token=very-secret');
  // nginx writes its line once the answer is out.
  const log = () => readFileSync(lab.vps.accessLog, 'utf8');
  await expect.poll(log).toContain('"GET /reset-password HTTP/1.1" 200');
  expect(log()).not.toContain('very-secret');
});

test('a form of another site is refused', async () => {
  const trader = await someTrader();
  const note = { date: '2026-01-01', note: 'forged' };
  expect((await trader.postFromElsewhere('/journal', note)).status).toBe(403);
});

test('what a user wrote is shown, never run', async () => {
  const trader = await someTrader();
  const note = '</textarea><script>alert(1)</script>\n"quoted" & done';
  await trader.post('/journal', { date: '2026-01-02', note });
  const { text } = await trader.get('/journal?date=2026-01-02');
  expect(text).toContain('&lt;/textarea&gt;&lt;script&gt;');
  expect(text).not.toContain('<script>');
});

test('importing a file twice adds nothing, and a file with a mistake adds nothing at all', async () => {
  const trader = await someTrader();
  const row = 'NQ,LONG,2026-01-05 15:30:00,21234.12345678,2';
  expect((await trader.post('/import', csv(row))).text).toContain('data-imported="1" data-known="0"');
  expect((await trader.post('/import', csv(row))).text).toContain('data-imported="0" data-known="1"');
  const half = await trader.post('/import', csv('ES,LONG,2026-01-05 15:30:00,1,1\nES,UP,yesterday,one,1'));
  expect(half.status).toBe(422);
  expect(half.text).toContain('Ligne 3\u00a0: la colonne direction');
  expect(
    await inMysql(
      "SELECT symbol, CAST(entryPrice AS CHAR) AS price FROM trades WHERE openedAt = '2026-01-05 15:30:00'",
    ),
  ).toEqual([{ symbol: 'NQ', price: '21234.12345678' }]);
});

test("another user's trade does not exist", async () => {
  const [theirs] = await inMysql(
    "SELECT id FROM trades WHERE userId <> (SELECT id FROM users WHERE email = 'trader3@lab.test') LIMIT 1",
  );
  const trader = await someTrader();
  expect((await trader.get(`/trades/${theirs?.id}`)).status).toBe(404);
  expect((await trader.post(`/trades/${theirs?.id}/delete`)).status).toBe(404);
});

test('nginx serves seeded and new screenshots, and only images get in', async () => {
  const [seeded] = await inMysql('SELECT path, bytes FROM screenshots ORDER BY id LIMIT 1');
  const answer = await fetch(new URL(encodeURI(String(seeded?.path)), lab.web.url));
  expect(answer.headers.get('content-type')).toBe('image/png');
  const bytes = new Uint8Array(await answer.arrayBuffer());
  expect(bytes.byteLength).toBe(seeded?.bytes);

  const trader = await someTrader();
  const [own] = await inMysql(
    "SELECT id FROM trades WHERE userId = (SELECT id FROM users WHERE email = 'trader3@lab.test') LIMIT 1",
  );
  const upload = (content: string | Uint8Array<ArrayBuffer>) => {
    const form = new FormData();
    form.set('file', new File([content], '../../evil.html', { type: 'image/png' }));
    return trader.post(`/trades/${own?.id}/screenshots`, form);
  };
  expect((await upload('<script>alert(1)</script>')).status).toBe(422);
  expect((await upload(bytes)).status).toBe(303);
  const [path] = (await trader.get(`/trades/${own?.id}`)).text.match(/\/uploads\/[\w-]+\/[\w-]+\.png/) ?? [];
  expect((await fetch(lab.web.url + path)).status).toBe(200);
});

test('a forgotten password is set anew by the mailed link, once', async () => {
  const visitor = visit(lab);
  await visitor.post('/forgot-password', { email: lab.users.canary.email });
  const [, token = ''] = (await mailTo(lab, lab.users.canary.email)).match(/token=([\w-]+)/) ?? [];
  const set = (password: string) => visitor.post('/reset-password', { token, password });
  expect((await set('a-new-password')).location).toBe('/login');
  expect((await set('another-password')).status).toBe(410);
  await loggedIn(lab.users.canary.email, 'a-new-password');
});

test('the worker writes without a visitor, behind a maintenance page too', async () => {
  await runOnVps(lab.ssh, `echo closed > ${lab.vps.flagFile}`);
  const state = async () => (await inMysql('SELECT MAX(updatedAt) AS at FROM accounts'))[0]?.at;
  const before = await state();
  await expect.poll(state, { timeout: 10_000 }).not.toBe(before);
  await runOnVps(lab.ssh, `rm ${lab.vps.flagFile}`);
});
