import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { localShell } from '../../../../steps/_targets/local/local-shell.ts';
import type { Job, Work } from '../../../../steps/_work/supervisor/supervisor.ts';
import { supervisorOf } from '../../../../steps/_work/supervisor/supervisor-of.ts';

const job: Job = { runId: 'run', act: 'step/do/0', attempt: 1 };
const sh = (script: string, more: Partial<Work> = {}): Work => ({
  argv: ['sh', '-c', script],
  env: {},
  ...more,
});

/** A state folder of its own, and a fresh supervisor over it, as each engine has. */
const useState = async () => {
  const root = await mkdtemp(join(tmpdir(), 'runbook-state-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const dir = join(root, 'state');
  await mkdir(join(dir, 'run'), { recursive: true });
  await writeFile(join(dir, 'run', 'marker'), 'm\n');
  return { dir, gate: join(root, 'gate'), supervisor: () => supervisorOf(localShell('local', dir)) };
};

const collect = () => {
  const got = { out: '', err: '' };
  return {
    got,
    onStdout: (chunk: Uint8Array) => {
      got.out += Buffer.from(chunk).toString();
    },
    onStderr: (chunk: Uint8Array) => {
      got.err += Buffer.from(chunk).toString();
    },
  };
};

const file = new URL('./engine-like.ts', import.meta.url).pathname;

describe('supervised work on this machine', () => {
  it('gives output, exit code and takes stdin and env', async () => {
    const { dir, supervisor } = await useState();
    const one = supervisor();
    await one.start(
      job,
      sh('cat; echo "$X" >&2; exit 3', { stdin: 'a\n\né\n', env: { X: 'y' }, cwd: '/tmp' }),
    );
    const sinks = collect();
    expect(await one.follow(job, sinks)).toMatchObject({ state: 'exited', exitCode: 3 });
    expect(sinks.got).toEqual({ out: 'a\n\né\n', err: 'y\n' });
    expect((await stat(join(dir, 'run', 'step.do.0#1'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(dir, 'run', 'step.do.0#1', 'out'))).mode & 0o777).toBe(0o600);
  });

  it('records how long the work took, however late its end is read', async () => {
    const { supervisor } = await useState();
    const one = supervisor();
    await one.start(job, sh('sleep 0.2'));
    await expect.poll(() => one.look(job), { timeout: 10_000 }).toMatchObject({ state: 'exited' });
    const found = await one.look(job);
    expect(found.state === 'exited' ? found.tookMs : null).toBeGreaterThanOrEqual(190);
  });

  it('goes on after a kill -9 of the engine, and is re-attached with its whole output', async () => {
    const { dir, gate, supervisor } = await useState();
    const script = `cat; echo one; until [ -e ${gate} ]; do sleep 0.02; done; echo two; exit 4`;
    const engine = spawn(process.execPath, [file, dir, JSON.stringify(job), script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let seen = '';
    for await (const chunk of engine.stdout) {
      seen += chunk;
      if (seen.includes('one\n')) break;
    }
    engine.kill('SIGKILL');
    if (engine.exitCode === null && engine.signalCode === null) await once(engine, 'exit');

    const next = supervisor();
    expect(await next.look(job)).toEqual({ state: 'alive' });
    await next.start(job, sh(script));
    const sinks = collect();
    const ending = next.follow(job, sinks);
    await writeFile(gate, '');
    expect(await ending).toMatchObject({ state: 'exited', exitCode: 4 });
    expect(sinks.got.out).toBe('from stdin\none\ntwo\n');
    expect(await next.look(job)).toMatchObject({ state: 'exited', exitCode: 4 });
  });

  it('is left alone when the follower goes', async () => {
    const { gate, supervisor } = await useState();
    const one = supervisor();
    await one.start(job, sh(`until [ -e ${gate} ]; do sleep 0.02; done; exit 6`));
    const detach = new AbortController();
    const followed = one.follow(job, { ...collect(), signal: detach.signal });
    detach.abort('detach');
    await expect(followed).rejects.toBe('detach');
    expect(await one.look(job)).toEqual({ state: 'alive' });
    await writeFile(gate, '');
    expect(await one.follow(job, collect())).toMatchObject({ state: 'exited', exitCode: 6 });
  });

  it('is ended with its children: SIGTERM first, SIGKILL for the deaf', async () => {
    const { supervisor } = await useState();
    const one = supervisor();
    await one.start(job, sh('trap "" TERM; echo up; sleep 300 & while :; do sleep 1; done'));
    const up = Promise.withResolvers<void>();
    const ending = one.follow(job, { onStdout: () => up.resolve(), onStderr: () => undefined });
    await up.promise;
    expect(await one.end(job, 100)).toBe(true);
    expect(await ending).toEqual({ state: 'ended' });
  });

  it('that heeds SIGTERM is ended without SIGKILL', async () => {
    const { supervisor } = await useState();
    const one = supervisor();
    await one.start(job, sh('trap "echo tidied; exit 0" TERM; echo up; while :; do sleep 0.02; done'));
    const up = Promise.withResolvers<void>();
    const sinks = collect();
    const onStdout = (chunk: Uint8Array) => {
      sinks.onStdout(chunk);
      up.resolve();
    };
    const ending = one.follow(job, { ...sinks, onStdout });
    await up.promise;
    expect(await one.end(job, 10_000)).toBe(true);
    expect(await ending).toEqual({ state: 'ended' });
    expect(sinks.got.out).toBe('up\ntidied\n');
  });

  it('is claimed once, however many start it', async () => {
    const { dir, supervisor } = await useState();
    const work = sh(`echo x >>${dir}/count`);
    await Promise.all(Array.from({ length: 8 }, () => supervisor().start(job, work)));
    await supervisor().follow(job, collect());
    expect((await stat(join(dir, 'count'))).size).toBe(2);
  });

  it('that never started is told absent, and cannot start afterwards', async () => {
    const { dir, supervisor } = await useState();
    expect(await supervisor().look(job)).toEqual({ state: 'absent' });
    await supervisor().start(job, sh(`touch ${dir}/ran`));
    expect(await readdir(dir)).toEqual(['run']);
  });

  it('that was ended while its launch was on its way cannot start afterwards', async () => {
    const { dir, supervisor } = await useState();
    expect(await supervisor().end(job, 100)).toBe(true);
    const late = supervisor();
    await late.start(job, sh(`touch ${dir}/ran`));
    expect(await late.follow(job, collect())).toEqual({ state: 'gone' });
    expect(await readdir(dir)).toEqual(['run']);
  });

  it('whose folder was removed is told lost, never absent, and is not proven ended', async () => {
    const { dir, gate, supervisor } = await useState();
    const one = supervisor();
    const left = `${gate}.left`;
    await one.start(job, sh(`touch ${left}; until [ -e ${gate} ]; do sleep 0.02; done; rm ${left}`));
    await expect.poll(() => readdir(join(dir, '..'))).toContain('gate.left');
    await rm(dir, { recursive: true });
    const other = supervisor();
    expect(await other.look(job)).toEqual({ state: 'lost' });
    expect(await other.end(job, 100)).toBe(false);
    expect(await other.follow(job, collect())).toEqual({ state: 'lost' });
    expect(await readdir(join(dir, '..'))).not.toContain('state');
    await writeFile(gate, '');
    // Neither does the engine that started it take a missing exit code for an end.
    expect(await one.follow(job, collect())).toEqual({ state: 'lost' });
    await expect.poll(() => readdir(join(dir, '..'))).toEqual(['gate']);
  });

  it.each([
    ['an earlier one', '0-other-boot', 'gone'],
    ['this one', null, 'absent'],
  ])('claimed without a pid in the boot of the machine, %s', async (_, name, state) => {
    const { dir, supervisor } = await useState();
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    await mkdir(join(dir, 'run', 'step.do.0#1'));
    await writeFile(join(dir, 'run', `step.do.0#1.on.${name ?? boot}`), '');
    expect(await supervisor().look(job)).toEqual({ state });
  });

  it('whose pid was lost in a power cut is neither absent nor proven ended', async () => {
    const { dir, supervisor } = await useState();
    await mkdir(join(dir, 'run', 'step.do.0#1'));
    await writeFile(join(dir, 'run', 'step.do.0#1', 'pid'), '');
    expect(await supervisor().look(job)).toEqual({ state: 'gone' });
    expect(await supervisor().end(job, 100)).toBe(false);
  });

  it('does not begin without its program, its folder, or a folder for its state', async () => {
    const { dir, supervisor } = await useState();
    const one = supervisor();
    await expect(one.start(job, { argv: ['no-such'], env: {} })).rejects.toMatchObject({
      code: 'missing-binary',
    });
    await expect(one.start(job, sh('true', { cwd: '/no/such' }))).rejects.toThrow('/no/such');
    await writeFile(join(dir, '..', 'file'), '');
    const nowhere = supervisorOf(localShell('local', join(dir, '..', 'file')));
    await expect(nowhere.start(job, sh('true'))).rejects.toMatchObject({ code: 'config' });
  });

  it('refuses a stdin that it could not take over whole', async () => {
    const { supervisor } = await useState();
    await expect(supervisor().start(job, sh('cat', { stdin: 'x'.repeat(2 ** 20 + 1) }))).rejects.toThrow(
      '1 MiB',
    );
    await expect(supervisor().start(job, sh('cat', { stdin: 'a\0b' }))).rejects.toThrow('NUL');
  });
});
