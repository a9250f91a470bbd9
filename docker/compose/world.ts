/** The world of the compose file: what it shares with the native lab, and where it differs. */
import { join } from 'node:path';
import type { Accounts } from '../native/accounts.ts';
import type { AuthName } from '../native/auth-binary.ts';
import type { Debs } from '../native/debs.ts';
import { smtpUser } from '../native/inbox.ts';
import type { LabInfo } from '../native/info.ts';
import { database as mysqlDatabase } from '../native/mysql.ts';
import { labDir } from '../native/place.ts';
import { authEnv, gatewayEnv } from '../native/supabase.ts';
import { type Kept, openKept, type World } from '../native/world.ts';

/** Of the image in compose.yaml. */
export const authRelease = 'v2.189.0';
export const authVersion: AuthName = `supabase/auth ${authRelease}`;

/** Supabase calls it so in every project. */
export const postgresDatabase = 'postgres';

export const composeDir = (): string => labDir('compose');

/** Programs of the images are at their usual places. */
const installed: Debs = {
  prefix: '/',
  bin: (path) => `/${path}`,
  library: (name) => name,
  env: { LD_LIBRARY_PATH: '' },
};

/** Root of the host is not root's business in the VPS: there the lab's folders belong to an ordinary user. */
const accountsOf = (uid: number): Accounts => ({
  service: undefined,
  login: { user: 'deploy', identity: uid === 0 ? { uid: 1000, gid: 1000 } : undefined },
  known: 'same',
});

export const composeWorld = (dir: string, kept: Kept, uid: number): World => ({
  dir,
  ...kept,
  accounts: accountsOf(uid),
  debs: installed,
});

/** Fails closed on what would need escapes: the passwords are made of letters that need none. */
const envFile = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => {
      if (/['\\\n]/.test(value)) throw new Error(`${name} cannot stand in an env file`);
      return `${name}='${value}'\n`;
    })
    .join('');

/** What compose.yaml itself asks for, and one file a service: 0600, in the lab's folder. */
export const envFiles = async (world: World, uid: number): Promise<Readonly<Record<string, string>>> => {
  const { ports, passwords, dir } = world;
  const everywhere = '0.0.0.0';
  const postgres = {
    POSTGRES_PASSWORD: passwords.postgresAdmin,
    PGPASSWORD: passwords.postgresAdmin,
    POSTGRES_HOST: '/var/run/postgresql',
    POSTGRES_DB: postgresDatabase,
    PGDATABASE: postgresDatabase,
    POSTGRES_PORT: String(ports.postgres),
    PGPORT: String(ports.postgres),
    JWT_SECRET: passwords.supabaseJwt,
    JWT_EXP: '3600',
  };
  const files: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'compose.env': {
      LAB_DIR: dir,
      DEPLOY_UID: String(world.accounts.login.identity?.uid ?? uid),
      SSH_PORT: String(ports.ssh),
      WEB_PORT: String(ports.web),
      MYSQL_PORT: String(ports.mysql),
      POSTGRES_PORT: String(ports.postgres),
      AUTH_PORT: String(ports.auth),
      SUPABASE_PORT: String(ports.supabase),
      SMTP_PORT: String(ports.smtp),
      INBOX_PORT: String(ports.inbox),
    },
    'mysql.env': {
      MYSQL_ROOT_PASSWORD: passwords.mysqlAdmin,
      MYSQL_DATABASE: mysqlDatabase,
      MYSQL_ROOT_HOST: '%',
    },
    'postgres.env': postgres,
    'auth.env': { ...authEnv(world, postgresDatabase), GOTRUE_API_HOST: everywhere },
    'supabase.env': { ...(await gatewayEnv(world, postgresDatabase, '/clone')), HOST: everywhere },
    'inbox.env': {
      MP_SMTP_BIND_ADDR: `${everywhere}:${ports.smtp}`,
      MP_UI_BIND_ADDR: `${everywhere}:${ports.inbox}`,
      MP_SMTP_AUTH: `${smtpUser}:${passwords.smtp}`,
      MP_SMTP_AUTH_ALLOW_INSECURE: 'true',
      // One mail a user, and it keeps 500 unless told otherwise.
      MP_MAX_MESSAGES: '0',
      MP_DISABLE_VERSION_CHECK: 'true',
    },
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, values]) => [join(dir, name), envFile(values)]),
  );
};

/** In Supabase's own image the project's user is `postgres`, and who may do everything is `supabase_admin`. */
export const composeInfo = (native: LabInfo, { passwords }: Kept): LabInfo => ({
  ...native,
  // Mailpit keeps mails only: the gateway has the place that the native lab's mail catcher has.
  mail: { ...native.mail, alertUrl: `${native.supabase.url}/lab/alerts` },
  ssh: { ...native.ssh, password: null },
  postgres: {
    ...native.postgres,
    user: 'postgres',
    password: passwords.postgresAdmin,
    adminUser: 'supabase_admin',
    adminPassword: passwords.postgresAdmin,
    database: postgresDatabase,
  },
});

export const openComposeWorld = async (uid: number, running: boolean): Promise<World> => {
  const dir = composeDir();
  return composeWorld(dir, await openKept(dir, running), uid);
};
