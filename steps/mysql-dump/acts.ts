import type { ActContext, Outcome, Probed, StepActs } from '../../engine/step.ts';
import { removeOwnScript } from '../_kits/files/own-file.ts';
import { roomFindings, roomFor } from '../_kits/files/rehearse.ts';
import { optionFile, outOfReach } from '../_targets/mysql/option-file.ts';
import { endLeftWriting } from '../_work/left-writing.ts';
import { temporaryBeside } from '../_work/path.ts';
import { readByScript, runScript } from '../_work/script.ts';
import { leadArguments } from '../_work/work-group.ts';
import { described } from './described.ts';
import { dumpCommand, takeDump } from './dump.ts';
import { describeScript, lookScript, rehearseScript } from './scripts.ts';
import type { MysqlDumpBefore, MysqlDumpInput, MysqlDumpOutput } from './step.ts';

/** `own`: what is there is what this step made. */
const look = async (
  ctx: ActContext,
  path: string,
): Promise<{ there: boolean; own: boolean; unfinished: number }> => {
  const shell = await ctx.connect('shell');
  const args = [...leadArguments(ctx, shell), path, temporaryBeside(path, ctx)] as const;
  const [state, count] = await readByScript(shell, lookScript, args, { signal: ctx.signal });
  return { there: state !== 'absent', own: state === 'own', unfinished: Number(count) };
};

const endWriters = (ctx: ActContext, path: string): Promise<boolean> =>
  endLeftWriting(ctx, temporaryBeside(path, ctx));

const refused = (short: string, remedy: string, living = false): Outcome<never> => ({
  done: false,
  effect: 'none',
  retryable: false,
  short,
  remedy,
  ...(living && { living }),
});

const run = async (
  ctx: ActContext,
  input: MysqlDumpInput,
  before: MysqlDumpBefore,
): Promise<Outcome<MysqlDumpOutput>> => {
  if (before.existed)
    return refused(`${input.path} is already there, and a dump is never overwritten`, 'Choose another path');
  const client = await ctx.connect('mysql');
  const reach = outOfReach(client.access, ctx.runOn);
  if (reach !== null) return refused(reach, 'Run it on the place the target is reached via');
  if (!(await endWriters(ctx, input.path)))
    return refused('an earlier attempt still writes and does not end', 'End it by hand', true);
  // It may have got through before it was ended.
  const earlier = ctx.attempt > 1 ? await probe(ctx, input, before) : null;
  if (earlier?.state === 'done') return { done: true, output: earlier.output };
  return takeDump(ctx, input, client);
};

const probe = async (
  ctx: ActContext,
  { path }: MysqlDumpInput,
  before: MysqlDumpBefore,
): Promise<Probed<MysqlDumpOutput>> => {
  const { own, unfinished } = await look(ctx, path);
  if (own && !before.existed) {
    const shell = await ctx.connect('shell');
    const { code, lines, complaint } = await runScript(shell, describeScript, [path], { signal: ctx.signal });
    return code === 0
      ? { state: 'done', output: described(path, lines) }
      : { state: 'unknown', why: `${path} is there, but ${complaint}` };
  }
  // Not partial: it is no half of what was wanted, and a killed engine must not turn the night back.
  return unfinished > 0
    ? { state: 'unknown', why: `an unfinished dump stands beside ${path}; another one ends and removes it` }
    : { state: 'not-done' };
};

const undo = async (
  ctx: ActContext,
  input: MysqlDumpInput,
  before: MysqlDumpBefore,
): Promise<Outcome<null>> => {
  if (!(await endWriters(ctx, input.path))) return refused('the dump does not end', 'End it by hand', true);
  if (before.existed) return { done: true, output: null };
  const shell = await ctx.connect('shell');
  const args = [...leadArguments(ctx, shell), input.path];
  const { code, lines, complaint } = await runScript(shell, removeOwnScript, args, { signal: ctx.signal });
  if (code === 0 && lines[0] !== 'absent') ctx.log(`${input.path} stays: it is not what this step made\n`);
  if (code === 0) return { done: true, output: null };
  return refused(`could not remove ${input.path}: ${complaint}`, `Remove it on ${shell.place} by hand`);
};

export const acts: StepActs<MysqlDumpInput, MysqlDumpOutput, MysqlDumpBefore> = {
  async check(ctx, input) {
    const client = await ctx.connect('mysql');
    const reach = outOfReach(client.access, ctx.runOn);
    if (reach !== null)
      return [{ level: 'problem', what: reach, remedy: 'Run it on the place the target is reached via' }];
    const shell = await ctx.connect('shell');
    const findings = [
      ...roomFindings(await roomFor(shell, input.path, ctx.signal), shell.place, {
        bytes: await client.dataBytes(),
        mayMakeFolders: false,
        takesMkdir: false,
      }),
    ];
    if ((await look(ctx, input.path)).there)
      findings.push({
        level: 'problem',
        what: `${input.path} is already there`,
        remedy: 'Choose another path',
      });
    const chosen = await dumpCommand(ctx, client, input);
    if ('what' in chosen)
      return [...findings, { level: 'problem', what: chosen.what, remedy: chosen.remedy }];
    const { code, complaint } = await runScript(shell, rehearseScript, chosen.command, {
      stdin: optionFile(client.access),
      signal: ctx.signal,
      killGraceMs: ctx.killGraceMs,
    });
    const { tool, server } = chosen;
    findings.push(
      code === 0
        ? {
            level: 'verified',
            what: `a dump without data went through: ${tool.name} of ${tool.version.shown} fits ${server}, login and rights are there`,
          }
        : { level: 'problem', what: complaint, remedy: 'Grant what it misses, or see what the server says' },
    );
    return findings;
  },

  async prepare(ctx, { path }) {
    return { existed: (await look(ctx, path)).there };
  },

  run,
  probe,
  end: (ctx, { path }) => endWriters(ctx, path),
  undo,
};
