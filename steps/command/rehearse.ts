/** Dry run: is the program there, may the folder be entered, can the script be parsed? */
import type { ActContext, Finding, Outcome } from '../../engine/step.ts';
import { binaryRemedy } from '../_work/not-started.ts';
import type { Shell } from '../_work/shell.ts';
import type { CommandInput, CommandOutput } from './step.ts';

/** `command -v` answers for builtins and PATH alike; a program in the cwd is looked for there. */
const found = { noEntry: 3, noProgram: 4, noFolder: 5 } as const;
const findProgram = `[ -e "$1" ] || exit ${found.noFolder}
cd -- "$1" 2>/dev/null || exit ${found.noEntry}
command -v -- "$2" >/dev/null || exit ${found.noProgram}`;

const ask = async (shell: Shell, ctx: ActContext, argv: readonly [string, ...string[]], stdin?: string) => {
  const result = await shell.exec(argv, { signal: ctx.signal, ...(stdin !== undefined && { stdin }) });
  return {
    code: result.exitCode,
    said: Buffer.from(result.stderr).toString('utf8').trim().split('\n')[0] ?? '',
  };
};

const program = async (
  shell: Shell,
  ctx: ActContext,
  run: CommandInput['run'],
  cwd: string | undefined,
): Promise<Finding> => {
  const name = typeof run === 'string' ? 'sh' : run[0];
  const { code } = await ask(shell, ctx, ['/bin/sh', '-c', findProgram, 'runbook', cwd ?? '.', name]);
  if (code === found.noEntry) {
    const what = `${cwd} on ${shell.place} cannot be entered`;
    return { level: 'problem', what, remedy: 'Let the step enter it, or fix cwd' };
  }
  if (code === found.noFolder) {
    const what = `${cwd} on ${shell.place} does not exist yet`;
    return { level: 'problem', what, remedy: 'Let an earlier step make it, or fix cwd', passing: true };
  }
  if (code !== 0) {
    const what = `${name} is not on ${shell.place}`;
    return {
      level: 'problem',
      what,
      remedy: binaryRemedy(shell.place, name),
    };
  }
  return { level: 'verified', what: `${name} is on ${shell.place}${cwd ? `, ${cwd} can be entered` : ''}` };
};

const syntax = async (
  shell: Shell,
  ctx: ActContext,
  run: CommandInput['run'],
): Promise<readonly Finding[]> => {
  if (typeof run !== 'string') return [];
  const { code, said } = await ask(shell, ctx, ['/bin/sh', '-n'], run);
  if (code === 0) return [{ level: 'verified', what: 'the script can be parsed there' }];
  return [{ level: 'problem', what: `the script cannot be parsed: ${said}`, remedy: 'Fix the script' }];
};

/** A read changes nothing, so it is made for real. What it finds missing an earlier step may make. */
const readNow = async (read: () => Promise<Outcome<CommandOutput>>): Promise<Finding> => {
  const outcome = await read();
  const finding: Finding = outcome.done
    ? { level: 'verified', what: `run now: it ends with ${outcome.output.exit_code}` }
    : { level: 'unchecked', what: `not true yet: ${outcome.short}`, passing: true };
  return { ...finding, answered: outcome };
};

/** `read`: carries the command out, which is only done to one that changes nothing. */
export const rehearse = async (
  ctx: ActContext,
  input: CommandInput,
  read: () => Promise<Outcome<CommandOutput>>,
): Promise<readonly Finding[]> => {
  const shell = await ctx.connect('shell');
  const look = async ({ run }: Pick<CommandInput, 'run'>) => [
    await program(shell, ctx, run, input.cwd),
    ...(await syntax(shell, ctx, run)),
  ];
  const found = await look(input);
  const isReady = found.every(({ level }) => level === 'verified');
  if (input.effects === 'read' && isReady) return [...found, await readNow(read)];
  if (input.probe === undefined) return found;
  const ofProbe = await look(input.probe);
  return [...found, ...ofProbe.map((finding) => ({ ...finding, what: `probe: ${finding.what}` }))];
};
