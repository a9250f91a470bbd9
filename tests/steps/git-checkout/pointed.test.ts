/** What a commit only points to: without it the checkout is not done. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { acts as ownActs } from '../../../steps/git-checkout/acts.ts';
import { gitCheckout } from '../../../steps/git-checkout/step.ts';
import { actContext } from '../../support/act-context.ts';
import { asTheEngine } from '../../support/as-the-engine.ts';
import { usePlace } from '../../support/place.ts';
import { at, makeRepository } from './repository.ts';

const acts = asTheEngine(ownActs);

const commit = `
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t.test GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t.test
cd "$1"`;

/** git refuses submodules of this machine since 2.38.1, unless told otherwise. */
const begin = async (config: readonly (readonly [string, string])[] = []) => {
  const entries = [['protocol.file.allow', 'always'] as const, ...config];
  const place = await usePlace({
    GIT_CONFIG_COUNT: String(entries.length),
    ...Object.fromEntries(
      entries.flatMap(([key, value], i) => [
        [`GIT_CONFIG_KEY_${i}`, key],
        [`GIT_CONFIG_VALUE_${i}`, value],
      ]),
    ),
  });
  const { dir, shell } = place;
  const origin = join(dir, 'origin');
  const { v1 } = await makeRepository(shell, origin);
  const path = join(dir, 'app');
  const ctx = actContext({ clients: { shell } });
  const input = (hash: string) =>
    gitCheckout.input.parse({ path, commit: hash, repository: `file://${origin}` });
  return { ...place, origin, v1, path, ctx, input };
};

const withSubmodule = async () => {
  const world = await begin();
  const { shell, dir, origin } = world;
  const part = await makeRepository(shell, join(dir, 'part'));
  const one = await at(
    shell,
    `${commit}; git submodule add -q "file://$2" part; git -C part checkout -q "$3"; git add -A; git commit -qm s >&2; git rev-parse HEAD`,
    origin,
    join(dir, 'part'),
    part.v1,
  );
  const two = await at(
    shell,
    `${commit}; git -C part checkout -q "$2"; git commit -qam t; git rev-parse HEAD`,
    origin,
    part.v2,
  );
  const inPart = () => readFile(join(world.path, 'part/a.txt'), 'utf8');
  return { ...world, one, two, inPart };
};

describe('submodules', () => {
  test('are cloned with it, moved with it, and moved back', async () => {
    const { ctx, input, one, two, inPart } = await withSubmodule();
    expect(await acts.run(ctx, input(one), { existed: false })).toMatchObject({ done: true });
    expect(await inPart()).toBe('one\n');
    const later = { ...ctx, runId: `${ctx.runId}-later` };
    const before = await acts.prepare!(later, input(two));
    expect(await acts.run(later, input(two), before)).toMatchObject({ done: true });
    expect(await inPart()).toBe('two\n');
    expect(await acts.undo!(later, input(two), before)).toEqual({ done: true, output: null });
    expect(await inPart()).toBe('one\n');
    expect(await acts.prepare!(ctx, input(one))).toMatchObject({ commit: one });
  });

  test('that cannot be had leave no clone behind', async () => {
    const { ctx, input, dir, one, image } = await withSubmodule();
    await rm(join(dir, 'part'), { recursive: true });
    const untouched = await image();
    expect(await acts.run(ctx, input(one), { existed: false })).toMatchObject({
      done: false,
      effect: 'none',
      short: expect.stringMatching(/its submodules could not be fetched: part/),
    });
    expect(await image()).toEqual(untouched);
  });

  test('that are missing are not taken for done by the probe', async () => {
    const { ctx, input, shell, origin, path, one } = await withSubmodule();
    await at(shell, 'git clone -q "$1" "$2"; git -C "$2" checkout -q --detach "$3"', origin, path, one);
    const { state } = await acts.probe(ctx, input(one), { existed: true, commit: 'x', branch: null });
    expect(state).toBe('unknown');
  });
});

describe('files in Git LFS', () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';
  const withPointer = (shell: Parameters<typeof at>[0], origin: string) =>
    at(
      shell,
      `${commit}; echo '*.bin filter=lfs' >.gitattributes; printf '%s' "$2" >a.bin; printf '%s' "$2" >how-lfs-works.txt
git add -A; git commit -qm l >&2; git rev-parse HEAD`,
      origin,
      pointer,
    );

  test('are refused where Git LFS is not set up', async () => {
    const { ctx, input, shell, origin, image } = await begin();
    const hash = await withPointer(shell, origin);
    const untouched = await image();
    expect(await acts.run(ctx, input(hash), { existed: false })).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
      short: expect.stringMatching(/Git LFS, which is not set up/),
    });
    expect(await image()).toEqual(untouched);
  });

  test('that stay pointers fail, by name', async () => {
    const { ctx, input, shell, origin, v1, path } = await begin([
      ['filter.lfs.smudge', 'cat'],
      ['filter.lfs.clean', 'cat'],
    ]);
    const hash = await withPointer(shell, origin);
    expect(await acts.run(ctx, input(hash), { existed: false })).toMatchObject({
      done: false,
      effect: 'none',
      short: expect.stringMatching(/missing are .*: a\.bin$/),
    });
    await at(shell, 'git clone -q "$1" "$2"; git -C "$2" checkout -q --detach "$3"', origin, path, v1);
    const before = await acts.prepare!(ctx, input(hash));
    expect(await acts.run(ctx, input(hash), before)).toMatchObject({ done: false, effect: 'some' });
    expect(await acts.undo!(ctx, input(hash), before)).toEqual({ done: true, output: null });
  });
});
