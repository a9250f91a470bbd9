import type { ActContext } from '../../engine/step.ts';
import type { Unfit } from '../_kits/sql/access.ts';
import { complaintOfTool, ToolWords } from '../_kits/sql/tool-words.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { optionFile } from '../_targets/mysql/option-file.ts';
import { clientFor, connectionOptions } from '../_targets/mysql/tool-fit.ts';
import { mysqlWord } from '../_targets/mysql/tool-words.ts';
import { findTools } from '../_targets/mysql/tools.ts';
import type { MysqlVersion } from '../_targets/mysql/versions.ts';
import { keptBy } from '../_work/end-left-work.ts';
import { runWork, type WorkResult, type WorkScript } from '../_work/run-work.ts';
import { runScript } from '../_work/script.ts';
import type { Shell } from '../_work/shell.ts';
import { inspectScript, positionScript, restoreExits, restoreScript, statementScript } from './scripts.ts';
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
  if (code !== 0) return { is: 'unfit', why: ctx.mask(complaint), final: code === restoreExits.final };
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

/** What carries the dump into the scratch database. */
export const restoreWork = async (
  ctx: ActContext,
  { path }: MysqlRestoreInput,
  client: MysqlClient,
  command: readonly string[],
): Promise<WorkScript> => ({
  script: restoreScript,
  args: [...keptBy(ctx, await ctx.connect('shell')), path, ...command],
  stdin: optionFile(client.access),
});

/** @param work null: this attempt has started it */
export const restoreDump = async (
  ctx: ActContext,
  dump: Dump,
  work: WorkScript | null,
): Promise<WorkResult> => {
  const words = new ToolWords(mysqlWord, (text) => ctx.log(text, 'stderr'));
  const { bytes: total } = dump;
  const result = await runWork(ctx, work, {
    onMarked: (chunk) => words.push(chunk),
    async report(shell) {
      const { code, lines } = await runScript(shell, positionScript, keptBy(ctx, shell));
      if (code === 0 && lines[0]) ctx.progress({ done: Number(lines[0]), total, unit: 'bytes' });
    },
  });
  // Says what was left out.
  words.end();
  if (result.code === 0) ctx.progress({ done: total, total, unit: 'bytes' });
  return result;
};

/** Why the client failed, and where in the dump. */
export const complaintOf = async (
  ctx: ActContext,
  { path }: MysqlRestoreInput,
  { code, stderr }: WorkResult,
): Promise<string> => {
  const reason = complaintOfTool(mysqlWord, stderr) ?? `the client ended with exit ${code}`;
  return ctx.mask(`${reason}${await statementAt(ctx, await ctx.connect('shell'), path, reason)}`);
};
