import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { localShell } from '../../../steps/_targets/local/local-shell.ts';
import { placeIdentity } from '../../../steps/_work/place-identity.ts';
import { useLab } from '../../support/lab.ts';
import { usePlace, useVps } from '../../support/place.ts';

const lab = await useLab();

describe('on this machine', () => {
  test('it is told which one it is; the marker is found where it was made, privately', async () => {
    const { shell } = await usePlace();
    const place = placeIdentity(shell);
    const stateDir = shell.stateDir ?? '';
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const known = { host: hostname(), boot, user: userInfo().username, stateDir };
    expect(await place.identify('r1')).toEqual({ ...known, marker: null });
    await place.mark('r1', 'one');
    expect(await place.identify('r1')).toEqual({ ...known, marker: 'one' });
    expect(await place.identify('r2')).toEqual({ ...known, marker: null });
    expect((await stat(join(stateDir, 'r1'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(stateDir, 'r1', 'marker'))).mode & 0o777).toBe(0o600);
    await place.mark('r1', 'two');
    expect((await place.identify('r1')).marker).toBe('two');
    await rm(stateDir, { recursive: true });
    expect((await place.identify('r1')).marker).toBe(null);
  });

  test('a folder that cannot be made is refused, with what to do', async () => {
    const { dir } = await usePlace();
    await writeFile(join(dir, 'file'), '');
    const place = placeIdentity(localShell('local', join(dir, 'file')));
    await expect(place.mark('r1', 'one')).rejects.toMatchObject({ code: 'config', target: 'local' });
  });
});

test('over SSH it is the account of the host', async () => {
  const { shell } = await useVps(lab);
  const place = placeIdentity(shell);
  const runId = `test-${process.pid}-identity`;
  await place.mark(runId, 'one');
  const found = await place.identify(runId);
  expect(found).toMatchObject({ user: lab.ssh.user, marker: 'one' });
  expect(found.stateDir).toMatch(/^\/.*\/runbook$/);
  await shell.exec(['rm', '-rf', join(found.stateDir, runId)]);
});
