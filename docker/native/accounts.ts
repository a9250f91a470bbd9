/**
 * Who runs what. As root the database servers drop to `nobody` and the VPS gets a user `deploy` that the
 * machine itself never hears of. Otherwise everything runs as we do.
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
  /**
   * How the VPS knows its user: by account files mounted in a namespace of its own, or, where a container
   * forbids mounts, by a library (nss_wrapper) in front of the machine's files. `same`: it is our own user.
   */
  readonly known: 'mounts' | 'wrapper' | 'same';
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
    return { service: undefined, login: { user: self.username, identity: undefined }, known: 'same' };
  const uid = freeUid();
  return {
    service: nobody,
    login: { user: 'deploy', identity: { uid, gid: uid } },
    known: canMountPrivately() ? 'mounts' : 'wrapper',
  };
};
