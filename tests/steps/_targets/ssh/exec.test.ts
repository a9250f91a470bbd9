import { text as readAll } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ConnectionLost } from '../../../../steps/_work/shell.ts';
import { useLab } from '../../../support/lab.ts';
import { cutConnection, openSsh, text } from './lab-ssh.ts';

const lab = await useLab();

describe('exec over ssh', () => {
  it('passes argv, env, cwd and stdin as they are', async () => {
    const { shell } = await openSsh(lab);
    const odd = `it's "$HOME" \`x\` \\ *\nsecond line\n\ttab é日本 !`;
    const script = 'printf "%s|%s|" "$1" "$ODD"; pwd; cat';
    const result = await shell.exec(['sh', '-c', script, 'sh', odd], {
      env: { ODD: odd },
      cwd: '/tmp',
      stdin: Buffer.from([0, 1, 255, 10]),
    });
    expect(result.exitCode).toBe(0);
    expect(Buffer.from(result.stdout)).toEqual(
      Buffer.concat([Buffer.from(`${odd}|${odd}|/tmp\n`), Buffer.from([0, 1, 255, 10])]),
    );
  });

  it('tells exit codes and signals', async () => {
    const { shell } = await openSsh(lab);
    expect((await shell.exec(['sh', '-c', 'echo no >&2; exit 7'])).exitCode).toBe(7);
    const killed = await shell.exec(['sh', '-c', 'kill -9 $$']);
    expect(killed).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  });

  it('keeps the last bytes of a long output and streams all of it', async () => {
    const { shell } = await openSsh(lab);
    let streamed = 0;
    const result = await shell.exec(
      ['sh', '-c', 'i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i+1)); done'],
      {
        keepBytes: 1000,
        onStdout: (chunk) => {
          streamed += chunk.length;
        },
      },
    );
    expect(result.truncated).toBe(true);
    expect(result.stdout.length).toBe(1000);
    expect(text(result.stdout)).toMatch(/line 19999\n$/);
    expect(streamed).toBe(Array.from({ length: 20000 }, (_, i) => `line ${i}\n`).join('').length);
  });

  it('says that a program or a folder is missing, and that nothing was run', async () => {
    const { shell } = await openSsh(lab);
    await expect(shell.exec(['no-such-program'])).rejects.toMatchObject({
      code: 'missing-binary',
      target: 'vps',
    });
    await expect(shell.exec(['true'], { cwd: '/no/such' })).rejects.toMatchObject({ code: 'config' });
  });

  it('shows no secret in the process list of the host', async () => {
    const { shell } = await openSsh(lab);
    const secret = 'hunter2-very-secret';
    const result = await shell.exec(
      ['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "; echo; test "$TOKEN" = "$(cat)" && echo same'],
      { env: { TOKEN: secret }, stdin: secret },
    );
    expect(text(result.stdout)).toContain('same');
    expect(text(result.stdout)).not.toContain('hunter2');
  });

  it('ends the whole group on abort, the deaf ones after the grace', async () => {
    const { shell } = await openSsh(lab);
    const abort = new AbortController();
    let pids = '';
    const running = shell.exec(
      ['sh', '-c', 'trap "" TERM; sleep 300 & echo $$ $!; while :; do sleep 1; done'],
      {
        signal: abort.signal,
        killGraceMs: 200,
        onStdout: (chunk) => {
          pids += text(chunk);
          abort.abort('timeout');
        },
      },
    );
    await expect(running).rejects.toBe('timeout');
    const state = `for p in ${pids.trim()}; do cut -d' ' -f3 /proc/$p/stat 2>/dev/null || echo gone; done`;
    const states = text((await shell.exec(['sh', '-c', state])).stdout)
      .trim()
      .split('\n');
    // The lab's first process may leave an orphan's zombie.
    expect(states.map((s) => s.replace('Z', 'gone'))).toEqual(['gone', 'gone']);
  });

  it('counts no exit that its own signal has caused', async () => {
    const { shell } = await openSsh(lab);
    const abort = new AbortController();
    const script = `trap 'sleep 0.2; echo clean; exit 0' TERM; echo up; while :; do sleep 0.05; done`;
    const running = shell.exec(['sh', '-c', script], {
      signal: abort.signal,
      untilExit: true,
      onStdout: () => abort.abort('timeout'),
    });
    await expect(running).rejects.toBe('timeout');
  });

  it('sends nothing once its signal has fired while the session was being opened', async () => {
    const { shell } = await openSsh(lab);
    const abort = new AbortController();
    const mark = `/tmp/runbook-late-${process.pid}`;
    const running = shell.exec(['touch', mark], { signal: abort.signal });
    abort.abort('stop');
    await expect(running).rejects.toBe('stop');
    expect((await shell.exec(['test', '-e', mark])).exitCode).toBe(1);
  });

  it('runs more commands side by side than sshd gives sessions', async () => {
    const { shell } = await openSsh(lab);
    const results = await Promise.all(Array.from({ length: 30 }, (_, i) => shell.exec(['echo', String(i)])));
    expect(results.map((r) => text(r.stdout).trim())).toEqual(
      Array.from({ length: 30 }, (_, i) => String(i)),
    );
  });

  it('throws ConnectionLost from a cut command, and connects again for the next', async () => {
    const { shell } = await openSsh(lab);
    const cut = Promise.withResolvers<void>();
    const running = shell.exec(['sh', '-c', 'echo up; exec sleep 60'], {
      onStdout: () => cut.resolve(cutConnection(shell)),
    });
    await expect(running).rejects.toBeInstanceOf(ConnectionLost);
    await cut.promise;
    expect(text((await shell.exec(['echo', 'back'])).stdout)).toBe('back\n');
  });

  it('dials from the host', async () => {
    const { shell } = await openSsh(lab);
    const socket = await shell.dial('127.0.0.1', lab.ssh.port);
    socket.end('not ssh\r\n');
    expect(await readAll(socket)).toMatch(/^SSH-2.0/);
  });

  it('finds what it leans on', async () => {
    const { check } = await openSsh(lab);
    const findings = await check();
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ level: 'verified', what: expect.stringContaining('Linux') });
  });
});
