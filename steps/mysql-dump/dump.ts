import type { ActContext, Outcome } from '../../engine/step.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { optionFile } from '../_targets/mysql/option-file.ts';
import {
  connectionOptions,
  dumpOptionsOf,
  dumpUnfit,
  fittingTool,
  type Tool,
  type Unfit,
} from '../_targets/mysql/tool-fit.ts';
import { ToolWords } from '../_targets/mysql/tool-words.ts';
import { findTools, versionOf } from '../_targets/mysql/tools.ts';
import { temporaryBeside } from '../_work/path.ts';
import { runScript } from '../_work/script.ts';
import type { Shell } from '../_work/shell.ts';
import { leadArguments } from '../_work/work-group.ts';
import { described } from './described.ts';
import { dumpOptions, dumpScript, sizeScript } from './scripts.ts';
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

/** Reports the growing file until `stop`; a look that fails says nothing of the dump. */
const reportSize = async (ctx: ActContext, shell: Shell, work: string, stop: AbortSignal): Promise<void> => {
  while (!stop.aborted) {
    await ctx.clock.sleep(1000, stop);
    if (stop.aborted) return;
    const { lines } = await runScript(shell, sizeScript, [work]).catch(() => ({ lines: [] }));
    const done = Number(lines[0] ?? Number.NaN);
    if (!stop.aborted && Number.isFinite(done)) ctx.progress({ done, unit: 'bytes' });
  }
};

/** mysqldump says `errno 28` and no word of a disk. */
const remedyOf = (complaint: string, path: string, place: string): { remedy?: string } => {
  const isFull = /errno:? 28\b|No space left on device/.test(complaint);
  return isFull ? { remedy: `The disk below ${path} on ${place} is full: make room, then retry` } : {};
};

/** Throws what `Shell.exec` throws: then only a probe can tell. */
export const takeDump = async (
  ctx: ActContext,
  input: MysqlDumpInput,
  client: MysqlClient,
): Promise<Outcome<MysqlDumpOutput>> => {
  const { path, mode } = input;
  const shell = await ctx.connect('shell');
  const work = temporaryBeside(path, ctx);
  const chosen = await dumpCommand(ctx, client, input);
  if ('what' in chosen)
    return {
      done: false,
      effect: 'none',
      retryable: false,
      short: `no dump on ${shell.place}: ${chosen.what}`,
      remedy: chosen.remedy,
    };
  const wanted = input.tables ?? (await client.baseTables());
  const stop = new AbortController();
  const reporting = reportSize(ctx, shell, work, stop.signal);
  const words = new ToolWords((text) => ctx.log(text, 'stderr'));
  try {
    const { code, lines } = await runScript(
      shell,
      dumpScript,
      [
        ...leadArguments(ctx, shell),
        path,
        work,
        String(ctx.attempt),
        mode,
        wanted.map((name) => `${name}\n`).join(''),
        ...chosen.command,
      ],
      {
        stdin: optionFile(client.access),
        signal: ctx.signal,
        killGraceMs: ctx.killGraceMs,
        onMarked: (chunk) => words.push(chunk),
      },
    );
    const complaint = words.end() ?? `the tool ended with exit ${code}`;
    if (code === 0) return { done: true, output: described(path, lines) };
    return {
      done: false,
      effect: 'none',
      retryable: code !== 3,
      short: `no dump on ${shell.place}: ${complaint}`,
      ...remedyOf(complaint, path, shell.place),
    };
  } finally {
    stop.abort();
    await reporting;
  }
};
