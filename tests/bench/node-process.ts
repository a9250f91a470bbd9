/** One run of this very Node on a script, from spawn to exit. */
import { spawnSync } from 'node:child_process';

export interface Ended {
  readonly ms: number;
  readonly stdout: string;
}

/** Throws with what it wrote where it ends with anything but 0. */
export const runNode = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Ended => {
  const startedAt = performance.now();
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  const ms = performance.now() - startedAt;
  if (status !== 0)
    throw new Error(`node ${args.join(' ')} ended with ${status}:\n${stderr}`, { cause: error });
  return { ms, stdout };
};
