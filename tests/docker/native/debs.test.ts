import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { provideDebs } from '../../../docker/native/debs.ts';

test('says what is needed on a machine without apt, and leaves nothing half done', async () => {
  const root = mkdtempSync(join(tmpdir(), 'debs-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  vi.stubEnv('PATH', root);
  onTestFinished(() => void vi.unstubAllEnvs());

  await expect(provideDebs(root)).rejects.toMatchObject({
    name: 'LabError',
    message: expect.stringContaining('no apt-get and no dpkg here'),
    remedy: expect.stringContaining('Debian 12'),
  });
  expect(readdirSync(root)).toEqual([]);
});
