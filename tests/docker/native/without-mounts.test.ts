import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { LabInfo } from '../../../docker/native/info.ts';
import { readInfo } from '../../../docker/native/lab.ts';
import { cloneDir, openLabRoot } from '../../../docker/native/place.ts';
import { runOnVps } from '../../../docker/native/session.ts';
import { useLab } from '../../support/lab.ts';

await useLab();

/** As in a container that runs as root, but may not mount. */
test.runIf(process.geteuid?.() === 0)('gives the VPS its user where mounts are forbidden', async () => {
  const root = mkdtempSync(join(openLabRoot(), 'test-root-'));
  for (const shared of readdirSync(openLabRoot()).filter((name) => /^(debs|postgres)-[^-]+(-|$)/.test(name)))
    symlinkSync(join(openLabRoot(), shared), join(root, shared));
  spawnSync('chmod', ['755', root]);
  const lab = (verb: string) =>
    spawnSync(
      'setpriv',
      ['--bounding-set=-sys_admin', process.execPath, join(cloneDir, 'docker/native/cli.ts'), verb],
      { env: { ...process.env, RUNBOOK_LAB_DIR: root }, encoding: 'utf8' },
    );
  onTestFinished(() => {
    lab('down');
    rmSync(root, { recursive: true });
  });

  expect(lab('up')).toMatchObject({ status: 0, stderr: '' });

  const { ssh } = readInfo(join(root, 'rehearsal')) as LabInfo;
  expect(await runOnVps(ssh, 'whoami; pm2 jlist')).toMatch(/^deploy\n.*"name":"trading-journal"/);
  expect(lab('down').status).toBe(0);
});
