import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { provideBrowser } from '../../../docker/native/browser.ts';

const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'lab-browser-'));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(dir, { recursive: true });
  });
  return dir;
};

test("the machine's own is taken first: nothing is downloaded", async () => {
  const dir = folder();
  mkdirSync(join(dir, 'bin'));
  writeFileSync(join(dir, 'bin', 'google-chrome'), '', { mode: 0o755 });
  vi.stubEnv('PATH', join(dir, 'bin'));
  const browser = await provideBrowser(join(dir, 'root'));
  expect(browser.executablePath).toBe(join(dir, 'bin', 'google-chrome'));
  expect(browser.env).not.toHaveProperty('FONTCONFIG_FILE');
  expect(browser.args).toContain('--disable-background-networking');
});

test('a machine with neither a browser nor apt: says what to install', async () => {
  const dir = folder();
  vi.stubEnv('PATH', dir);
  await expect(provideBrowser(dir)).rejects.toMatchObject({
    name: 'LabError',
    remedy: expect.stringContaining('google-chrome is on PATH'),
  });
});
