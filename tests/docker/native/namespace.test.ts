import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { accountFile, accountFiles } from '../../../docker/native/account-files.ts';
import { chooseAccounts } from '../../../docker/native/accounts.ts';
import { inNamespace } from '../../../docker/native/namespace.ts';

const labWithAccounts = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'runbook-namespace-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  mkdirSync(join(dir, 'vps', 'etc'), { recursive: true });
  for (const name of accountFiles)
    writeFileSync(accountFile(dir, name), 'root:x:0:0::/root:/bin/sh\nlab-login:x:59201:59201::/:/bin/sh\n');
  return dir;
};

/** In a namespace of the test's own, whose /etc is a copy: the machine's /etc is not touched. */
const asOtherMachine = (script: string, argv: readonly string[]): ChildProcess => {
  const etc = 'mount -t tmpfs tmpfs /mnt && cp -a /etc/. /mnt/ && mount --move /mnt /etc';
  return spawn('unshare', ['-m', 'sh', '-ec', `${etc}\n${script}`, 'sh', ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
};

if (chooseAccounts().known === 'mounts')
  test('accounts of the VPS stay when the machine replaces its own account files', async () => {
    const dir = labWithAccounts();
    const lookUp = `getent passwd lab-login; echo up > '${dir}/up'; read replaced < '${dir}/replaced'; getent passwd lab-login`;
    const script = `
mkfifo '${dir}/up' '${dir}/replaced'
"$@" &
read up < '${dir}/up'
for file in passwd group shadow; do cp -p /etc/$file /etc/$file.new; mv /etc/$file.new /etc/$file; done
echo yes > '${dir}/replaced'
wait $!`;
    const child = asOtherMachine(script, inNamespace(dir, [], ['sh', '-c', lookUp]));
    onTestFinished(() => void child.kill('SIGKILL'));
    const found = await text(child.stdout!);
    expect(found).toBe('lab-login:x:59201:59201::/:/bin/sh\n'.repeat(2));
  });
else
  test('without mounts, the VPS asks no file of the machine', () => {
    expect(chooseAccounts().known).toMatch(/^(wrapper|same)$/);
  });
