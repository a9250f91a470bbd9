import type { ActContext } from '../../engine/step.ts';
import type { Unfit } from '../_kits/sql/access.ts';
import { type DumpCommand, dumps } from '../_kits/sql/dump.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { optionFile } from '../_targets/mysql/option-file.ts';
import { connectionOptions, dumpOptionsOf, dumpUnfit, fittingTool } from '../_targets/mysql/tool-fit.ts';
import { mysqlWord } from '../_targets/mysql/tool-words.ts';
import { findTools, versionOf } from '../_targets/mysql/tools.ts';
import { describeScript, dumpOptions, dumpScript, rehearseScript } from './scripts.ts';
import type { MysqlDumpInput } from './step.ts';

const names = ['mysqldump', 'mariadb-dump'] as const;

const command = async (
  ctx: ActContext,
  client: MysqlClient,
  { tables }: MysqlDumpInput,
): Promise<DumpCommand | Unfit> => {
  const found = await findTools(await ctx.connect('shell'), names, ctx.signal);
  if ('what' in found) return found;
  const server = await versionOf(client);
  const tool = fittingTool(server, found, dumpUnfit);
  if (tool === null || 'what' in tool) return tool ?? { what: `no ${names[0]} is there`, remedy: '' };
  const { config } = client.access;
  const options = [...connectionOptions(tool, config), ...dumpOptionsOf(server, tool), ...dumpOptions];
  return {
    tool: `${tool.name} of ${tool.version.shown}`,
    server: server.shown,
    argv: [tool.name, ...options, '--', config.database, ...(tables ?? [])],
    stdin: optionFile(client.access),
  };
};

export const acts = dumps<MysqlDumpInput, MysqlClient>({
  clientOf: (ctx) => ctx.connect('mysql'),
  command,
  tables: async (client, { tables }) => tables ?? client.baseTables(),
  dumpScript,
  describeScript,
  rehearseScript,
  wordOf: mysqlWord,
});
