import type { ActContext, Outcome } from '../../engine/step.ts';
import { temporaryBeside } from '../_targets/files/path.ts';
import { runScript } from '../_targets/files/script.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { optionFile } from '../_targets/mysql/option-file.ts';
import { ToolWords } from '../_targets/mysql/tool-words.ts';
import type { Shell } from '../_targets/shell.ts';
import { tlsMode } from '../_targets/sql/config.ts';
import { leadArguments } from '../_targets/work-group.ts';
import { described } from './described.ts';
import { dumpOptions, dumpScript, sizeScript } from './scripts.ts';
import type { MysqlDumpInput, MysqlDumpOutput } from './step.ts';

/** How to encrypt, for the script to say in its tool's words; then what every tool takes. */
export const dumpArguments = ({ access }: MysqlClient, { tables }: MysqlDumpInput): readonly string[] => [
  tlsMode(access.config),
  ...dumpOptions,
  '--',
  access.config.database,
  ...(tables ?? []),
];

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
const remedyOf = (
  code: number | null,
  complaint: string,
  path: string,
  place: string,
): { remedy?: string } => {
  if (code === 4) return { remedy: `Install mysqldump (or mariadb-dump) on ${place}` };
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
        ...dumpArguments(client, input),
      ],
      {
        stdin: optionFile(client.access),
        signal: ctx.signal,
        killGraceMs: ctx.killGraceMs,
        onStderr: (chunk) => words.push(chunk),
      },
    );
    const complaint = words.end() ?? `the tool ended with exit ${code}`;
    if (code === 0) return { done: true, output: described(path, lines) };
    return {
      done: false,
      effect: 'none',
      retryable: code !== 3 && code !== 4,
      short: `no dump on ${shell.place}: ${complaint}`,
      ...remedyOf(code, complaint, path, shell.place),
    };
  } finally {
    stop.abort();
    await reporting;
  }
};
