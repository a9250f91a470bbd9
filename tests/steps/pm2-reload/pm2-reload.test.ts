import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { descendantsOf, identify, isAlive } from '../../../docker/native/process-table.ts';
import { acts as ownActs } from '../../../steps/pm2-reload/acts.ts';
import { pm2Reload } from '../../../steps/pm2-reload/step.ts';
import { actContext } from '../../support/act-context.ts';
import { asTheEngine } from '../../support/as-the-engine.ts';
import { leftRunning } from '../../support/job-claim.ts';
import { useLab } from '../../support/lab.ts';
import { usePlace, withEnv } from '../../support/place.ts';
import { useOwnPm2, writeApp } from './own-pm2.ts';

const acts = asTheEngine(ownActs);

const lab = await useLab();
const secrets = { url: 'postgres://hunter2' };

const appOf = (name: string, env: Record<string, string>, more = '') =>
  `{ name: '${name}', script: 'app.cjs', cwd: __dirname, env: ${JSON.stringify(env)}, ${more} }`;

/** Two releases and a link to the first; nothing runs yet, and pm2's daemon neither. */
const begin = async (newEnv: Record<string, string> = { DB_URL: secrets.url }) => {
  const place = await usePlace();
  const pm2 = useOwnPm2(lab, place);
  const [old, next] = [join(place.dir, 'releases/1'), join(place.dir, 'releases/2')];
  const oldApps = [appOf('app', { MYSQL_URL: 'old', KEEP: '1' }), appOf('worker', {})];
  await writeApp(pm2, old, oldApps.join(', '));
  await writeApp(pm2, next, [appOf('app', newEnv), appOf('worker', newEnv)].join(', '));
  const link = join(place.dir, 'current');
  await symlink(old, link);
  const ctx = actContext({ clients: { shell: pm2.shell }, secrets });
  const input = pm2Reload.input.parse({
    name: 'app',
    ecosystem: join(link, 'ecosystem.config.cjs'),
    stable_for: '300ms',
  });
  return { ...place, pm2, old, next, link, ctx, input };
};

const beginAtWork = async () => {
  const world = await begin();
  const { pm2, dir } = world;
  await writeApp(pm2, join(dir, 'status'), appOf('stranger', {}));
  await pm2.at(
    'cd "$1"; pm2 start status/ecosystem.config.cjs >/dev/null; pm2 start current/ecosystem.config.cjs >/dev/null; pm2 save >/dev/null',
    dir,
  );
  return { ...world, start: await pm2.apps() };
};

const environmentOf = async (pid: number): Promise<string[]> =>
  (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');

const savedNames = async (home: string): Promise<string[]> =>
  JSON.parse(await readFile(join(home, 'dump.pm2'), 'utf8'))
    .map(({ name }: { name: string }) => name)
    .sort();

describe('pm2.reload', { timeout: 120_000 }, () => {
  test('starts the new release with its own environment, and the undo the old one in its folder', async () => {
    const { pm2, ctx, input, link, next, old, start, shell } = await beginAtWork();
    await shell.exec(['ln', '-sfn', next, link]);
    const env = { expect: { DB_URL: { secret: [{ name: 'url' }] } }, absent: ['MYSQL_URL', 'KEEP'] };
    const wanted = pm2Reload.input.parse({ ...input, env });
    const before = await acts.prepare!(ctx, wanted);
    expect(before).toMatchObject({
      apps: [{ name: 'app', ran: true, pids: [start.app!.pid], cwd: old }],
    });
    expect(await acts.probe(ctx, wanted, before)).toEqual({ state: 'not-done' });
    // What was proven not done is followed by another attempt.
    const later = { ...ctx, attempt: 2 };
    const outcome = await acts.run(later, wanted, before);
    const now = await pm2.apps();
    const output = {
      name: 'app',
      state: 'running',
      apps: [{ name: 'app', pids: [now.app!.pid], cwd: next }],
      pids: [now.app!.pid],
      previous_pids: [start.app!.pid],
      restarts: 0,
    };
    expect(outcome).toEqual({ done: true, output });
    expect(now.stranger, 'strangers keep their process').toEqual(start.stranger);
    expect(now.worker).toEqual(start.worker);
    expect(await environmentOf(now.app!.pid)).toContain(`DB_URL=${secrets.url}`);
    expect(await acts.probe(later, wanted, before)).toEqual({ state: 'done', output });
    expect(await savedNames(pm2.home)).toEqual(['app', 'stranger', 'worker']);
    expect(JSON.stringify([before, outcome, ctx.logged()])).not.toContain('hunter2');

    // The link still leads to the new release: that step is undone after this one.
    expect(await acts.undo!(later, wanted, before)).toEqual({ done: true, output: null });
    const back = await pm2.apps();
    expect(back.app).toMatchObject({ cwd: old, status: 'online' });
    expect(await environmentOf(back.app!.pid)).toContain('MYSQL_URL=old');
    expect(back.stranger).toEqual(start.stranger);
    expect(await acts.probe(later, wanted, before)).toEqual({ state: 'not-done' });
    expect(await acts.undo!(later, wanted, before)).toEqual({ done: true, output: null });
    expect(await pm2.apps(), 'an undo that is repeated restarts nobody').toEqual(back);
  });

  test('what its user has exported reaches the app as it was, whatever the scripts assign', async () => {
    const { pm2, input, link, next } = await begin();
    const own = { LC_ALL: 'C.UTF-8', home: 'mine', daemon: 'mine', clean: 'mine', eco: 'mine', lead: 'mine' };
    await pm2.shell.exec(['ln', '-sfn', next, link]);
    const ctx = actContext({ clients: { shell: withEnv(pm2.shell, own) }, secrets, runOn: 'vps' });
    expect(await acts.run(ctx, input, await acts.prepare!(ctx, input))).toMatchObject({ done: true });
    const found = await environmentOf((await pm2.apps()).app!.pid);
    for (const [name, value] of Object.entries(own)) expect(found).toContain(`${name}=${value}`);
    expect(found.filter((entry) => /^(RUNBOOK_WORK|OLDPWD)=/.test(entry))).toEqual([]);
  });

  test('in cluster mode the processes are looked at as they run', async () => {
    const { pm2, ctx, input, next, link, shell } = await begin();
    const cluster = `exec_mode: 'cluster', instances: 2`;
    await writeApp(pm2, next, appOf('app', { DB_URL: secrets.url }, cluster));
    await shell.exec(['ln', '-sfn', next, link]);
    const env = { expect: { DB_URL: { secret: [{ name: 'url' }] } }, absent: ['MYSQL_URL'] };
    const wanted = pm2Reload.input.parse({ ...input, env });
    const before = await acts.prepare!(ctx, wanted);
    const outcome = await acts.run(ctx, wanted, before);
    expect(outcome).toMatchObject({ done: true, output: { apps: [{ name: 'app', cwd: next }] } });
    expect(outcome.done && outcome.output.pids).toHaveLength(2);
    expect(await acts.probe(ctx, wanted, before)).toMatchObject({ state: 'done' });
    const other = pm2Reload.input.parse({ ...input, env: { expect: { DB_URL: 'other' } } });
    const failed = await acts.run(ctx, other, before);
    expect(failed).toMatchObject({ done: false, short: expect.stringMatching(/DB_URL has another value/) });
    const gone = pm2Reload.input.parse({ ...input, env: { absent: ['DB_URL'] } });
    expect(await acts.run(ctx, gone, before)).toMatchObject({ done: false });
    expect(JSON.stringify([outcome, failed, ctx.logged()])).not.toContain('hunter2');
  });

  test('stops an app and its worker with all their processes; the undo starts what ran', async () => {
    const { pm2, ctx, input, old, start } = await beginAtWork();
    const stop = pm2Reload.input.parse({ ...input, also: ['worker'], state: 'stopped' });
    const before = await acts.prepare!(ctx, stop);
    const ids = [start.app!.pid, start.worker!.pid].map((pid) => identify(pid)!);
    const outcome = await acts.run(ctx, stop, before);
    expect(outcome).toMatchObject({
      done: true,
      output: { state: 'stopped', pids: [], previous_pids: [start.app!.pid, start.worker!.pid] },
    });
    expect(ids.map(isAlive)).toEqual([false, false]);
    expect(await pm2.apps()).toEqual({ stranger: start.stranger });
    expect(await savedNames(pm2.home)).toEqual(['stranger']);
    expect(await acts.probe(ctx, stop, before)).toMatchObject({ state: 'done' });
    for (const _ of [1, 2]) expect(await acts.undo!(ctx, stop, before)).toEqual({ done: true, output: null });
    const back = await pm2.apps();
    expect(back).toMatchObject({
      app: { cwd: old, status: 'online' },
      worker: { cwd: old, status: 'online' },
      stranger: start.stranger,
    });
    expect(await savedNames(pm2.home)).toEqual(['app', 'stranger', 'worker']);
    expect(await acts.probe(ctx, stop, before)).toEqual({ state: 'not-done' });
  });

  test('has stopped nothing where pm2 knows none of the apps', async () => {
    const { ctx, input } = await begin();
    const stop = pm2Reload.input.parse({ ...input, name: 'misspelt', also: ['worker'], state: 'stopped' });
    const before = await acts.prepare!(ctx, stop);
    expect(await acts.run(ctx, stop, before)).toMatchObject({
      done: false,
      effect: 'none',
      short: 'pm2 knows no misspelt and no worker here: nothing proves that they are stopped',
    });
    expect(await acts.run({ ...ctx, attempt: 2 }, stop, before)).toMatchObject({ done: false });
    expect(await acts.undo!(ctx, stop, before)).toEqual({ done: true, output: null });
  });

  test('a child that the app leaves behind is not taken for gone', async () => {
    const { pm2, ctx, input, old } = await begin();
    // It leaves the tree before pm2 looks for children, as a double fork does.
    const child = `const { spawn } = require('node:child_process');
const child = spawn('sleep', ['20'], { detached: true, stdio: 'ignore' });
setInterval(() => {}, 1000);`;
    await writeFile(join(old, 'app.cjs'), child);
    const apps = appOf('app', {}, 'treekill: false');
    await writeFile(join(old, 'ecosystem.config.cjs'), `module.exports = { apps: [${apps}] };`);
    await pm2.at('pm2 start "$1" >/dev/null', input.ecosystem);
    const stop = pm2Reload.input.parse({ ...input, state: 'stopped' });
    const before = await acts.prepare!(ctx, stop);
    const [sleeper] = descendantsOf(before.apps[0]!.pids[0]!);
    expect(await acts.run({ ...ctx, killGraceMs: 300 }, stop, before)).toMatchObject({
      done: false,
      effect: 'some',
      living: true,
      short: expect.stringContaining(String(sleeper!.pid)),
    });
    process.kill(sleeper!.pid, 'SIGKILL');
    // The engine looks again for each attempt, and pm2 has forgotten the app by then.
    const again = await acts.prepare!(ctx, stop);
    expect(again).toEqual({ apps: [], supervised: true });
    expect(await acts.run({ ...ctx, attempt: 2 }, stop, again)).toMatchObject({ done: true });
  });

  test('tells what is wrong with the environment by name, and hands on nothing of the engine', async () => {
    const { pm2, ctx, input } = await begin();
    const env = {
      expect: { MYSQL_URL: { secret: [{ name: 'url' }] }, NONE: 'x' },
      absent: ['KEEP', 'ENGINE'],
    };
    const wanted = pm2Reload.input.parse({ ...input, env });
    const before = await acts.prepare!(ctx, wanted);
    expect(before).toEqual({ apps: [], supervised: true });
    process.env.ENGINE = 'hunter3';
    const outcome = await acts.run(ctx, wanted, before).finally(() => delete process.env.ENGINE);
    const { app } = await pm2.apps();
    const who = `in app (pid ${app!.pid})`;
    expect(outcome).toMatchObject({
      done: false,
      effect: 'some',
      retryable: true,
      short: `MYSQL_URL has another value ${who}; NONE is not set ${who}; KEEP is still set ${who}`,
    });
    expect(await acts.probe(ctx, wanted, before)).toMatchObject({ state: 'unknown' });
    expect(await acts.undo!(ctx, wanted, before)).toEqual({ done: true, output: null });
    expect(await pm2.apps()).toEqual({});
  });

  test('an app that does not stay up is no success; its last words are in the log', async () => {
    const { pm2, ctx, input, old, start } = await beginAtWork();
    const before = await acts.prepare!(ctx, input);
    const whole = await readFile(join(old, 'app.cjs'));
    await writeFile(join(old, 'app.cjs'), "console.error('no such table'); process.exit(1);");
    expect(await acts.run({ ...ctx }, { ...input, stable_for: '5s' }, before)).toMatchObject({
      done: false,
      effect: 'some',
      retryable: true,
      short: expect.stringContaining('does not stay up'),
    });
    expect(ctx.logged()).toContain('no such table');
    expect((await pm2.apps()).stranger).toEqual(start.stranger);
    await writeFile(join(old, 'app.cjs'), whole);
    expect(await acts.run({ ...ctx, attempt: 2 }, input, before)).toMatchObject({ done: true });
  });

  test('what was left at work in the middle is told alive, ended, and done again', async () => {
    const { pm2, ctx, input, dir, start } = await beginAtWork();
    const bin = join(dir, 'slow');
    await mkdir(bin);
    const real = (await pm2.at('command -v pm2')).trim();
    await writeFile(
      join(bin, 'pm2'),
      `#!/bin/sh\ncase $1 in start) sleep 60 ;; *) exec '${real}' "$@" ;; esac\n`,
    );
    await chmod(join(bin, 'pm2'), 0o755);
    const path = `${bin}:${(await pm2.at('echo "$PATH"')).trim()}`;
    const slow = actContext({ clients: { shell: withEnv(pm2.shell, { PATH: path }) }, secrets });
    const later = { ...ctx, runId: slow.runId, attempt: 2 };
    const before = await acts.prepare!(slow, input);
    await leftRunning(acts, slow, input, before);
    await expect.poll(() => pm2.apps(), { timeout: 30_000 }).not.toHaveProperty('app');
    expect(await acts.probe(slow, input, before)).toEqual({ state: 'alive' });
    expect(await acts.end!(slow, input)).toBe(true);
    expect(await acts.probe(slow, input, before), 'deleted, not started').toMatchObject({
      state: 'unknown',
    });
    // Half done, it can be rolled back as well as completed.
    expect(await acts.undo!(later, input, before)).toEqual({ done: true, output: null });
    expect((await pm2.apps()).app).toMatchObject({ status: 'online', cwd: start.app!.cwd });
    expect(await acts.run(later, input, before)).toMatchObject({ done: true });
    expect((await pm2.apps()).stranger).toEqual(start.stranger);
  });

  test('an engine that goes and comes back follows the same pm2, and starts nothing twice', async () => {
    const { pm2, ctx, input, dir, start, old } = await beginAtWork();
    const bin = join(dir, 'slow');
    await mkdir(bin);
    const real = (await pm2.at('command -v pm2')).trim();
    const wait = `echo x >>'${dir}/calls'; until [ -e '${dir}/gate' ]; do sleep 0.02; done`;
    await writeFile(join(bin, 'pm2'), `#!/bin/sh\ncase $1 in start) ${wait} ;; esac\nexec '${real}' "$@"\n`);
    await chmod(join(bin, 'pm2'), 0o755);
    const path = `${bin}:${(await pm2.at('echo "$PATH"')).trim()}`;
    const slow = actContext({ clients: { shell: withEnv(pm2.shell, { PATH: path }) }, secrets });
    const before = await acts.prepare!(slow, input);
    await leftRunning(acts, slow, input, before);
    await expect.poll(() => pm2.apps(), { timeout: 30_000 }).not.toHaveProperty('app');
    expect(await acts.probe(slow, input, before)).toEqual({ state: 'alive' });
    const followed = acts.run({ ...ctx, runId: slow.runId }, input, before);
    await writeFile(join(dir, 'gate'), '');
    expect(await followed).toMatchObject({
      done: true,
      output: { apps: [{ name: 'app', cwd: old }], previous_pids: [start.app!.pid] },
    });
    expect(await readFile(join(dir, 'calls'), 'utf8')).toBe('x\n');
    expect((await pm2.apps()).stranger).toEqual(start.stranger);
  });

  test('the dry run starts no daemon, and knows the names in the file', async () => {
    const { pm2, ctx, input, dir, image } = await begin();
    const untouched = await image();
    const levels = async (more: object) =>
      (await acts.check(ctx, { ...input, ...more })).map(({ level }) => level);
    expect(await levels({})).toEqual(['verified', 'verified', 'simulated']);
    expect(await levels({ name: 'ap' })).toEqual(['verified', 'problem', 'simulated']);
    expect(await levels({ ecosystem: join(dir, 'later.cjs') })).toEqual(['verified', 'problem', 'simulated']);
    expect(await image()).toEqual(untouched);
    const bare = actContext({ clients: { shell: withEnv(pm2.shell, { PATH: '/usr/bin:/bin' }) } });
    expect(await acts.check(bare, input)).toMatchObject([
      { level: 'problem', what: expect.stringContaining('pm2 is not there') },
    ]);
  });

  test('an app that the file does not have is told, and nothing else is started', async () => {
    const { pm2, ctx, input } = await begin();
    const wrong = { ...input, name: 'ap' };
    expect(await acts.run(ctx, wrong, { apps: [] })).toMatchObject({
      done: false,
      retryable: false,
      short: expect.stringContaining('started no ap'),
    });
    expect(await pm2.apps()).toEqual({});
  });
});

test.each(['all', '0', 'a b', 'a,b', ''])('the name %j would reach others', (name) => {
  expect(pm2Reload.input.safeParse({ name, ecosystem: '/srv/e.cjs' }).success).toBe(false);
});
