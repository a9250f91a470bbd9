import { chmod, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { localGroup } from '../../../steps/_targets/local/local-group.ts';
import { acts as ownActs } from '../../../steps/git-checkout/acts.ts';
import { gitCheckout } from '../../../steps/git-checkout/step.ts';
import { actContext } from '../../support/act-context.ts';
import { asTheEngine } from '../../support/as-the-engine.ts';
import { claimOf, leftRunning } from '../../support/job-claim.ts';
import { usePlace, withEnv } from '../../support/place.ts';
import { at, makeRepository } from './repository.ts';

const acts = asTheEngine(ownActs);

const begin = async (env: Record<string, string> = {}) => {
  const place = await usePlace(env);
  const { dir, shell } = place;
  const origin = join(dir, 'origin');
  const commits = await makeRepository(shell, origin);
  const path = join(dir, 'app');
  const ctx = actContext({ clients: { shell } });
  const clone = (commit: string) => gitCheckout.input.parse({ path, commit, repository: `file://${origin}` });
  const move = (commit: string) => gitCheckout.input.parse({ path, commit });
  const git = (...args: string[]) => at(shell, 'cd "$1"; shift; git "$@"', path, ...args);
  return { ...place, ...commits, origin, path, ctx, clone, move, git };
};

/** A checkout of the test's own, on branch main at its third commit, with the build output that people have. */
const beginWithCheckout = async () => {
  const world = await begin();
  await at(world.shell, 'git clone -q "$1" "$2"; echo built >"$2/untracked"', world.origin, world.path);
  return { ...world, v3: await world.git('rev-parse', 'HEAD') };
};

/** The files, the branch and the commit: what "exactly as before" is. */
const standing = async ({ path, git }: Awaited<ReturnType<typeof begin>>) => ({
  files: (await readdir(path)).sort(),
  a: await readFile(join(path, 'a.txt'), 'utf8'),
  head: await readFile(join(path, '.git/HEAD'), 'utf8'),
  commit: await git('rev-parse', 'HEAD'),
  status: await git('status', '--porcelain'),
});

describe('git.checkout of a path that is absent', () => {
  test('clones beside, checks out detached, renames into place; the undo removes it', async () => {
    const { ctx, clone, v1, path, git, image } = await begin();
    const untouched = await image();
    const input = clone(v1);
    const before = await acts.prepare!(ctx, input);
    expect(await acts.run(ctx, input, before)).toEqual({
      done: true,
      output: { path, commit: v1, previous: null, cloned: true },
    });
    expect(await git('rev-parse', 'HEAD')).toBe(v1);
    expect(await readFile(join(path, '.git/HEAD'), 'utf8')).toBe(`${v1}\n`);
    await writeFile(join(path, 'built'), 'output of a build');
    expect(await acts.probe(ctx, input, before)).toMatchObject({ state: 'done' });
    for (const _ of [1, 2])
      expect(await acts.undo!(ctx, input, before)).toEqual({ done: true, output: null });
    expect(await image()).toEqual(untouched);
  });

  test('a login that the git server refuses is blamed, not the commit', async () => {
    const refuses = 'sh -c \'echo "git@git.example: Permission denied (publickey)." >&2; exit 255\'';
    const { ctx, path, v1 } = await begin({ GIT_SSH_COMMAND: refuses });
    const input = gitCheckout.input.parse({ path, commit: v1, repository: 'ssh://git@git.example/app.git' });
    const blamed = /git@git\.example: Permission denied \(publickey\)\. \| fatal: Could not read from remote/;
    const found = (await acts.check(ctx, input)).find(({ level }) => level === 'problem');
    expect(found).toMatchObject({
      what: expect.stringMatching(blamed),
      remedy: expect.stringContaining('read-only deploy key'),
    });
    expect(await acts.run(ctx, input, await acts.prepare!(ctx, input))).toMatchObject({
      done: false,
      effect: 'none',
      short: expect.stringMatching(blamed),
      remedy: expect.stringContaining('read-only deploy key'),
    });
  });

  test('an unknown commit, a wrong repository and a missing one leave nothing behind', async () => {
    const { ctx, clone, move, v1, image } = await begin();
    const untouched = await image();
    for (const [attempt, input, retryable] of [
      [1, clone('0'.repeat(40)), false],
      [2, { ...clone(v1), repository: '/nowhere' }, true],
      [3, move(v1), false],
    ] as const) {
      expect(await acts.run({ ...ctx, attempt }, input, { existed: false })).toMatchObject({
        done: false,
        effect: 'none',
        retryable,
      });
      expect(await acts.check(ctx, input)).toContainEqual(expect.objectContaining({ level: 'problem' }));
      expect(await image()).toEqual(untouched);
    }
  });

  test("an annotated tag's own hash is refused by the dry run and by the act, with the commit it names", async () => {
    const { ctx, clone, v1, shell, origin, image } = await begin();
    const tag = await at(
      shell,
      'cd "$1"; git -c user.name=t -c user.email=t@t.test tag -a -m tagged v1.0 "$2"; git rev-parse v1.0',
      origin,
      v1,
    );
    const untouched = await image();
    expect(await acts.check(ctx, clone(tag))).toContainEqual({
      level: 'problem',
      what: expect.stringContaining(`it is a tag; the commit it names is ${v1}`),
      remedy: 'Give the hash of the commit itself',
    });
    expect(await acts.run(ctx, clone(tag), { existed: false })).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
      short: expect.stringContaining(v1),
    });
    expect(await image()).toEqual(untouched);
  });

  test('never takes the place of something, nor removes a checkout that it did not make', async () => {
    const world = await begin();
    const { ctx, clone, v1, path, origin, shell } = world;
    await at(shell, 'git clone -q "$1" "$2"', origin, path);
    const theirs = await standing(world);
    expect(await acts.run(ctx, clone(v1), { existed: false })).toMatchObject({ done: false, effect: 'none' });
    expect(await acts.undo!(ctx, clone(v1), { existed: false })).toMatchObject({
      done: false,
      short: expect.stringContaining('not made by this step'),
    });
    expect(await standing(world)).toEqual(theirs);
  });

  test('a clone that a killed engine left is ended, and the next attempt makes it anew', async () => {
    const { ctx, clone, v1, dir, shell } = await begin();
    const slow = join(dir, 'slow-git');
    await mkdir(slow);
    const real = await at(shell, 'command -v git');
    await writeFile(
      join(slow, 'git'),
      `#!/bin/sh\ncase "$*" in *clone*) mkdir -p '${dir}/.app.half'; sleep 60 ;; *) exec '${real}' "$@" ;; esac\n`,
    );
    await chmod(join(slow, 'git'), 0o755);
    const input = clone(v1);
    const hampered = actContext({
      clients: { shell: withEnv(shell, { PATH: `${slow}:${process.env.PATH}` }) },
    });
    const { runId } = hampered;
    const later = { ...ctx, runId, attempt: 2 };
    const before = await acts.prepare!(hampered, input);
    const { group } = await leftRunning(acts, hampered, input, before);
    expect(await acts.probe(hampered, input, before)).toEqual({ state: 'alive' });
    expect(await acts.run(later, input, before)).toMatchObject({ done: true });
    expect(await localGroup(group).alive()).toBe(false);
    await acts.undo!(later, input, before);
  });

  test('an engine that goes and comes back follows the same clone', async () => {
    const { ctx, clone, v1, dir, shell, git } = await begin();
    const bin = join(dir, 'bin');
    await mkdir(bin);
    const real = await at(shell, 'command -v git');
    const wait = `case "$*" in *clone*) echo x >>'${dir}/calls'; until [ -e '${dir}/gate' ]; do sleep 0.02; done ;; esac`;
    await writeFile(join(bin, 'git'), `#!/bin/sh\n${wait}; exec '${real}' "$@"\n`, { mode: 0o755 });
    const slow = actContext({
      clients: { shell: withEnv(shell, { PATH: `${bin}:${process.env.PATH}` }) },
    });
    const input = clone(v1);
    const before = await acts.prepare!(slow, input);
    const claim = await leftRunning(acts, slow, input, before);
    const followed = acts.run({ ...ctx, runId: slow.runId }, input, before);
    await writeFile(join(dir, 'gate'), '');
    expect(await followed).toMatchObject({ done: true, output: { commit: v1, cloned: true } });
    expect(await claimOf(shell, slow.runId)).toEqual(claim);
    expect(await readFile(join(dir, 'calls'), 'utf8')).toBe('x\n');
    expect(await git('rev-parse', 'HEAD')).toBe(v1);
  });
});

describe('git.checkout of a checkout', () => {
  test('moves to the commit and back to exactly the branch that was checked out', async () => {
    const world = await beginWithCheckout();
    const { ctx, move, v1, v3, path, git } = world;
    const untouched = await standing(world);
    const input = move(v1);
    const before = await acts.prepare!(ctx, input);
    expect(before).toEqual({
      existed: true,
      commit: v3,
      branch: 'refs/heads/main',
      supervised: true,
    });
    expect(await acts.run(ctx, input, before)).toEqual({
      done: true,
      output: { path, commit: v1, previous: v3, cloned: false },
    });
    expect(await git('rev-parse', 'HEAD')).toBe(v1);
    expect((await readdir(path)).sort()).toEqual(['.git', 'a.txt', 'untracked']);
    expect(await acts.probe(ctx, input, before)).toMatchObject({ state: 'done' });
    for (const _ of [1, 2])
      expect(await acts.undo!(ctx, input, before)).toEqual({ done: true, output: null });
    expect(await standing(world)).toEqual(untouched);
    expect(await git('rev-parse', 'main')).toBe(v3);
  });

  test('refuses tracked changes and names the files', async () => {
    const world = await beginWithCheckout();
    const { ctx, move, v1, path } = world;
    const before = await acts.prepare!(ctx, move(v1));
    await writeFile(join(path, 'a.txt'), 'a quick fix on the server');
    const untouched = await standing(world);
    await expect(acts.prepare!(ctx, move(v1))).rejects.toThrow('a.txt');
    expect(await acts.check(ctx, move(v1))).toMatchObject([{ level: 'problem', what: /a\.txt/ }]);
    expect(await acts.run(ctx, move(v1), before)).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
      short: expect.stringContaining('a.txt'),
    });
    expect(await acts.undo!(ctx, move(v1), before)).toMatchObject({ done: false, effect: 'none' });
    expect(await standing(world)).toEqual(untouched);
  });

  test('an untracked file in the way is not overwritten', async () => {
    const world = await beginWithCheckout();
    const { ctx, move, clone, v1, v2, path } = world;
    const input = move(v2);
    await acts.run(ctx, move(v1), await acts.prepare!(ctx, move(v1)));
    await writeFile(join(path, 'b.txt'), 'mine');
    const untouched = await standing(world);
    const next = { ...ctx, attempt: 2 };
    const before = await acts.prepare!(next, input);
    expect(await acts.run(next, input, before)).toMatchObject({ done: false, effect: 'none' });
    expect(await standing(world)).toEqual(untouched);
    expect(await readFile(join(path, 'b.txt'), 'utf8')).toBe('mine');
    expect(await acts.probe(next, input, before)).toMatchObject({
      state: 'failed',
      outcome: { effect: 'none' },
    });
    expect(clone(v1).repository).toBeTruthy();
  });

  test('fetches a commit that is missing, and says where it is not to be had', async () => {
    const world = await beginWithCheckout();
    const { ctx, move, origin, shell } = world;
    const commit = await at(
      shell,
      'cd "$1"; echo four >a.txt; git -c user.name=t -c user.email=t@t commit -qam four; git rev-parse HEAD',
      origin,
    );
    const untouched = await standing(world);
    const before = await acts.prepare!(ctx, move(commit));
    expect(await acts.check(ctx, move(commit))).toMatchObject([
      { level: 'verified', what: expect.stringContaining('the repository has') },
      { level: 'simulated' },
    ]);
    expect(await acts.run(ctx, move(commit), before)).toMatchObject({ done: true });
    await acts.undo!(ctx, move(commit), before);
    expect(await standing(world)).toEqual(untouched);
    expect(await acts.run({ ...ctx, attempt: 2 }, move('0'.repeat(40)), before)).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
      short: expect.stringContaining('origin'),
    });
    expect(await standing(world)).toEqual(untouched);
  });

  test.each(['completed by the next attempt', 'rolled back whole'])(
    'a checkout killed in the middle is %s',
    async (next) => {
      const world = await beginWithCheckout();
      const { ctx, move, v1, v2, path, shell, git } = world;
      await acts.run(ctx, move(v1), await acts.prepare!(ctx, move(v1)));
      const untouched = await standing(world);
      // git writes a.txt, then waits in the filter of b.txt, with the index still the old one.
      const flag = join(world.dir, 'slow');
      await writeFile(flag, '');
      await writeFile(join(path, '.git/info/attributes'), 'b.txt filter=slow\n');
      await git('config', 'filter.slow.smudge', `[ ! -e '${flag}' ] || sleep 60; cat`);
      const input = move(v2);
      const act = actContext({ clients: { shell } });
      const before = await acts.prepare!(act, input);
      const killed = acts.run(act, input, before);
      const { group } = await claimOf(shell, act.runId);
      await expect.poll(() => readFile(join(path, 'a.txt'), 'utf8'), { timeout: 10_000 }).toBe('two\n');
      process.kill(-group, 'SIGKILL');
      expect(await killed).toMatchObject({ done: false, effect: 'unknown' });
      await rm(flag);
      expect(await git('status', '--porcelain', '--untracked-files=no')).toBe('M a.txt');
      expect(await acts.probe(act, input, before)).toMatchObject({ state: 'unknown' });
      if (next.startsWith('completed')) {
        expect(await acts.run({ ...act, attempt: 2 }, input, before)).toMatchObject({ done: true });
        expect(await git('rev-parse', 'HEAD')).toBe(v2);
      }
      for (const _ of [1, 2])
        expect(await acts.undo!(act, input, before)).toEqual({ done: true, output: null });
      expect(await standing(world)).toEqual(untouched);
    },
  );

  test('a branch that moved since is not dragged back', async () => {
    const world = await beginWithCheckout();
    const { ctx, move, v1, v2, v3, git } = world;
    const before = await acts.prepare!(ctx, move(v1));
    await acts.run(ctx, move(v1), before);
    await git('branch', '-f', 'main', v2);
    expect(await acts.undo!(ctx, move(v1), before)).toEqual({ done: true, output: null });
    expect(await git('rev-parse', 'HEAD')).toBe(v3);
    expect(await git('rev-parse', 'main')).toBe(v2);
    expect(ctx.logged()).toContain('has moved since');
  });

  test("runs no hook, and is not led astray by the session's environment", async () => {
    const world = await beginWithCheckout();
    const { ctx, move, v1, path, dir, shell, origin } = world;
    const hook = join(path, '.git/hooks/post-checkout');
    await mkdir(join(path, '.git/hooks'), { recursive: true });
    await writeFile(hook, `#!/bin/sh\ntouch '${dir}/hooked'\n`, { mode: 0o755 });
    const astray = withEnv(shell, { GIT_DIR: join(origin, '.git') });
    const lost = { ...ctx, connect: actContext({ clients: { shell: astray } }).connect };
    const before = await acts.prepare!(lost, move(v1));
    expect(await acts.run(lost, move(v1), before)).toMatchObject({ done: true });
    expect(await world.git('rev-parse', 'HEAD')).toBe(v1);
    await expect(lstat(join(dir, 'hooked'))).rejects.toThrow();
  });

  test('is refused for what is no checkout', async () => {
    const { ctx, move, v1, path } = await begin();
    await mkdir(path);
    await expect(acts.prepare!(ctx, move(v1))).rejects.toThrow('no git checkout');
    expect(await acts.check(ctx, move(v1))).toMatchObject([{ level: 'problem' }]);
  });
});

test('only a full hash pins, and no password stands in a URL', () => {
  const accepts = (more: object) =>
    gitCheckout.input.safeParse({ path: '/srv/app', commit: 'a'.repeat(40), ...more }).success;
  expect(accepts({})).toBe(true);
  for (const commit of ['main', 'a'.repeat(12), 'A'.repeat(40)]) expect(accepts({ commit })).toBe(false);
  expect(accepts({ repository: 'git@github.com:example/app.git' })).toBe(true);
  expect(accepts({ repository: 'ssh://git@example.com:2222/app.git' })).toBe(true);
  expect(accepts({ repository: 'https://user:token@example.com/app.git' })).toBe(false);
  expect(accepts({ repository: 'https://ghp_token@example.com/app.git' })).toBe(false);
  expect(accepts({ repository: 'https://user:p@ss@example.com/app.git' })).toBe(false);
  expect(accepts({ repository: '--upload-pack=evil' })).toBe(false);
});
