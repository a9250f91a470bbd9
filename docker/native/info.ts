import type { MysqlKind } from './mysql-kind.ts';

/** What a lab is, for the tests, the demo and a person: plain JSON, kept in `<dir>/lab.json` (0600). */
export interface LabInfo {
  readonly dir: string;
  readonly ssh: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly keyFile: string;
    readonly knownHosts: string;
    /** `SHA256:...` of the host key. */
    readonly fingerprint: string;
    /** null where the lab does not run as root: then only the key works. */
    readonly password: string | null;
  };
  readonly mysql: {
    /** RUNBOOK_LAB_MYSQL when it was made. */
    readonly server: MysqlKind;
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    /** Holds every right, for tests that make databases and accounts of their own. */
    readonly adminUser: string;
    readonly adminPassword: string;
    readonly database: string;
  };
  readonly postgres: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly adminUser: string;
    readonly adminPassword: string;
    readonly database: string;
  };
  readonly supabase: {
    /** The gateway, as clients come in: `/auth/v1/*`, and `/rest/v1/<table>` read-only. Asks for a key. */
    readonly url: string;
    readonly anonKey: string;
    readonly serviceRoleKey: string;
    /** Signs the keys and every access token (HS256). */
    readonly jwtSecret: string;
    /** Auth itself, without the gateway. */
    readonly authUrl: string;
    /** Which one runs: the real server, or ours that behaves like it. */
    readonly auth: `supabase/auth ${string}` | 'stand-in';
  };
  readonly mail: {
    readonly smtpHost: string;
    readonly smtpPort: number;
    readonly user: string;
    readonly password: string;
    /** Mailpit's API as far as we use it: `/api/v1/messages`, `/api/v1/search?query=to:...`, `/api/v1/message/ID`. */
    readonly inboxUrl: string;
    /** Who the app's mails are from. */
    readonly from: string;
    /** Takes any POST, as a chat's webhook would; GET lists them. */
    readonly alertUrl: string;
  };
  readonly web: {
    /** nginx, as users come in. */
    readonly url: string;
    /** The app itself, behind nginx. */
    readonly appPort: number;
    /** A request with this header passes the maintenance page. */
    readonly bypassHeader: string;
    readonly bypassValue: string;
  };
  readonly git: { readonly url: string; readonly v1: string; readonly v2: string; readonly faulty: string };
  readonly vps: {
    readonly home: string;
    /** Of the app: `releases/<version>` one checkout each, `current` a link to the one that runs. */
    readonly root: string;
    readonly releases: string;
    readonly current: string;
    readonly oldRelease: string;
    /** Does not exist yet. */
    readonly newRelease: string;
    /** Screenshots, shared by the releases. */
    readonly uploads: string;
    /** Names in pm2. */
    readonly appName: string;
    readonly workerName: string;
    readonly strangerName: string;
    /** While it exists, nginx answers 503 with its content. */
    readonly flagFile: string;
    readonly backups: string;
    /** nginx's: time, method, path without query, status. */
    readonly accessLog: string;
    readonly pm2Logs: string;
  };
  /** Users of the app whose passwords are known. */
  readonly users: {
    readonly smoke: { readonly email: string; readonly password: string };
    readonly canary: { readonly email: string; readonly password: string };
  };
  readonly seed: { readonly users: number; readonly trades: number };
}
