/**
 * What a user sees of the cutover, in a real browser through nginx: the old app, the maintenance page, the mailed link, a
 * new password, the new app. Everything else is held by tests that need no browser.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@supabase/supabase-js';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, onTestFailed, test } from 'vitest';
import { provideBrowser } from '../../docker/native/browser.ts';
import { down, type LabInfo, up } from '../../docker/native/lab.ts';
import { cloneDir, openLabRoot } from '../../docker/native/place.ts';
import { watchOver } from '../../docker/native/watchdog.ts';
import { openInbox } from '../support/inbox.ts';
import { closeDoors, goLive, openDoors } from './new-release.ts';

/** The first time Chromium is downloaded and unpacked. */
const providedWithinMs = 300_000;
const newPassword = 'Un nouveau mot de passe 2026';
const maintenance = readFileSync(join(cloneDir, 'runbooks/trading-journal/maintenance.html'), 'utf8');

let lab: LabInfo;
let browser: Browser;
let page: Page;
/** What the page asked for in vain: a style sheet or script that lacks is seen by no other assertion. */
const missing: string[] = [];

beforeAll(async () => {
  const root = openLabRoot();
  const dir = mkdtempSync(join(root, 'test-browser-'));
  const callOff = watchOver(dir, inject('labOwner'), 'remove');
  afterAll(async () => {
    await down(dir);
    callOff();
    rmSync(dir, { recursive: true, force: true });
  });
  [lab, browser] = await Promise.all([
    up(dir),
    provideBrowser(root).then((provided) => chromium.launch(provided)),
  ]);
  page = await (await browser.newContext({ locale: 'fr-FR', timezoneId: 'Europe/Paris' })).newPage();
  page.setDefaultTimeout(15_000);
  page.on('response', (answer) => {
    if (answer.status() === 404) missing.push(answer.url());
  });
  return () => browser.close();
}, providedWithinMs);

afterEach(() => {
  expect(missing).toEqual([]);
});

/** Outlives the test's own lab. */
const screensIn = (): string => {
  const dir = join(openLabRoot(), 'screens');
  mkdirSync(dir, { recursive: true });
  return dir;
};

/** Leaves a picture of the page behind when the test fails, and, with RUNBOOK_SCREENS, of every page it has seen. */
const watched = (name: string) => {
  const picture = (part: string) =>
    page.screenshot({ path: join(screensIn(), `${name}-${part}.png`), fullPage: true });
  onTestFailed(async () => {
    await picture('failed');
    process.stderr.write(`The page when it failed: ${join(screensIn(), `${name}-failed.png`)}\n`);
  });
  return async (part: string) => {
    if (!process.env.RUNBOOK_SCREENS) return;
    await picture(part);
    const size = page.viewportSize();
    await page.setViewportSize({ width: 390, height: 844 });
    await picture(`${part}-phone`);
    if (size) await page.setViewportSize(size);
  };
};

const release = () => page.locator('meta[name=release]').getAttribute('content');

const open = (path: string) => page.goto(`${lab.web.url}${path}`);

const logIn = async (email: string, password: string): Promise<void> => {
  await open('/login');
  await page.getByLabel('Adresse e-mail').fill(email);
  await page.getByLabel('Mot de passe').fill(password);
  await page.getByRole('button', { name: 'Se connecter' }).click();
};

const tradeCount = async (): Promise<number> => {
  const said = await page.locator('[data-kpi=trades] b').textContent();
  return Number(said?.replace(/\D/g, ''));
};

/** What the old app showed. */
let tradesBefore: number;

test('the old app: login, dashboard, trades', async () => {
  const seen = watched('old');
  const { email, password } = lab.users.canary;
  await open('/login');
  await seen('login');
  await logIn(email, password);
  await page.waitForURL('**/dashboard');
  await seen('dashboard');
  expect(await release()).toBe('1.4.0');
  expect(await page.locator('[data-user]').textContent()).toBe(email);
  tradesBefore = await tradeCount();
  expect(tradesBefore).toBeGreaterThan(0);
  await page.getByRole('link', { name: 'Trades', exact: true }).click();
  await page.locator('main a[href^="/trades/"]').first().waitFor();
  await seen('trades');
});

test('maintenance: 503 with a page, also for users who are logged in', async () => {
  const seen = watched('closed');
  await closeDoors(lab, maintenance);
  const answer = await open('/dashboard');
  expect(answer?.status()).toBe(503);
  expect(await answer?.headerValue('retry-after')).toBe('120');
  await page.getByRole('heading', { name: 'Nous déménageons votre journal' }).waitFor();
  await seen('page');
});

test('the new app knows no session of the old one', {
  timeout: 120_000,
}, async () => {
  const seen = watched('new');
  await goLive(lab);
  await openDoors(lab);
  await expect
    .poll(
      () =>
        fetch(`${lab.web.url}/healthz`)
          .then((r) => r.json())
          .catch(() => null),
      { timeout: 20_000 },
    )
    .toMatchObject({ version: '2.0.0', ok: true });
  await open('/dashboard');
  expect(new URL(page.url()).pathname).toBe('/login');
  expect(await release()).toBe('2.0.0');
  await seen('login');
});

/** As a person does: opens the newest mail, clicks on what it offers. */
const openMailTo = async (address: string): Promise<void> => {
  const { mailsTo } = openInbox(lab);
  await expect.poll(async () => (await mailsTo(address)).length, { timeout: 15_000 }).toBeGreaterThan(0);
  // Not on a page of the app, whose policy would take the mail's styles away.
  await page.goto('about:blank');
  await page.setContent((await mailsTo(address))[0]?.HTML ?? '');
};

test('the mailed link, followed: a new password, then the dashboard with the same trades', async () => {
  const seen = watched('recovery');
  const { email } = lab.users.canary;
  const { auth } = createClient(lab.supabase.url, lab.supabase.anonKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const redirectTo = `${lab.web.url}/auth/recovery`;
  expect((await auth.resetPasswordForEmail(email, { redirectTo })).error).toBeNull();
  await openMailTo(email);
  await seen('mail');
  await page.getByRole('link').first().click();
  await page.waitForURL('**/auth/recovery**');
  await page.getByLabel('Nouveau mot de passe').waitFor();
  // Neither the history nor a copied address keeps what opens the account.
  expect(page.url()).toBe(redirectTo);
  await seen('form');
  await page.getByLabel('Nouveau mot de passe').fill(newPassword);
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  await page.waitForURL('**/dashboard');
  await seen('dashboard');
  expect(await release()).toBe('2.0.0');
  expect(await page.locator('[data-user]').textContent()).toBe(email);
  expect(await tradeCount()).toBe(tradesBefore);
});

test('trades on the new app, one of them in full, its picture too', async () => {
  const seen = watched('trades');
  await page.getByRole('link', { name: 'Trades', exact: true }).click();
  await seen('list');
  await page.locator('main a[href^="/trades/"]').first().click();
  await page.getByText('Prix d’entrée').waitFor();
  await seen('one');
  expect(await release()).toBe('2.0.0');
});

test('logout, and back in with the new password only', async () => {
  const seen = watched('logout');
  const { email, password } = lab.users.canary;
  await page.getByRole('button', { name: 'Se déconnecter' }).click();
  await page.waitForURL('**/login');
  await open('/dashboard');
  expect(new URL(page.url()).pathname).toBe('/login');
  await logIn(email, password);
  await page.getByRole('alert').waitFor();
  await seen('refused');
  await logIn(email, newPassword);
  await page.waitForURL('**/dashboard');
});

test('the link a second time leads to another one, not to an error', async () => {
  const seen = watched('again');
  await openMailTo(lab.users.canary.email);
  await page.getByRole('link').first().click();
  await page.waitForURL('**/auth/recovery**');
  await page.getByRole('button', { name: 'Recevoir un lien' }).waitFor();
  expect(await page.getByLabel('Nouveau mot de passe').isVisible()).toBe(false);
  await page.getByRole('heading', { name: 'Mot de passe oublié' }).waitFor();
  expect(await page.title()).toBe('Mot de passe oublié · Trading Journal');
  await seen('page');
});
