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
    /** null where the lab does not run as root: then only the key opens the door. */
    readonly password: string | null;
  };
  readonly mysql: {
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
  readonly web: {
    /** nginx, as users come in. */
    readonly url: string;
    /** The app itself, behind nginx. */
    readonly appPort: number;
    /** A request with this header passes the maintenance page. */
    readonly bypassHeader: string;
    readonly bypassValue: string;
  };
  readonly git: { readonly url: string; readonly v1: string; readonly v2: string; readonly broken: string };
  readonly vps: {
    readonly home: string;
    readonly appDir: string;
    readonly appName: string;
    /** While it exists, nginx answers 503 with its content. */
    readonly flagFile: string;
    readonly backups: string;
  };
}
