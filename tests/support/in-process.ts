/**
 * The command line on a host that is made up, for unit tests of commands that need neither a signal nor a lock.
 * engine-here.ts has the real host, and with it all that a run needs.
 */
import { PassThrough } from 'node:stream';
import { main } from '../../engine/cli/program.ts';
import { registry } from '../../steps/index.ts';

/** As an answer: Ctrl-D. */
export const inputEnds = '\u0004';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Given {
  readonly cwd: string;
  readonly stdin?: string;
  /** Lines that a person types, each once its question has appeared: [a part of the question, the answer]. */
  readonly answers?: readonly (readonly [question: string, answer: string])[];
}

export const inProcess = async (
  argv: readonly string[],
  { cwd, stdin = '', answers }: Given,
): Promise<Ended> => {
  const said = { stdout: '', stderr: '' };
  const input = new PassThrough();
  const waiting = [...(answers ?? [])];
  let seen = 0;
  const stream = (name: keyof typeof said): PassThrough =>
    new PassThrough().setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
      const [next] = waiting;
      if (name !== 'stderr' || !next) return;
      const at = said.stderr.indexOf(next[0], seen);
      if (at === -1) return;
      seen = at + next[0].length;
      waiting.shift();
      if (next[1] === inputEnds) input.end();
      else input.write(`${next[1]}\n`);
    });
  const tty = answers ? { isTTY: true } : {};
  if (!answers) input.end(stdin);
  const host = {
    version: '0.0.0',
    argv,
    env: {},
    forgetEnv: () => {},
    cwd,
    pid: process.pid,
    hostname: 'here',
    user: 'somebody',
    stdin: Object.assign(input, tty) as unknown as NodeJS.ReadStream,
    stdout: stream('stdout') as unknown as NodeJS.WriteStream,
    stderr: Object.assign(stream('stderr'), tty) as unknown as NodeJS.WriteStream,
    now: () => Date.UTC(2026, 2, 1),
    loadRegistry: async () => registry,
    importModule: (path: string) => import(path),
    interrupts: () => ({ on: () => {}, count: 0, close: () => {} }),
    interrupt: () => {},
  };
  const code = await main(host);
  // What was written last is read before the streams have ended.
  await new Promise((resolve) => setImmediate(resolve));
  if (waiting.length > 0) throw new Error(`nobody asked ${JSON.stringify(waiting[0])}:\n${said.stderr}`);
  return { code, ...said };
};
