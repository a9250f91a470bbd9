/**
 * The real command line in this very process: for tests of what it says and records. Where a process is the subject (a
 * kill, a signal, a terminal, a lock against another engine), engine-process.ts starts one, which costs ten times as much.
 */
import { hostname, userInfo } from 'node:os';
import { Readable, Writable } from 'node:stream';
import type { Host } from '../../engine/cli/host.ts';
import { listenForInterrupts } from '../../engine/cli/interrupts.ts';
import { main } from '../../engine/cli/program.ts';
import manifest from '../../package.json' with { type: 'json' };
import { registry } from '../../steps/index.ts';
import type { Ended } from './engine-process.ts';

const collect = () => {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => Buffer.concat(chunks).toString() };
};

let running = 0;
let before: NodeJS.ProcessEnv = {};

/** What a process of its own would be given; commands that overlap are given the same. */
const withEnv = async <T>(env: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> => {
  if (running === 0) before = { ...process.env };
  running += 1;
  Object.assign(process.env, env);
  try {
    return await work();
  } finally {
    running -= 1;
    if (running === 0) {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
    }
  }
};

/** Commands of a runbook that name no folder run in this process's, not in `cwd`. */
export const runbookHere = async (
  args: readonly string[],
  { cwd = process.cwd(), env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Ended> => {
  const [out, err] = [collect(), collect()];
  const given = { TZ: 'UTC', NO_COLOR: '1', ...env };
  const host: Host = {
    version: manifest.version,
    argv: args,
    env: { ...process.env, ...given },
    forgetEnv: (names) => {
      for (const name of names) delete process.env[name];
    },
    cwd,
    pid: process.pid,
    hostname: hostname(),
    user: userInfo().username,
    stdin: Readable.from([]) as unknown as NodeJS.ReadStream,
    stdout: out.stream,
    stderr: err.stream,
    now: () => Date.now(),
    loadRegistry: async () => registry,
    importModule: (path: string) => import(path),
    interrupts: () => listenForInterrupts(process),
    interrupt: () => undefined,
  };
  const code = await withEnv(given, () => main(host));
  return { code, stdout: out.text(), stderr: err.text() };
};
