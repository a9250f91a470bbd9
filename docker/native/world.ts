/** What one lab's servers share: where, who, on which ports, with which passwords. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Accounts, chooseAccounts } from './accounts.ts';
import { type Debs, provideDebs } from './debs.ts';
import type { MysqlKind } from './mysql-kind.ts';
import { type MysqlPrograms, provideMysql } from './mysql-programs.ts';
import { type KnownUsers, makeKnownUsers } from './people.ts';
import { openLabRoot } from './place.ts';
import { type Ports, pickPorts, portNames, takeAgain } from './ports.ts';

interface Passwords {
  readonly mysqlApp: string;
  readonly mysqlAdmin: string;
  readonly postgresApp: string;
  readonly postgresAdmin: string;
  readonly ssh: string;
  readonly bypass: string;
  /** Signs the old app's sessions. */
  readonly sessionSecret: string;
  /** Of the database roles that Auth and the gateway are. */
  readonly supabaseAuth: string;
  readonly authenticator: string;
  /** Signs Supabase's keys and access tokens. */
  readonly supabaseJwt: string;
  readonly smtp: string;
}

export interface World {
  readonly dir: string;
  readonly ports: Ports;
  readonly passwords: Passwords;
  readonly people: KnownUsers;
  readonly accounts: Accounts;
  readonly debs: Debs;
}

/** Where the servers run on this machine itself. */
export interface NativeWorld extends World {
  readonly mysql: MysqlPrograms;
}

export interface Kept {
  readonly ports: Ports;
  readonly passwords: Passwords;
  readonly people: KnownUsers;
}

export const makeFolders = (dir: string): void => {
  openLabRoot();
  for (const folder of ['', 'log', 'vps']) {
    mkdirSync(join(dir, folder), { recursive: true });
    chmodSync(join(dir, folder), 0o755);
  }
};

/**
 * What a lab is known by, native or in containers: kept from one `up` to the next, but for ports that somebody
 * took meanwhile (a running lab's are its own).
 */
export const openKept = async (dir: string, running: boolean): Promise<Kept> => {
  const file = join(dir, 'kept.json');
  const kept: Partial<Kept> | null = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
  const ports =
    kept?.ports && isWhole(kept.ports) && (running || (await takeAgain(kept.ports)))
      ? kept.ports
      : await pickPorts();
  // A folder that an older version of the lab made lacks what was added since.
  const passwords = { ...newPasswords(), ...kept?.passwords };
  const people = kept?.people ?? (await makeKnownUsers(newPassword));
  writeFileSync(file, JSON.stringify({ ports, passwords, people } satisfies Kept), { mode: 0o600 });
  return { ports, passwords, people };
};

export const openWorld = async (
  dir: string,
  mysql: MysqlKind,
  { running = false } = {},
): Promise<NativeWorld> => {
  const root = openLabRoot();
  const debs = await provideDebs(root);
  return {
    dir,
    ...(await openKept(dir, running)),
    accounts: chooseAccounts(),
    debs,
    mysql: await provideMysql(mysql, root, debs),
  };
};

const isWhole = (ports: Partial<Ports>): ports is Ports => portNames.every((name) => name in ports);

export const newPassword = (): string => randomBytes(15).toString('base64url');

const newPasswords = (): Passwords => ({
  mysqlApp: newPassword(),
  mysqlAdmin: newPassword(),
  postgresApp: newPassword(),
  postgresAdmin: newPassword(),
  ssh: newPassword(),
  bypass: newPassword(),
  sessionSecret: newPassword(),
  supabaseAuth: newPassword(),
  authenticator: newPassword(),
  supabaseJwt: randomBytes(32).toString('hex'),
  smtp: newPassword(),
});
