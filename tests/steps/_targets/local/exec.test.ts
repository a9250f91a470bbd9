import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { localShell } from '../../../../steps/_targets/local/local-shell.ts';

const shell = localShell();
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** As the kernel tells it; a zombie has ended. */
const isAlive = (pid: string): boolean => {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

describe('exec on this machine', () => {
  it('passes argv, env, cwd and binary stdin as they are', async () => {
    const result = await shell.exec(['sh', '-c', 'printf "%s|%s|" "$1" "$ODD"; pwd; cat', 'sh', "it's"], {
      env: { ODD: '$x\n"y"' },
      cwd: '/tmp',
      stdin: Buffer.from([0, 255]),
    });
    expect(Buffer.from(result.stdout)).toEqual(
      Buffer.concat([Buffer.from('it\'s|$x\n"y"|/tmp\n'), Buffer.from([0, 255])]),
    );
  });

  it('tells exit codes and signals', async () => {
    expect(await shell.exec(['sh', '-c', 'echo no >&2; exit 7'])).toMatchObject({
      exitCode: 7,
      signal: null,
    });
    expect(await shell.exec(['sh', '-c', 'kill -9 $$'])).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  });

  it('keeps the last bytes of a long output and streams all of it', async () => {
    let streamed = 0;
    const onStdout = (chunk: Uint8Array) => {
      streamed += chunk.length;
    };
    const script = 'head -c 3000000 /dev/zero; printf end';
    const result = await shell.exec(['sh', '-c', script], { keepBytes: 1000, onStdout });
    expect(result).toMatchObject({ truncated: true });
    expect(result.stdout.length).toBe(1000);
    expect(text(result.stdout)).toMatch(/end$/);
    expect(streamed).toBe(3_000_003);
  });

  it('does not mind a command that leaves its stdin unread', async () => {
    expect((await shell.exec(['true'], { stdin: 'x'.repeat(1_000_000) })).exitCode).toBe(0);
  });

  it('says that a program or a folder is missing', async () => {
    await expect(shell.exec(['no-such-program'])).rejects.toMatchObject({ code: 'missing-binary' });
    await expect(shell.exec(['/etc/passwd'])).rejects.toMatchObject({ code: 'missing-binary' });
    await expect(shell.exec(['true'], { cwd: '/no/such' })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('/no/such'),
    });
  });

  it('starts nothing once the signal has fired', async () => {
    await expect(shell.exec(['true'], { signal: AbortSignal.abort('stop') })).rejects.toBe('stop');
  });

  it('ends the whole group on abort, the deaf ones after the grace', async () => {
    const abort = new AbortController();
    let pids = '';
    const running = shell.exec(
      ['sh', '-c', 'trap "" TERM; sleep 300 & echo $$ $!; while :; do sleep 1; done'],
      {
        signal: abort.signal,
        killGraceMs: 100,
        onStdout: (chunk) => {
          pids += text(chunk);
          abort.abort('timeout');
        },
      },
    );
    await expect(running).rejects.toBe('timeout');
    expect(pids.trim().split(' ').map(isAlive)).toEqual([false, false]);
  });

  it('counts no exit that its own signal has caused', async () => {
    const abort = new AbortController();
    const script = `trap 'sleep 0.2; echo clean; exit 0' TERM; echo up; while :; do sleep 0.05; done`;
    const running = shell.exec(['sh', '-c', script], {
      signal: abort.signal,
      untilExit: true,
      onStdout: () => abort.abort('timeout'),
    });
    await expect(running).rejects.toBe('timeout');
  });

  it('dials', async () => {
    const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    expect(await readAll(await shell.dial('127.0.0.1', port))).toBe('hello');
  });
});
