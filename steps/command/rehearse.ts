/** Dry run: what can be known of a command without running it. */
import type { ActContext, Finding } from '../../engine/step.ts';
import { TargetError } from '../../engine/target.ts';
import type { ExecOptions, Shell } from '../_targets/shell.ts';
import { argvOf, nameOf } from './call.ts';
import { preview } from './preview.ts';
import type { CommandInput } from './step.ts';

export const rehearse = async (ctx: ActContext, input: CommandInput): Promise<readonly Finding[]> => {
  const shell = await ctx.connect('shell');
  const at: ExecOptions = { signal: ctx.signal, ...(input.cwd !== undefined && { cwd: input.cwd }) };
  const runs = [input.run, ...(input.probe ? [input.probe.run] : [])];
  const found = await Promise.all(runs.map((run) => rehearseRun(shell, run, at)));
  return [...found.flat(), { level: 'simulated', what: `would run on ${shell.place}: ${preview(input)}` }];
};

const rehearseRun = async (
  shell: Shell,
  run: CommandInput['run'],
  at: ExecOptions,
): Promise<readonly Finding[]> => {
  try {
    return [typeof run === 'string' ? await syntax(shell, run, at) : await binary(shell, argvOf(run)[0], at)];
  } catch (error) {
    if (!(error instanceof TargetError) || error.code !== 'config') throw error;
    return [{ level: 'problem', what: `${shell.place}: ${error.message}`, remedy: error.remedy }];
  }
};

const binary = async (shell: Shell, file: string, at: ExecOptions): Promise<Finding> => {
  const { exitCode, stdout } = await shell.exec(['sh', '-c', 'command -v -- "$1"', 'runbook', file], at);
  if (exitCode === 0)
    return { level: 'verified', what: `${Buffer.from(stdout).toString().trim()} on ${shell.place}` };
  return {
    level: 'problem',
    what: `${file} is not there or not executable on ${shell.place}`,
    remedy: `Install ${nameOf([file])}, or name it by its full path`,
  };
};

/** `-n` reads without running. */
const syntax = async (shell: Shell, script: string, at: ExecOptions): Promise<Finding> => {
  const { exitCode, stderr } = await shell.exec(['/bin/sh', '-n'], { ...at, stdin: script });
  if (exitCode === 0) return { level: 'verified', what: `the script is valid for sh on ${shell.place}` };
  const complaint = Buffer.from(stderr).toString().trim().split('\n')[0] ?? '';
  return { level: 'problem', what: `the script does not parse: ${complaint}`, remedy: 'Mend its syntax' };
};
