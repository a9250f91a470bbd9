import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { NodeSSH } from 'node-ssh';
import type { LabInfo } from './info.ts';
import { LabError } from './lab-error.ts';

export type Access = Pick<LabInfo['ssh'], 'host' | 'port' | 'user' | 'keyFile' | 'fingerprint'>;

export const fingerprintOf = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

/** Runs a shell script as the VPS's login user, over ssh like anybody else; rejects with a LabError that has its stderr. */
export const runOnVps = async (access: Access, script: string): Promise<string> => {
  const ssh = new NodeSSH();
  const { host, port, user: username, keyFile: privateKeyPath, fingerprint } = access;
  const hostVerifier = (key: Buffer) => fingerprintOf(key) === fingerprint;
  await ssh
    .connect({ host, port, username, privateKeyPath, hostVerifier, readyTimeout: 60_000 })
    .catch((cause: Error) => {
      throw new LabError(
        `The VPS of the lab lets nobody in (ssh to ${host}:${port}): ${cause.message}`,
        "Read log/sshd.log in the lab's folder, then: npm run lab -- reset",
        { cause },
      );
    });
  const { connection } = ssh;
  try {
    const { code, stdout, stderr } = await ssh.execCommand('sh -e', { stdin: script });
    if (code !== 0)
      throw new LabError(
        stderr.trim().split('\n').slice(-5).join(' | ') ||
          `A script on the VPS ended with ${code ?? 'a signal'}`,
        "Read the logs in the lab's folder (log/, vps/)",
      );
    return stdout;
  } finally {
    // A server that ends while the goodbye is on its way resets the connection, with nobody listening.
    connection?.on('error', () => {});
    const closed = connection && once(connection, 'close');
    ssh.dispose();
    await closed;
  }
};
