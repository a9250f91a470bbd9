import type { ActContext, Finding } from '../../engine/step.ts';
import type { Unfit } from '../_kits/sql/access.ts';
import { type DumpCommand, dumps } from '../_kits/sql/dump.ts';
import { withSession } from '../_kits/sql/session.ts';
import { hiddenRows } from '../_targets/postgres/base-tables.ts';
import type { PostgresClient, TableName } from '../_targets/postgres/client.ts';
import { postgresWord } from '../_targets/postgres/tool-words.ts';
import { findTools, fittingTool, loginEnv } from '../_targets/postgres/tools.ts';
import { describeScript, dumpScript, rehearseScript } from './scripts.ts';
import type { PostgresDumpInput } from './step.ts';

/** In a pattern of pg_dump, where quotes take the meaning of all other characters. */
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const shown = ({ schema, name }: TableName): string => `${schema}.${name}`;

const isWanted =
  ({ schemas, tables }: PostgresDumpInput) =>
  (table: TableName): boolean =>
    tables === undefined ? (schemas?.includes(table.schema) ?? true) : tables.includes(shown(table));

const patterns = ({ schemas = [], tables = [] }: PostgresDumpInput): readonly string[] => [
  ...schemas.map((name) => `--schema=${quoted(name)}`),
  ...tables.map((table) => `--table=${table.split('.').map(quoted).join('.')}`),
];

const command = async (
  ctx: ActContext,
  client: PostgresClient,
  input: PostgresDumpInput,
): Promise<DumpCommand | Unfit> => {
  const shell = await ctx.connect('shell');
  const found = await findTools(shell, 'pg_dump', ctx.signal);
  if ('what' in found) return found;
  const server = await client.version();
  const tool = fittingTool(found, server);
  if ('what' in tool) return tool;
  if (input.format === 'custom') {
    const readers = await findTools(shell, 'pg_restore', ctx.signal);
    if ('what' in readers) return readers;
    if (readers.every(({ version }) => version.major < tool.version.major))
      return {
        what: `${readers[0].name} is of ${readers[0].version.shown}, and could not read back what ${tool.name} of ${tool.version.shown} writes`,
        remedy: `Install pg_restore of Postgres ${tool.version.major} there`,
      };
  }
  const login = loginEnv(client.access, tool);
  if ('what' in login) return login;
  return {
    tool: `${tool.name} of ${tool.version.shown}`,
    server: server.shown,
    argv: [tool.name, '--no-password', `--format=${input.format}`, '--strict-names', ...patterns(input)],
    stdin: client.access.password(),
    env: login.env,
  };
};

/** A dump without data does not ask for these rights. */
const findings = async (
  ctx: ActContext,
  client: PostgresClient,
  input: PostgresDumpInput,
): Promise<readonly Finding[]> => {
  const { rows } = await withSession(client, 'read', ctx, (session) => session.query(hiddenRows));
  const isMeant = isWanted(input);
  return rows
    .map(({ schema, name, why }) => ({ schema: String(schema), name: String(name), why }))
    .filter((found) => isMeant(found) || (found.why === 'sequence' && input.tables === undefined))
    .filter(({ schema }) => input.schemas?.includes(schema) ?? true)
    .map((found) =>
      found.why === 'sequence'
        ? {
            level: 'problem',
            what: `the target's user may not read the sequence ${shown(found)}`,
            remedy: `GRANT SELECT ON SEQUENCE ${shown(found)} to the target's user`,
          }
        : {
            level: 'problem',
            what: `row level security hides rows of ${shown(found)} from the target's user: pg_dump would refuse`,
            remedy: 'Dump as the owner of the tables, or as a role with BYPASSRLS',
          },
    );
};

export const acts = dumps<PostgresDumpInput, PostgresClient>({
  clientOf: (ctx) => ctx.connect('postgres'),
  command,
  tables: async (client, input) => (await client.baseTables()).filter(isWanted(input)).map(shown),
  dumpScript,
  describeScript,
  rehearseScript,
  wordOf: postgresWord,
  findings,
});
