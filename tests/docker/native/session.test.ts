import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { expect, onTestFinished, test } from 'vitest';
import { LabError } from '../../../docker/native/lab-error.ts';
import { runOnVps } from '../../../docker/native/session.ts';
import { useLab } from '../../support/lab.ts';

const lab = await useLab();

test('an sshd that ends each connection is reported in two lines, not as a stack', async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(runOnVps({ ...lab.ssh, port }, 'true')).rejects.toSatisfy(
    (error) =>
      error instanceof LabError &&
      error.message.startsWith(`The VPS of the lab lets nobody in (ssh to 127.0.0.1:${port}): `) &&
      error.remedy.includes('log/sshd.log'),
  );
});

test('so is one that does not know the key', async () => {
  const { private: key } = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });
  const keyFile = join(lab.dir, `stranger-${process.pid}`);
  writeFileSync(keyFile, key, { mode: 0o600 });
  await expect(runOnVps({ ...lab.ssh, keyFile }, 'true')).rejects.toBeInstanceOf(LabError);
});

test('a failed script is reported with its output', async () => {
  await expect(runOnVps(lab.ssh, 'echo "no such release" >&2; exit 3')).rejects.toMatchObject({
    name: 'LabError',
    message: 'no such release',
  });
  await expect(runOnVps(lab.ssh, 'exit 3')).rejects.toMatchObject({
    message: 'A script on the VPS ended with 3',
  });
});
