/** The programs of Postgres (pg_dump, pg_restore) that a place has, and how they log in. */
import type { SqlAccess, Unfit } from '../../_kits/sql/access.ts';
import { tlsMode } from '../../_kits/sql/config.ts';
import { type Tool as AnyTool, findTools as findAny } from '../../_kits/sql/tools.ts';
import type { Shell } from '../../_work/shell.ts';
import { type PostgresVersion, versionIn } from './versions.ts';

export type Tool = AnyTool<PostgresVersion>;

/** Several releases stand side by side where an upgrade is under way: Debian's, the PostgreSQL project's, Homebrew's. */
const folders = ['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin', '/opt/homebrew/opt/postgresql@*/bin'];

/** Where a program may be: as it is on PATH, then in these places. */
export const pathsOf = (program: string): readonly [string, ...string[]] => [
  program,
  ...folders.map((folder) => `${folder}/${program}`),
];

export const findTools = (
  shell: Shell,
  program: string,
  signal: AbortSignal,
): Promise<readonly [Tool, ...Tool[]] | Unfit> =>
  findAny(shell, pathsOf(program), versionIn, {
    install: `${program} (the client programs of Postgres)`,
    signal,
  });

/** The one on PATH if it is new enough, else the oldest that is. */
export const fittingTool = (found: readonly [Tool, ...Tool[]], server: PostgresVersion): Tool | Unfit => {
  const fit = found.filter(({ version }) => version.major >= server.major);
  const [first] = fit;
  if (first !== undefined && first === found[0]) return first;
  const [oldest] = fit.toSorted((a, b) => a.version.major - b.version.major);
  if (oldest !== undefined) return oldest;
  const [{ name, version }] = found;
  return {
    what: `${name} is of ${version.shown} and the server is ${server.shown}: it refuses a server that is newer than itself`,
    remedy: `Install the client programs of Postgres ${server.major} there (Debian: postgresql-client-${server.major}), beside the older ones if need be`,
  };
};

/** The first libpq that takes the system's own CAs. */
const systemCas = 16;

/**
 * For `login` in a script: everything but the password, so that nothing of the place's own settings decides.
 * `verify` without a CA file is what an older libpq cannot do.
 */
export const loginEnv = (
  { config, caFile }: SqlAccess,
  tool: Tool,
  database = config.database,
): { readonly env: Readonly<Record<string, string>> } | Unfit => {
  const { host, port, socket, user, connect_timeout } = config;
  const mode = tlsMode(config);
  if (mode === 'verify' && caFile === null && tool.version.major < systemCas)
    return {
      what: `${tool.name} of ${tool.version.shown} cannot check a certificate with the CAs of the system`,
      remedy: `Give the target tls.ca_file, or install the client programs of Postgres ${systemCas} or later`,
    };
  const ca = mode === 'verify' ? (caFile ?? 'system') : '/nonexistent';
  const env = {
    PGHOST: socket ?? host,
    PGPORT: String(port),
    PGUSER: user,
    PGDATABASE: database,
    PGSSLMODE: mode === 'verify' ? 'verify-full' : mode,
    // A CA that the account at the place happens to have would make `require` check the certificate.
    PGSSLROOTCERT: ca,
    PGCONNECT_TIMEOUT: String(Math.max(2, Math.ceil(connect_timeout / 1000))),
    PGAPPNAME: 'runbook',
    PGCLIENTENCODING: 'UTF8',
  };
  return { env };
};

/**
 * `with_login TOOL ARGS...`: the password, which `read_password` took from stdin, is in the environment of the tool and
 * of nothing else: libpq reads it from there or from a file on disk. Settings of the place are put aside.
 */
export const loginScript = `
unset PGSERVICE PGSERVICEFILE PGHOSTADDR PGOPTIONS PGSSLCERT PGSSLKEY PGSSLCRL PGSSLNEGOTIATION PGREQUIREAUTH \\
  PGCHANNELBINDING PGTARGETSESSIONATTRS PGREQUIREPEER PGGSSENCMODE PGPASSWORD
PGPASSFILE=/nonexistent; export PGPASSFILE
read_password() { pw=$(cat; printf x); pw=\${pw%x}; }
with_login() ( PGPASSWORD=$pw; export PGPASSWORD; exec "$@" )
`;
