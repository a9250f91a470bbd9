import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { placeIdentity } from '../../../../steps/_work/place-identity.ts';
import type { Shell } from '../../../../steps/_work/shell.ts';
import type { Ending, Job, Work } from '../../../../steps/_work/supervisor/supervisor.ts';
import { supervisorOf } from '../../../../steps/_work/supervisor/supervisor-of.ts';
import { useLab } from '../../../support/lab.ts';
import { cutConnection, openSsh, text } from '../../_targets/ssh/lab-ssh.ts';

const lab = await useLab();

const newJob = (): Job => ({ runId: `test-${randomUUID()}`, act: 'step/do/0', attempt: 1 });
const sh = (script: string, more: Partial<Work> = {}): Work => ({
  argv: ['sh', '-c', script],
  env: {},
  ...more,
});

interface Followed {
  out: string;
  err: string;
  lost: string[];
  ending: Promise<Ending>;
}

const follow = (shell: Shell, job: Job, onOut: (all: string) => void = () => undefined): Followed => {
  const followed: Omit<Followed, 'ending'> = { out: '', err: '', lost: [] };
  const ending = supervisorOf(shell).follow(job, {
    onStdout: (chunk) => {
      followed.out += text(chunk);
      onOut(followed.out);
    },
    onStderr: (chunk) => {
      followed.err += text(chunk);
    },
    onLost: (why) => followed.lost.push(why),
  });
  return Object.assign(followed, { ending });
};

/** Lets the work go on: it waits for this file. */
const gate = (job: Job) => ({
  wait: `until [ -e /tmp/${job.runId} ]; do sleep 0.02; done; rm /tmp/${job.runId}`,
  open: ['touch', `/tmp/${job.runId}`] as [string, string],
});

describe('supervised work on an ssh place', () => {
  it('hands over env, cwd and stdin, and gives the output and the exit code', async () => {
    const { shell } = await openSsh(lab);
    const job = newJob();
    const stdin = 'a line\n\n  é $x\n';
    const env = { TOKEN: 's3cret-token' };
    await supervisorOf(shell).start(
      job,
      sh('pwd; cat; echo "$TOKEN" >&2; exit 3', { cwd: '/tmp', stdin, env }),
    );
    const followed = follow(shell, job);
    expect(await followed.ending).toMatchObject({ state: 'exited', exitCode: 3 });
    expect(followed.out).toBe(`/tmp\n${stdin}`);
    expect(followed.err).toBe('s3cret-token\n');
  });

  it('carries a long output over in pieces', async () => {
    const { shell } = await openSsh(lab);
    const job = newJob();
    await supervisorOf(shell).start(job, sh('head -c 1500000 /dev/zero | tr "\\0" x; echo; echo end'));
    const followed = follow(shell, job);
    await followed.ending;
    expect(followed.out.length).toBe(1_500_005);
    expect(followed.out.endsWith('x\nend\n')).toBe(true);
  });

  it('goes on while the connection is cut, and is followed on without a gap', async () => {
    const { shell } = await openSsh(lab);
    const job = newJob();
    const { wait, open } = gate(job);
    await supervisorOf(shell).start(job, sh(`echo one; ${wait}; echo two; exit 5`));
    const seen = Promise.withResolvers<void>();
    const followed = follow(shell, job, () => seen.resolve());
    await seen.promise;
    await cutConnection(shell);
    await shell.exec(open);
    expect(await followed.ending).toMatchObject({ state: 'exited', exitCode: 5 });
    expect(followed.out).toBe('one\ntwo\n');
  });

  it('is found again by another engine: full output, exit code, no second start', async () => {
    const first = await openSsh(lab);
    const second = await openSsh(lab);
    const job = newJob();
    const { wait, open } = gate(job);
    const work = sh(`echo started; ${wait}; echo ended`);
    await supervisorOf(first.shell).start(job, work);
    await cutConnection(first.shell);
    expect(await supervisorOf(second.shell).look(job)).toEqual({ state: 'alive' });
    await supervisorOf(second.shell).start(job, work);
    const followed = follow(second.shell, job);
    await second.shell.exec(open);
    expect(await followed.ending).toMatchObject({ state: 'exited', exitCode: 0 });
    expect(followed.out).toBe('started\nended\n');
    expect(await supervisorOf(second.shell).look(job)).toMatchObject({ state: 'exited', exitCode: 0 });
  });

  it('shows no secret in the process list, nor on disk', async () => {
    const { shell } = await openSsh(lab);
    const job = newJob();
    const { wait, open } = gate(job);
    const secret = 'hunter2-very-secret';
    await supervisorOf(shell).start(
      job,
      sh(`${wait}; cat >/dev/null`, { env: { TOKEN: secret }, stdin: secret }),
    );
    const processes = text(
      (await shell.exec(['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "'])).stdout,
    );
    expect(processes).toContain(job.runId);
    expect(processes).not.toContain('hunter2');
    const state = '$HOME/.local/state/runbook';
    const onDisk = await shell.exec([
      'sh',
      '-c',
      `grep -r hunter2 ${state}; stat -c %a ${state}/${job.runId}`,
    ]);
    expect(text(onDisk.stdout)).toBe('700\n');
    await shell.exec(open);
    await follow(shell, job).ending;
  });

  it('is ended with its children, also where they are deaf to SIGTERM', async () => {
    const { shell } = await openSsh(lab);
    const job = newJob();
    const supervisor = supervisorOf(shell);
    await supervisor.start(job, sh('trap "" TERM; echo up; while :; do sleep 1; done'));
    const up = Promise.withResolvers<void>();
    const followed = follow(shell, job, () => up.resolve());
    await up.promise;
    expect(await supervisor.end(job, 200)).toBe(true);
    expect(await followed.ending).toEqual({ state: 'ended' });
    expect(await supervisor.look(job)).toEqual({ state: 'ended' });
    const processes = text(
      (await shell.exec(['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "'])).stdout,
    );
    expect(processes).not.toContain(job.runId);
  });

  it('that never started is told absent, and cannot start afterwards', async () => {
    const { shell } = await openSsh(lab);
    const job = newJob();
    const supervisor = supervisorOf(shell);
    await placeIdentity(shell).mark(job.runId, 'marker');
    expect(await supervisor.look(job)).toEqual({ state: 'absent' });
    await supervisor.start(job, sh(`touch /tmp/${job.runId}`));
    expect(await supervisor.look(job)).toEqual({ state: 'absent' });
    expect((await shell.exec(['test', '-e', `/tmp/${job.runId}`])).exitCode).toBe(1);
  });

  it('whose folder was removed is told lost, and is not proven ended', async () => {
    const { shell } = await openSsh(lab);
    const job = newJob();
    const supervisor = supervisorOf(shell);
    const { wait, open } = gate(job);
    await placeIdentity(shell).mark(job.runId, 'marker');
    await supervisor.start(job, sh(wait));
    await supervisor.forget(job.runId);
    expect(await supervisor.look(job)).toEqual({ state: 'lost' });
    expect(await supervisor.end(job, 100)).toBe(false);
    expect(await follow(shell, job).ending).toEqual({ state: 'lost' });
    await shell.exec(open);
  });

  it('whose supervisor was killed is told gone', async () => {
    const { shell } = await openSsh(lab);
    const job = newJob();
    const supervisor = supervisorOf(shell);
    await supervisor.start(job, sh('kill -s KILL -- -$(cut -d" " -f5 /proc/$$/stat)'));
    expect(await follow(shell, job).ending).toEqual({ state: 'gone' });
    expect(await supervisor.end(job, 100)).toBe(true);
  });

  it('does not begin without its program or its folder', async () => {
    const { shell } = await openSsh(lab);
    const supervisor = supervisorOf(shell);
    await expect(supervisor.start(newJob(), { argv: ['no-such-program'], env: {} })).rejects.toMatchObject({
      code: 'missing-binary',
    });
    await expect(supervisor.start(newJob(), sh('true', { cwd: '/no/such' }))).rejects.toThrow('/no/such');
  });

  it('leaves nothing once it is forgotten', async () => {
    const { shell } = await openSsh(lab);
    const job = newJob();
    const supervisor = supervisorOf(shell);
    await supervisor.start(job, sh('true'));
    await follow(shell, job).ending;
    await supervisor.forget(job.runId);
    expect(
      (await shell.exec(['sh', '-c', `ls -d $HOME/.local/state/runbook/${job.runId}`])).exitCode,
    ).not.toBe(0);
  });
});
