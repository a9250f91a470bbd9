/** Scripts that outlive the engine, at real places. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ActContext } from '../../../engine/step.ts';
import { localGroup } from '../../../steps/_targets/local/local-group.ts';
import { endAllWork, endLeftWork, tagOf } from '../../../steps/_work/end-left-work.ts';
import { isStarted, probeWork, runWork } from '../../../steps/_work/run-work.ts';
import { actContext } from '../../support/act-context.ts';
import { claimOf } from '../../support/job-claim.ts';
import { useLab } from '../../support/lab.ts';
import { type Place, usePlace, useVps, withEnv } from '../../support/place.ts';

const lab = await useLab();

const places: readonly [string, () => Promise<Place>][] = [
  ['on this machine', () => usePlace()],
  ['over SSH', () => useVps(lab)],
];

const supervised = { supervised: true } as const;

const probed = (ctx: ActContext, before: { supervised?: true } = supervised) =>
  probeWork<string>(
    ctx,
    before,
    async ({ complaint }) => ({ state: 'partial', why: complaint }),
    async (result) => ({ state: 'done', output: result?.lines.join() ?? 'the world' }),
  );

/** Starts it, and goes away as soon as it is claimed. */
const leave = async (ctx: ActContext, script: string): Promise<void> => {
  const control = new AbortController();
  const left = runWork({ ...ctx, signal: control.signal }, { script, args: [] });
  left.catch(() => undefined);
  await expect.poll(() => isStarted(ctx), { timeout: 10_000 }).toBe(true);
  control.abort('detach');
  await expect(left).rejects.toThrow('left running');
};

describe.each(places)('a script, %s', (_, enter) => {
  const begin = async () => {
    const place = await enter();
    const ctx = actContext({ clients: { shell: place.shell }, runOn: place.shell.place });
    const gate = join(place.dir, 'gate');
    const open = () => place.shell.exec(['touch', gate]);
    return { ...place, ctx, open, wait: `until [ -e '${gate}' ]; do sleep 0.02; done` };
  };

  test('has its secrets by stdin and by env, and answers with its lines, exit and complaint', async () => {
    const { ctx } = await begin();
    const script = 'cat; echo "$TOKEN"; echo "$1 $2"; echo noise >&2; die "no such thing" 3';
    const result = await runWork(ctx, {
      script,
      args: ['a b', ''],
      stdin: 'from stdin\n',
      env: { TOKEN: 's3cret' },
    });
    expect(result).toMatchObject({
      code: 3,
      lines: ['from stdin', 's3cret', 'a b '],
      complaint: 'no such thing',
      byItself: false,
    });
    expect(ctx.logged()).toBe('noise\nno such thing\n');
    expect(await probed(ctx)).toEqual({ state: 'partial', why: 'no such thing' });
  });

  test('is started once, and followed by each caller with the same attempt', async () => {
    const { ctx, open, wait, dir, shell } = await begin();
    const script = `echo x >>'${dir}/count'; ${wait}; wc -l <'${dir}/count' | tr -d ' '`;
    await leave(ctx, script);
    expect(await probed(ctx)).toEqual({ state: 'alive' });
    const followers = [runWork(ctx, { script, args: [] }), runWork(ctx, null)];
    await open();
    for (const follower of followers) expect(await follower).toMatchObject({ code: 0, lines: ['1'] });
    expect(await probed(ctx)).toEqual({ state: 'done', output: '1' });
    expect((await shell.exec(['cat', join(dir, 'count')])).stdout.length).toBe(2);
  });

  test('is ended with all its processes before another attempt begins; the own one is spared', async () => {
    const { ctx, wait, shell } = await begin();
    await leave(ctx, `sleep 300 & ${wait}`);
    expect(await endLeftWork(ctx, { spare: 'own' })).toBe(true);
    expect(await probed(ctx)).toEqual({ state: 'alive' });
    expect(await endLeftWork({ ...ctx, attempt: 2 }, { spare: 'own' })).toBe(true);
    expect(await probed(ctx)).toEqual({ state: 'done', output: 'the world' });
    if (shell.place !== 'local') return;
    expect(await localGroup((await claimOf(shell, ctx.runId)).group).alive()).toBe(false);
  });

  test('that a signal has killed is unknown, and only the world can tell', async () => {
    const { ctx } = await begin();
    await expect(runWork(ctx, { script: 'kill -s KILL $$', args: [] })).rejects.toMatchObject({
      outcome: { effect: 'unknown', short: 'it was killed by signal 9' },
    });
    expect(await probed(ctx)).toEqual({ state: 'done', output: 'the world' });
  });

  test('that never started is barred; one of an engine without a supervisor is unknown', async () => {
    const { ctx } = await begin();
    expect(await isStarted(ctx)).toBe(false);
    const absent = (before: object) =>
      probeWork<string>(
        ctx,
        before,
        async () => ({ state: 'partial', why: 'it failed' }),
        async () => ({ state: 'not-done' }),
      );
    expect(await absent(supervised)).toEqual({ state: 'not-done' });
    expect(await absent({})).toMatchObject({ state: 'unknown', why: /another version of runbook/ });
    await expect(runWork(ctx, { script: 'true', args: [] })).rejects.toMatchObject({
      outcome: { effect: 'unknown' },
    });
  });

  test('that is ended before it starts cannot start afterwards', async () => {
    const { ctx, dir, shell } = await begin();
    expect(await endAllWork(ctx)).toBe(true);
    await runWork(ctx, { script: `touch '${dir}/done'`, args: [] }).catch(() => undefined);
    expect((await shell.exec(['test', '-e', join(dir, 'done')])).exitCode).toBe(1);
  });

  test('whose folder was removed may be at work: nothing is proven', async () => {
    const place = await enter();
    const ctx = actContext({ clients: { shell: place.shell }, marked: false });
    expect(await probed(ctx)).toMatchObject({ state: 'unknown', why: /state folder/ });
    expect(await endAllWork(ctx)).toBe(false);
  });

  test('finds the environment of a login: umask, PATH, locale and limits', async () => {
    const { shell } = await begin();
    const own = { LC_ALL: 'C.UTF-8', MINE: 'kept' };
    const named = actContext({ clients: { shell: withEnv(shell, own) } });
    const script = 'umask; ulimit -a; echo "$PATH"; echo "$MINE"; pwd';
    const plain = await withEnv(shell, own).exec(['sh', '-c', script]);
    const { lines } = await runWork(named, { script, args: [] });
    expect(`${lines.join('\n')}\n`).toBe(Buffer.from(plain.stdout).toString());
    // What a script hands on to a tool of the user's, it gives the user's locale.
    const handed = await runWork({ ...named, attempt: 2 }, { script: 'echo "$_rb_lc_all"', args: [] });
    expect(handed.lines).toEqual(['C.UTF-8']);
  });
});

test.each(['groups/TAG.4711', 'restore-TAG.1.pid'])(
  'work that an engine without a supervisor has noted as %s is never taken for dead',
  async (name) => {
    const { shell } = await usePlace();
    const ctx = actContext({ clients: { shell } });
    const note = join(shell.stateDir ?? '', ctx.runId, name.replace('TAG', tagOf(ctx)));
    await mkdir(join(note, '..'), { recursive: true });
    await writeFile(note, `${process.pid} exec/0123\n`);
    expect(await endLeftWork(ctx)).toBe(false);
    expect(ctx.logged()).toContain(`${note} of pid ${process.pid}. End it, then remove that file`);
    await rm(note);
    expect(await endLeftWork(ctx)).toBe(true);
  },
);
