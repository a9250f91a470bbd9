/** As in a container that runs as root, but may not mount. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { LabInfo } from '../../../docker/native/info.ts';
import { readInfo } from '../../../docker/native/lab.ts';
import { cloneDir, isOpenToAll, openLabRoot } from '../../../docker/native/place.ts';
import { runOnVps } from '../../../docker/native/session.ts';
import { watchOver } from '../../../docker/native/watchdog.ts';
import { useLab } from '../../support/lab.ts';

const asRoot = process.geteuid?.() === 0;
const shared = await useLab();

/** A root folder of its own that borrows what was downloaded. */
const labWithoutMounts = () => {
  const root = mkdtempSync(join(openLabRoot(), 'test-root-'));
  chmodSync(root, 0o755);
  for (const name of readdirSync(openLabRoot()).filter((entry) =>
    /^(debs-\w{8}|mysql-[\d.]+|postgres-[\d.]+.*|auth-\w+(\.refused)?)$/.test(entry),
  ))
    symlinkSync(join(openLabRoot(), name), join(root, name));
  const run = (verb: string) =>
    spawnSync(
      'setpriv',
      ['--bounding-set=-sys_admin', process.execPath, join(cloneDir, 'docker/native/cli.ts'), verb],
      { env: { ...process.env, RUNBOOK_LAB_DIR: root }, encoding: 'utf8' },
    );
  mkdirSync(join(root, 'rehearsal'));
  const callOff = watchOver(join(root, 'rehearsal'), inject('labOwner'), 'remove');
  onTestFinished(() => {
    run('down');
    callOff();
    rmSync(root, { recursive: true });
  });
  return { root, run };
};

const hasItsOwnUser = async (): Promise<void> => {
  const { root, run } = labWithoutMounts();

  expect(run('up')).toMatchObject({ status: 0, stderr: '' });

  const { ssh } = readInfo(join(root, 'rehearsal')) as LabInfo;
  expect(await runOnVps(ssh, 'whoami; pm2 jlist')).toMatch(/^deploy\n.*"name":"trading-journal"/);
  const stopped = `The lab in ${join(root, 'rehearsal')}`;
  expect(run('down')).toMatchObject({ status: 0, stdout: `${stopped} is stopped\n` });
  expect(run('down')).toMatchObject({ status: 0, stdout: `${stopped} was not up\n` });
};

const refusesInOneLine = (): void => {
  expect(labWithoutMounts().run('up')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^The lab's own user can't get to .*\nClone to .*\n$/),
  });
};

// Which of them holds is a matter of who runs the tests, and of where the clone lives.
if (!asRoot)
  test('an ordinary user logs in to the VPS as himself, by key', () => {
    expect(shared.ssh).toMatchObject({ user: userInfo().username, password: null });
  });
else if (isOpenToAll(cloneDir))
  test('the VPS has its own user all the same', { timeout: 120_000 }, hasItsOwnUser);
else test('a clone that this user could not enter is refused in one line', refusesInOneLine);
