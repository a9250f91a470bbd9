/** passwd, group and shadow as the VPS sees them: the machine's, and the lab's own user. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Accounts } from './accounts.ts';
import type { Debs } from './debs.ts';
import { runTool } from './run-tool.ts';
import { vpsPaths } from './vps.ts';
import type { World } from './world.ts';

export const accountFiles = ['passwd', 'group', 'shadow'] as const;
type AccountFile = (typeof accountFiles)[number];

export const accountFile = (dir: string, name: AccountFile): string => join(dir, 'vps', 'etc', name);

export const writeAccountFiles = async ({ dir, accounts, passwords }: World): Promise<void> => {
  const { user, identity } = accounts.login;
  if (!identity) return;
  mkdirSync(join(dir, 'vps', 'etc'), { recursive: true, mode: 0o755 });
  const hash = await runTool('perl', ['-e', 'print crypt($ENV{PASSWORD}, q($6$runbooklab$))'], {
    env: { PATH: process.env.PATH, PASSWORD: passwords.ssh },
  });
  const machine = (name: string) => readFileSync(`/etc/${name}`, 'utf8').trimEnd();
  const add = (name: AccountFile, mode: number, ...lines: string[]) =>
    writeFileSync(accountFile(dir, name), `${[machine(name), ...lines].join('\n')}\n`, { mode });
  // sshd refuses to start without the user that its unprivileged half becomes.
  const half = /^sshd:/m.test(machine('passwd')) ? [] : ['sshd:x:74:65534::/run/sshd:/usr/sbin/nologin'];
  const { uid, gid } = identity;
  add('passwd', 0o644, ...half, `${user}:x:${uid}:${gid}:lab:${vpsPaths(dir).home}:/bin/bash`);
  add('group', 0o644, `${user}:x:${gid}:`);
  add('shadow', 0o600, `${user}:${hash}:19000:0:99999:7:::`);
};

/** What makes a program, and every session, see them where they are not mounted. */
export const wrapperEnv = (dir: string, accounts: Accounts, debs: Debs): Record<string, string> =>
  accounts.known === 'wrapper'
    ? {
        LD_PRELOAD: debs.library('libnss_wrapper.so'),
        NSS_WRAPPER_PASSWD: accountFile(dir, 'passwd'),
        NSS_WRAPPER_GROUP: accountFile(dir, 'group'),
      }
    : {};
