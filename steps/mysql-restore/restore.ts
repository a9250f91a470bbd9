import type { ActContext } from '../../engine/step.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { optionFile } from '../_targets/mysql/option-file.ts';
import { clientFor, connectionOptions, type Unfit } from '../_targets/mysql/tool-fit.ts';
import { ToolWords } from '../_targets/mysql/tool-words.ts';
import { findTools } from '../_targets/mysql/tools.ts';
import type { MysqlVersion } from '../_targets/mysql/versions.ts';
import { runScript } from '../_work/script.ts';
import type { Shell } from '../_work/shell.ts';
import { workOf } from './leftovers.ts';
import { inspectScript, positionScript, restoreScript, statementScript } from './scripts.ts';
import type { MysqlRestoreInput } from './step.ts';

export interface Dump {
  readonly sha256: string;
  readonly bytes: number;
  /** Events it defines; they are not restored. */
  readonly events: number;
  /** The tool's and the server's own words at its head; '' where it has none. */
  readonly tool: string;
  readonly server: string;
  readonly generatedColumns: number;
  readonly tables: readonly string[];
}

export type Inspected =
  | { readonly is: 'dump'; readonly dump: Dump }
  | { readonly is: 'absent' }
  | { readonly is: 'unfit'; readonly why: string; readonly final: boolean };

export const inspectDump = async (ctx: ActContext, path: string): Promise<Inspected> => {
  const shell = await ctx.connect('shell');
  const { code, lines, complaint } = await runScript(shell, inspectScript, [path], { signal: ctx.signal });
  if (code !== 0) return { is: 'unfit', why: ctx.mask(complaint), final: code === 3 };
  const [first = '', tool = '', server = '', generated, ...tables] = lines;
  const [word, sha256 = '', bytes, events] = first.split(' ');
  if (word !== 'there') return { is: 'absent' };
  const counted = { bytes: Number(bytes), events: Number(events), generatedColumns: Number(generated) };
  return { is: 'dump', dump: { sha256, ...counted, tool, server, tables } };
};

const names = ['mysql', 'mariadb'] as const;

/** The client at the place and what it is told, or why there is none. */
export const clientCommand = async (
  ctx: ActContext,
  client: MysqlClient,
  server: MysqlVersion,
  database: string | null,
): Promise<readonly string[] | Unfit> => {
  const found = await findTools(await ctx.connect('shell'), names, ctx.signal);
  if ('what' in found) return found;
  const tool = clientFor(server, found);
  if (tool === null) return { what: `no ${names[0]} is there`, remedy: '' };
  const options = connectionOptions(tool, client.access.config);
  return [tool.name, ...options, ...(database === null ? [] : ['--', database])];
};

/** Reports how far the dump has been read, until `stop`; a look that fails says nothing of the restore. */
const reportPosition = async (
  ctx: ActContext,
  shell: Shell,
  work: string,
  total: number,
  stop: AbortSignal,
): Promise<void> => {
  while (!stop.aborted) {
    await ctx.clock.sleep(1000, stop);
    if (stop.aborted) return;
    const { lines } = await runScript(shell, positionScript, [work]).catch(() => ({ lines: [] }));
    const done = Number(lines[0] ?? Number.NaN);
    if (!stop.aborted && Number.isFinite(done)) ctx.progress({ done, total, unit: 'bytes' });
  }
};

/** ` (INSERT INTO \`users\`)`: which statement stands at the line of a complaint; empty: it names no line. */
const statementAt = async (ctx: ActContext, shell: Shell, path: string, reason: string): Promise<string> => {
  const [, line] = / at line (\d+)/.exec(reason) ?? [];
  if (line === undefined) return '';
  const { signal } = ctx;
  const { lines } = await runScript(shell, statementScript, [path, line], { signal }).catch(() => ({
    lines: [],
  }));
  return lines[0] ? ` (${lines[0]})` : '';
};

/** null: it went through. Throws what `Shell.exec` throws. */
export const restoreDump = async (
  ctx: ActContext,
  { path }: MysqlRestoreInput,
  client: MysqlClient,
  dump: Dump,
  command: readonly string[],
): Promise<{ readonly complaint: string; readonly final: boolean } | null> => {
  const shell = await ctx.connect('shell');
  const work = await workOf(ctx);
  const stop = new AbortController();
  const reporting = reportPosition(ctx, shell, work, dump.bytes, stop.signal);
  const words = new ToolWords((text) => ctx.log(text, 'stderr'));
  try {
    const { code } = await runScript(shell, restoreScript, [path, work, String(ctx.attempt), ...command], {
      stdin: optionFile(client.access),
      signal: ctx.signal,
      killGraceMs: ctx.killGraceMs,
      onMarked: (chunk) => words.push(chunk),
    });
    const reason = words.end() ?? `the client ended with exit ${code}`;
    if (code === 0) ctx.progress({ done: dump.bytes, total: dump.bytes, unit: 'bytes' });
    if (code === 0) return null;
    const at = await statementAt(ctx, shell, path, reason);
    return { complaint: ctx.mask(`${reason}${at}`), final: code === 3 };
  } finally {
    stop.abort();
    await reporting;
  }
};
