/** The VPS as a mount namespace: its own /etc, /run and /var/log, on the machine's kernel and programs. */
import { accountFile, accountFiles } from './account-files.ts';

/**
 * How `argv` is started in it. /etc is a copy in memory: a file that is mounted alone loses its mount as soon as the
 * machine replaces the file below by a rename, as useradd does with /etc/passwd. The copy ends with the namespace, so
 * that nothing of the machine's own /etc stays in the lab's folder.
 */
export const inNamespace = (
  dir: string,
  sharedFolders: readonly (readonly [source: string, seenAt: string])[],
  argv: readonly string[],
): [string, ...string[]] => {
  const etc = '/run/lab-etc';
  const script = [
    'set -e',
    ...sharedFolders.map(([source, at]) => `mount --bind ${quote(source)} ${quote(at)}`),
    'mount -t tmpfs -o mode=755 tmpfs /run',
    `mkdir -p /run/sshd /run/lock ${etc}`,
    // A lock file of the machine may vanish while it is copied; what the VPS needs is copied next, or fails.
    `cp -a /etc/. ${etc}/ || true`,
    `cp -p ${accountFiles.map((name) => quote(accountFile(dir, name))).join(' ')} ${etc}/`,
    `mount --bind ${etc} /etc`,
    // Logins leave no trace on the machine.
    'mount -t tmpfs tmpfs /var/log',
    'exec "$@"',
  ];
  return ['unshare', '-m', 'sh', '-c', script.join('\n'), 'sh', ...argv];
};

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
