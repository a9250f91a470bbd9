/**
 * Who runs what. As root the database servers drop to `nobody` and the VPS gets a user `deploy` in a mount
 * namespace of its own, so the machine's accounts stay untouched. Otherwise everything runs as we do.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

export interface Accounts {
  /** Of MariaDB, Postgres and nginx; undefined: our own. */
  readonly service: Identity | undefined;
  /** Who logs in to the VPS. */
  readonly login: { readonly user: string; readonly identity: Identity | undefined };
  /** Whether the VPS has mounts (and with them a user) of its own. */
  readonly namespace: boolean;
}

const nobody: Identity = { uid: 65534, gid: 65534 };

const canMountPrivately = (): boolean =>
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/run'], { stdio: 'ignore' }).status === 0;

/** Below the range that Debian and systemd hand out, and not an id that the machine already uses. */
const freeUid = (): number => {
  const taken = new Set(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => Number(line.split(':')[2])),
  );
  let uid = 59_201;
  while (taken.has(uid)) uid++;
  return uid;
};

export const chooseAccounts = (): Accounts => {
  const self = userInfo();
  if (self.uid !== 0)
    return { service: undefined, login: { user: self.username, identity: undefined }, namespace: false };
  if (!canMountPrivately())
    return { service: nobody, login: { user: self.username, identity: undefined }, namespace: false };
  const uid = freeUid();
  return { service: nobody, login: { user: 'deploy', identity: { uid, gid: uid } }, namespace: true };
};
