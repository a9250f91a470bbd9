import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type * as z from 'zod';
import type { TargetContext } from '../../../../engine/target.ts';
import { open } from '../../../../steps/_targets/ssh/open.ts';
import { ssh } from '../../../../steps/_targets/ssh/target.ts';
import type { Shell } from '../../../../steps/_work/shell.ts';
import type { LabInfo } from '../../../support/lab.ts';

export type SshInput = z.input<typeof ssh.config>;

export const targetContext = (extra: Partial<TargetContext> = {}): TargetContext => ({
  name: 'vps',
  signal: new AbortController().signal,
  reveal: (secret) => (typeof secret === 'string' ? secret : 'unexpected'),
  resolve: (path) => resolve(path),
  log: () => undefined,
  ...extra,
});

export const labConfig = ({ ssh: { host, port, user, keyFile, knownHosts } }: LabInfo): SshInput => ({
  host,
  port,
  user,
  key_file: keyFile,
  known_hosts: knownHosts,
  connect_timeout: '3s',
});

/** Opened for one test. */
export const openSsh = async (lab: LabInfo, changed: Partial<SshInput> = {}) => {
  const { known_hosts, key_file, ...config } = { ...labConfig(lab), ...changed };
  const parsed = ssh.config.parse({
    ...config,
    ...(known_hosts && { known_hosts }),
    ...(key_file && { key_file }),
  });
  const opened = await open(targetContext(), parsed);
  onTestFinished(() => opened.close());
  return { shell: opened.client as Shell, check: opened.check };
};

export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** Kills the sshd process that serves the shell's connection: a broken network, as the engine sees it. */
export const cutConnection = async (shell: Shell): Promise<void> => {
  await shell.exec(['sh', '-c', 'kill -9 $PPID']).catch(() => undefined);
};
