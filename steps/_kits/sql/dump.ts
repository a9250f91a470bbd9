/** The acts of a step that dumps a database with the server's own tool, whichever server it is. */
import { type ActContext, type Finding, type StepActs, StepFailed } from '../../../engine/step.ts';
import { lookAtFile, type Making, makesFile, makingExits } from '../../_work/made-file.ts';
import { runScript } from '../../_work/script.ts';
import { roomFindings, roomFor } from '../files/rehearse.ts';
import { outOfReach, type ToolClient, type Unfit } from './access.ts';
import type { DumpBefore, DumpOutput } from './dump-step.ts';
import { complaintOfTool, ToolWords, type WordOf } from './tool-words.ts';

export interface DumpCommand {
  /** For people: `mysqldump of MariaDB 11.8.2`. */
  readonly tool: string;
  readonly server: string;
  readonly argv: readonly string[];
  /** What the script reads first; it has the password. */
  readonly stdin: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface DumpKind<I, C extends ToolClient> {
  clientOf(ctx: ActContext): Promise<C>;
  /** The tool at the place and what it is told, or why none of them may dump from this server. */
  command(ctx: ActContext, client: C, input: I): Promise<DumpCommand | Unfit>;
  /** That have to be in the dump, as the script lists them. */
  tables(client: C, input: I): Promise<readonly string[]>;
  /** As `begin_file`, then TABLES ARGV... -> SHA256 and size, the tool's header, then a table a line. */
  readonly dumpScript: string;
  /** PATH -> the same; fails when the file is no finished dump. */
  readonly describeScript: string;
  /** ARGV...; the same dump without data, to nowhere: every right that the real one needs is used. */
  readonly rehearseScript: string;
  readonly wordOf: WordOf;
  /** What else the dry run finds. */
  findings?(ctx: ActContext, client: C, input: I): Promise<readonly Finding[]>;
}

/** TEMPORARY -> the bytes written so far. */
const sizeScript = `wc -c <"$1" | tr -d ' '`;

/** The lines of the `describe` script. */
const described = (path: string, [first = '', header = '', ...tables]: readonly string[]): DumpOutput => {
  const [sha256 = '', bytes] = first.split(' ');
  return { path, bytes: Number(bytes), sha256, tables, tool_version: header };
};

const refused = (place: string, { what, remedy }: Unfit): StepFailed =>
  new StepFailed(`no dump on ${place}: ${what}`, { effect: 'none', remedy });

/** Some tools say `errno 28` and no word of a disk. */
const remedyOf = (complaint: string, path: string, place: string): { remedy?: string } => {
  const isFull = /errno:? 28\b|No space left on device/.test(complaint);
  return isFull ? { remedy: `The disk below ${path} on ${place} is full: make room, then retry` } : {};
};

interface DumpInput {
  readonly path: string;
  readonly mode: string;
}

const makingOf = <I extends DumpInput, C extends ToolClient>(
  kind: DumpKind<I, C>,
): Making<I, DumpOutput> => ({
  noun: 'a dump',
  describeScript: kind.describeScript,
  described,

  async script(ctx, input) {
    const client = await kind.clientOf(ctx);
    const { place } = await ctx.connect('shell');
    const reach = outOfReach(client.access, ctx.runOn);
    if (reach !== null) throw refused(place, reach);
    const chosen = await kind.command(ctx, client, input);
    if ('what' in chosen) throw refused(place, chosen);
    const tables = (await kind.tables(client, input)).map((name) => `${name}\n`).join('');
    const { argv, stdin, env = {} } = chosen;
    return { script: kind.dumpScript, args: [tables, ...argv], stdin, env };
  },

  options(ctx, _input, temporary) {
    const words = new ToolWords(kind.wordOf, (text) => ctx.log(text, 'stderr'));
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
    const complaint = complaintOfTool(kind.wordOf, stderr) ?? `the tool ended with exit ${code}`;
    return new StepFailed(`no dump on ${place}: ${complaint}`, {
      effect: 'none',
      retryable: code !== makingExits.final,
      ...remedyOf(complaint, path, place),
    });
  },
});

const rehearse = async <I extends DumpInput, C extends ToolClient>(
  kind: DumpKind<I, C>,
  ctx: ActContext,
  input: I,
): Promise<readonly Finding[]> => {
  const client = await kind.clientOf(ctx);
  const reach = outOfReach(client.access, ctx.runOn);
  if (reach !== null) return [{ level: 'problem', ...reach }];
  const shell = await ctx.connect('shell');
  const needs = { bytes: await client.dataBytes(), mayMakeFolders: false, takesMkdir: false };
  const findings = [...roomFindings(await roomFor(shell, input.path, ctx.signal), shell.place, needs)];
  if ((await lookAtFile(ctx, input.path)).there)
    findings.push({
      level: 'problem',
      what: `${input.path} is already there`,
      remedy: 'Choose another path',
    });
  const chosen = await kind.command(ctx, client, input);
  if ('what' in chosen) return [...findings, { level: 'problem', ...chosen }];
  const { tool, server, argv, stdin, env = {} } = chosen;
  const { signal, killGraceMs } = ctx;
  const tried = await runScript(shell, kind.rehearseScript, argv, { stdin, env, signal, killGraceMs });
  const went = `a dump without data went through: ${tool} fits ${server}, login and rights are there`;
  return [
    ...findings,
    tried.code === 0
      ? { level: 'verified', what: went }
      : {
          level: 'problem',
          what: tried.complaint,
          remedy: 'Grant what it misses, or see what the server says',
        },
    ...((await kind.findings?.(ctx, client, input)) ?? []),
  ];
};

export const dumps = <I extends DumpInput, C extends ToolClient>(
  kind: DumpKind<I, C>,
): StepActs<I, DumpOutput, DumpBefore> => ({
  ...makesFile(makingOf(kind)),
  check: (ctx, input) => rehearse(kind, ctx, input),
});
