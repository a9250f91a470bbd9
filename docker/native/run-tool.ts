import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Identity } from './accounts.ts';
import { LabError } from './lab-error.ts';

const run = promisify(execFile);

export interface ToolOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly identity?: Identity | undefined;
  /** Then it is ended. Default: it may take as long as it wants. */
  readonly limitMs?: number;
}

/** Runs a program to its end and returns its stdout; a failure has the program and its last output. */
export const runTool = async (
  file: string,
  args: readonly string[],
  { env, cwd, identity, limitMs = 0 }: ToolOptions = {},
): Promise<string> => {
  try {
    const { stdout } = await run(file, args, {
      env: env ?? process.env,
      cwd,
      ...identity,
      timeout: limitMs,
      maxBuffer: 16 << 20,
    });
    return stdout;
  } catch (error) {
    const {
      stderr = '',
      stdout = '',
      killed,
    } = error as { stderr?: string; stdout?: string; killed?: boolean };
    // Some complain on stdout.
    const said = killed ? `no end after ${limitMs / 1_000} s` : stderr.trim() || stdout.trim();
    throw new LabError(
      `${file} ${args[0] ?? ''} failed: ${said.split('\n').slice(-3).join(' | ') || String(error)}`,
      'See its output; `npm run lab -- down` and another `up` start anew',
      { cause: error },
    );
  }
};
