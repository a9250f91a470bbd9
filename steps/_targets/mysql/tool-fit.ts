/** Which of the tools at a place fits a server. A tool that does not may write a dump that cannot be restored. Pure. */
import type { Unfit } from '../../_kits/sql/access.ts';
import type { SqlConfig } from '../../_kits/sql/config.ts';
import { tlsMode } from '../../_kits/sql/config.ts';
import type { Tool as AnyTool } from '../../_kits/sql/tools.ts';
import { isBefore, type MysqlVersion } from './versions.ts';

export type Tool = AnyTool<MysqlVersion>;

const shown = ({ name, version }: Tool): string => `${name} is of ${version.shown}`;

const strangers = {
  MariaDB: 'it writes values for generated columns, and such a dump cannot be restored',
  MySQL: 'it asks for COLUMN_STATISTICS and does not know what only MariaDB has',
} as const;

/** Before these releases a table's invisible columns are left out without a word. */
const seesInvisible = { MySQL: [8, 0, 23], MariaDB: [10, 3] } as const;

/** Why this tool may not dump from this server; null: it may. */
export const dumpUnfit = (server: MysqlVersion, tool: Tool): Unfit | null => {
  const { family, numbers } = server;
  const remedy = `Install the client programs of ${family} ${numbers.slice(0, 2).join('.')} there`;
  if (tool.version.family !== family)
    return {
      what: `${shown(tool)} and the server is ${server.shown}: ${strangers[tool.version.family]}`,
      remedy,
    };
  const since = seesInvisible[family];
  const olderKind = family === 'MySQL' && isBefore(tool.version, numbers, 1);
  if (!olderKind && (isBefore(server, since) || !isBefore(tool.version, since))) return null;
  return {
    what: `${shown(tool)} and the server is ${server.shown}: an older tool leaves out or garbles what it does not know`,
    remedy,
  };
};

/** The one that fits, in their order; else why none does. Names that MariaDB has given up stand back. */
export const fittingTool = (
  server: MysqlVersion,
  found: readonly Tool[],
  unfit: (server: MysqlVersion, tool: Tool) => Unfit | null,
): Tool | Unfit | null => {
  const fit = found.filter((tool) => unfit(server, tool) === null);
  const [first] = fit;
  if (first === undefined) return found[0] === undefined ? null : unfit(server, found[0]);
  const renamed = first.version.family === 'MariaDB' && !isBefore(first.version, [11]);
  return (renamed ? fit.find(({ name }) => name.startsWith('mariadb')) : undefined) ?? first;
};

/** Any client carries a dump to any server: only what is in the dump has to fit. One of the server's own is better. */
export const clientFor = (server: MysqlVersion, found: readonly Tool[]): Tool | null => {
  const own = fittingTool(server, found, ({ family }, tool) =>
    tool.version.family === family ? null : { what: '', remedy: '' },
  );
  return own !== null && 'name' in own ? own : (found[0] ?? null);
};

/**
 * Each family names its options for TLS in its own way, and warns of any other or refuses it. A password that MySQL
 * has not cached yet travels without TLS only by the server's key, which the engine's own driver asks for too.
 */
export const connectionOptions = ({ version }: Tool, config: SqlConfig): readonly string[] => {
  const mode = tlsMode(config);
  const isMaria = version.family === 'MariaDB';
  if (mode === 'disable')
    return isMaria ? ['--skip-ssl'] : ['--ssl-mode=DISABLED', '--loose-get-server-public-key'];
  if (mode === 'require')
    return isMaria ? ['--ssl', '--disable-ssl-verify-server-cert'] : ['--ssl-mode=REQUIRED'];
  return isMaria ? ['--ssl', '--ssl-verify-server-cert'] : ['--ssl-mode=VERIFY_IDENTITY'];
};

/** `loose` because a tool older than an option is as good without it. */
export const dumpOptionsOf = (server: MysqlVersion, { version }: Tool): readonly string[] => {
  if (version.family === 'MariaDB') return [];
  // Without the first a restore on a server that has GTIDs is refused; a server before 8.0 has no such statistics.
  const statistics = isBefore(server, [8]) ? ['--loose-column-statistics=0'] : [];
  return ['--loose-set-gtid-purged=OFF', ...statistics];
};
