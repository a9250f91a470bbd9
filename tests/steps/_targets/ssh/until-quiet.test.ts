/** What `untilExit` opens beside the command: only while its result is still awaited. */
import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type { ClientChannel } from 'ssh2';
import { expect, test, vi } from 'vitest';
import type { Link } from '../../../../steps/_targets/ssh/link.ts';
import { sshShell } from '../../../../steps/_targets/ssh/ssh-shell.ts';

/** The clock is the test's: whoever waits does so until `pass`. */
const waiting = vi.hoisted(() => ({ pass: [] as (() => void)[] }));
vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  setTimeout: (_ms: number, _value: undefined, { signal }: { signal?: AbortSignal } = {}) =>
    new Promise<void>((resolve, reject) => {
      waiting.pass.push(resolve);
      signal?.addEventListener('abort', () => reject(signal.reason));
    }),
}));

/** A server whose commands exit with 0 at once. */
class Channel extends EventEmitter {
  readonly stderr = new EventEmitter();
  readonly #closes: boolean;
  constructor(closes: boolean) {
    super();
    this.#closes = closes;
  }
  write(line: string): void {
    const token = /[0-9a-f]{24}/.exec(line)?.[0];
    queueMicrotask(() => {
      this.emit('data', Buffer.from(`\x1e${token}\n`));
      this.stderr.emit('data', Buffer.from(`\x1e${token} pid 7\n`));
      this.emit('exit', 0);
      if (this.#closes) this.emit('close');
    });
  }
  end(): void {}
  close(): void {
    this.emit('close');
  }
}

const server = (closes: (session: number) => boolean) => {
  let sessions = 0;
  const session = async () => new Channel(closes(++sessions)) as unknown as ClientChannel;
  const shell = sshShell('vps', { session } as unknown as Link, undefined);
  const pass = async () => {
    for (const go of waiting.pass.splice(0)) go();
    for (let i = 0; i < 10; i += 1) await turn();
  };
  return { shell, sessions: () => sessions, pass };
};

test('no session is opened once the result is settled', async () => {
  const { shell, sessions, pass } = server(() => true);
  expect(await shell.exec(['true'], { untilExit: true })).toMatchObject({ exitCode: 0 });
  await pass();
  expect(sessions()).toBe(1);
});

test('a command whose output is held open ends once the connection has answered', async () => {
  const { shell, sessions, pass } = server((session) => session > 1);
  const running = shell.exec(['true'], { untilExit: true });
  let ended = false;
  void running.then(() => {
    ended = true;
  });
  for (let looks = 0; !ended && looks < 5; looks += 1) await pass();
  expect(await running).toMatchObject({ exitCode: 0 });
  expect(sessions()).toBe(2);
});
