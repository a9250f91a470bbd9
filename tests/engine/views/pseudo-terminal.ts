/** Runs a program in a pseudo-terminal of util-linux's `script`. */
import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

export interface Typed {
  /** Typed once this has appeared since the last answer. */
  readonly after: string;
  readonly type: string;
}

export const runInTerminal = async (
  command: string,
  { typed = [], env = {} }: { typed?: readonly Typed[]; env?: Record<string, string> } = {},
): Promise<{ screen: string; exitCode: number | null }> => {
  const child = spawn('script', ['-qfec', `stty cols 110 rows 40; ${command}`, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm-256color', TZ: 'UTC', CI: 'false', ...env },
  });
  let screen = '';
  let seen = 0;
  const rest = [...typed];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += stripVTControlCharacters(chunk);
    const [next] = rest;
    if (next && screen.includes(next.after, seen)) {
      seen = screen.length;
      rest.shift();
      child.stdin.write(next.type);
    }
  });
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { screen, exitCode };
};
