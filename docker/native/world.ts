/** What one lab's servers share: where, who, on which ports, with which passwords. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Accounts, chooseAccounts } from './accounts.ts';
import { type Debs, provideDebs } from './debs.ts';
import { openLabRoot } from './place.ts';
import { areFree, type Ports, pickPorts } from './ports.ts';

interface Passwords {
  readonly mysqlApp: string;
  readonly mysqlAdmin: string;
  readonly postgresApp: string;
  readonly postgresAdmin: string;
  readonly ssh: string;
  readonly bypass: string;
}

export interface World {
  readonly dir: string;
  readonly ports: Ports;
  readonly passwords: Passwords;
  readonly accounts: Accounts;
  readonly debs: Debs;
}

interface Kept {
  ports: Ports;
  passwords: Passwords;
}

export const makeFolders = (dir: string): void => {
  openLabRoot();
  for (const folder of ['', 'log', 'vps']) {
    mkdirSync(join(dir, folder), { recursive: true });
    chmodSync(join(dir, folder), 0o755);
  }
};

/** Ports are kept from one `up` to the next, unless somebody took one meanwhile (a running lab's are its own). */
export const openWorld = async (dir: string, { running = false } = {}): Promise<World> => {
  const file = join(dir, 'kept.json');
  const kept: Kept | null = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
  const ports = kept && (running || (await areFree(kept.ports))) ? kept.ports : await pickPorts();
  const passwords = kept?.passwords ?? newPasswords();
  writeFileSync(file, JSON.stringify({ ports, passwords } satisfies Kept), { mode: 0o600 });
  return { dir, ports, passwords, accounts: chooseAccounts(), debs: await provideDebs(openLabRoot()) };
};

const newPasswords = (): Passwords => {
  const password = () => randomBytes(15).toString('base64url');
  return {
    mysqlApp: password(),
    mysqlAdmin: password(),
    postgresApp: password(),
    postgresAdmin: password(),
    ssh: password(),
    bypass: password(),
  };
};
