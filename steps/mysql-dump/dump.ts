import { type ActContext, StepFailed } from '../../engine/step.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { optionFile, outOfReach } from '../_targets/mysql/option-file.ts';
import {
  connectionOptions,
  dumpOptionsOf,
  dumpUnfit,
  fittingTool,
  type Tool,
  type Unfit,
} from '../_targets/mysql/tool-fit.ts';
import { complaintOfTool, ToolWords } from '../_targets/mysql/tool-words.ts';
import { findTools, versionOf } from '../_targets/mysql/tools.ts';
import { type Making, makingExits } from '../_work/made-file.ts';
import { runScript } from '../_work/script.ts';
import { described } from './described.ts';
import { describeScript, dumpOptions, dumpScript, sizeScript } from './scripts.ts';
import type { MysqlDumpInput, MysqlDumpOutput } from './step.ts';

const names = ['mysqldump', 'mariadb-dump'] as const;

/** The tool at the place and what it is told, or why none of them may dump from this server. */
export const dumpCommand = async (
  ctx: ActContext,
  client: MysqlClient,
  { tables }: MysqlDumpInput,
): Promise<{ readonly tool: Tool; readonly command: readonly string[]; readonly server: string } | Unfit> => {
  const found = await findTools(await ctx.connect('shell'), names, ctx.signal);
  if ('what' in found) return found;
  const server = await versionOf(client);
  const tool = fittingTool(server, found, dumpUnfit);
  if (tool === null || 'what' in tool) return tool ?? { what: `no ${names[0]} is there`, remedy: '' };
  const { config } = client.access;
  const options = [...connectionOptions(tool, config), ...dumpOptionsOf(server, tool), ...dumpOptions];
  const command = [tool.name, ...options, '--', config.database, ...(tables ?? [])];
  return { tool, command, server: server.shown };
};

const misfit = ({ what, remedy }: Unfit, place: string): StepFailed =>
  new StepFailed(`no dump on ${place}: ${what}`, { effect: 'none', remedy });

/** mysqldump says `errno 28` and no word of a disk. */
const remedyOf = (complaint: string, path: string, place: string): { remedy?: string } => {
  const isFull = /errno:? 28\b|No space left on device/.test(complaint);
  return isFull ? { remedy: `The disk below ${path} on ${place} is full: make room, then retry` } : {};
};

export const outOfReachRemedy = 'Run it on the place the target is reached via';

export const dump: Making<MysqlDumpInput, MysqlDumpOutput> = {
  noun: 'a dump',
  describeScript,
  described,

  async script(ctx, input) {
    const client = await ctx.connect('mysql');
    const reach = outOfReach(client.access, ctx.runOn);
    if (reach !== null) throw new StepFailed(reach, { effect: 'none', remedy: outOfReachRemedy });
    const chosen = await dumpCommand(ctx, client, input);
    if ('what' in chosen) throw misfit(chosen, (await ctx.connect('shell')).place);
    const wanted = input.tables ?? (await client.baseTables());
    const tables = wanted.map((name) => `${name}\n`).join('');
    return { script: dumpScript, args: [tables, ...chosen.command], stdin: optionFile(client.access) };
  },

  options(ctx, _input, temporary) {
    const words = new ToolWords((text) => ctx.log(text, 'stderr'));
    return {
      onMarked: (chunk) => words.push(chunk),
      async report(shell) {
        const { code, lines } = await runScript(shell, sizeScript, [temporary]);
        if (code === 0) ctx.progress({ done: Number(lines[0]), unit: 'bytes' });
      },
    };
  },

  async failed(ctx, { path }, { code, stderr }) {
    const { place } = await ctx.connect('shell');
    const complaint = complaintOfTool(stderr) ?? `the tool ended with exit ${code}`;
    return new StepFailed(`no dump on ${place}: ${complaint}`, {
      effect: 'none',
      retryable: code !== makingExits.final,
      ...remedyOf(complaint, path, place),
    });
  },
};
