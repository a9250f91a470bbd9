/** The real command line, as a process of its own. */
import { spawn } from 'node:child_process';
import { engineMain } from './engine-main.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves when the text has appeared on either stream. */
  saw(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

export const start = (
  args: readonly string[],
  { cwd = process.cwd(), env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Started => {
  const child = spawn(process.execPath, [engineMain, ...args], {
    cwd,
    env: { ...process.env, TZ: 'UTC', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  const waiting: { text: string; resolve: () => void; reject: (error: Error) => void }[] = [];
  const look = () => {
    for (const w of waiting) if (out.stdout.includes(w.text) || out.stderr.includes(w.text)) w.resolve();
  };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      out[name] += chunk;
      look();
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      for (const w of waiting) w.reject(new Error(`ended without "${w.text}":\n${out.stdout}${out.stderr}`));
      resolve({ code, ...out });
    });
  });
  if (child.pid === undefined) throw new Error('the command line did not start');
  return {
    pid: child.pid,
    ended,
    saw: (text) =>
      new Promise((resolve, reject) => {
        waiting.push({ text, resolve, reject });
        look();
      }),
    kill: (signal) => void child.kill(signal),
  };
};

export const runbook = (args: readonly string[], options?: Parameters<typeof start>[1]): Promise<Ended> =>
  start(args, options).ended;
