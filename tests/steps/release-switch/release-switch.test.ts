import { mkdir, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryBeside } from '../../../steps/_work/path.ts';
import { acts as thrown } from '../../../steps/release-switch/acts.ts';
import { releaseSwitch } from '../../../steps/release-switch/step.ts';
import { actContext } from '../../support/act-context.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { usePlace } from '../../support/place.ts';

const acts = withOutcomes(thrown);

/** `current -> releases/1` (relative, as people write it) and a built release 2. */
const begin = async () => {
  const place = await usePlace();
  const { dir, shell } = place;
  for (const name of ['1', '2']) {
    await mkdir(join(dir, 'releases', name), { recursive: true });
    await writeFile(join(dir, 'releases', name, 'app.js'), name);
  }
  const link = join(dir, 'current');
  await symlink('releases/1', link);
  const ctx = actContext({ clients: { shell } });
  const input = releaseSwitch.input.parse({ link, to: join(dir, 'releases/2') });
  return { ...place, ctx, input, link };
};

describe('release.switch', () => {
  test('replaces the link at once, and the undo points it back as it was written', async () => {
    const { ctx, input, link, dir } = await begin();
    const before = await acts.prepare!(ctx, input);
    expect(before).toEqual({ previous: 'releases/1', led: true });
    expect(await acts.run(ctx, input, before)).toEqual({
      done: true,
      output: { link, to: input.to, previous: 'releases/1' },
    });
    expect(await readlink(link)).toBe(input.to);
    expect(await readdir(join(dir, 'releases/1')), 'nothing was moved into the old release').toEqual([
      'app.js',
    ]);
    for (const _ of [1, 2])
      expect(await acts.undo!(ctx, input, before)).toEqual({ done: true, output: null });
    expect(await readlink(link)).toBe('releases/1');
    expect(await readdir(dir)).toEqual(['current', 'releases']);
  });

  test('makes the link where there was none, and the undo removes it again', async () => {
    const { ctx, input, link, dir } = await begin();
    await rm(link);
    const before = await acts.prepare!(ctx, input);
    expect(await acts.run(ctx, input, before)).toMatchObject({ done: true, output: { previous: null } });
    await acts.undo!(ctx, input, before);
    expect(await readdir(dir)).toEqual(['releases']);
  });

  test('there is no moment without a link', async () => {
    const { ctx, input, link } = await begin();
    const before = await acts.prepare!(ctx, input);
    let over = false;
    const watch = (async () => {
      for (let looks = 0; ; looks += 1) {
        if (over) return looks;
        await readlink(link);
      }
    })();
    for (let i = 0; i < 5; i += 1) {
      await acts.run(ctx, input, before);
      await acts.undo!(ctx, input, before);
    }
    over = true;
    expect(await watch).toBeGreaterThan(10);
  });

  test.each([
    ['a real directory', (path: string) => mkdir(path)],
    ['a file', (path: string) => writeFile(path, 'x')],
  ])('leaves %s in the place of the link alone', async (what, make) => {
    const { ctx, input, link, image } = await begin();
    const before = await acts.prepare!(ctx, input);
    await rm(link);
    await make(link);
    const untouched = await image();
    await expect(acts.prepare!(ctx, input)).rejects.toThrow(what);
    expect(await acts.check(ctx, input)).toMatchObject([{ level: 'problem' }]);
    expect(await acts.run(ctx, input, before)).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
      short: expect.stringContaining(what),
    });
    expect(await acts.undo!(ctx, input, before)).toMatchObject({ done: false, effect: 'none' });
    expect(await image()).toEqual(untouched);
  });

  test.each([
    ['is not a directory', async (to: string) => rm(to, { recursive: true })],
    ['is empty', async (to: string) => rm(join(to, 'app.js'))],
    [
      'is not a directory',
      async (to: string) => {
        await rm(to, { recursive: true });
        await writeFile(to, 'x');
      },
    ],
  ])('refuses a release that %s', async (why, spoil) => {
    const { ctx, input, link } = await begin();
    const before = await acts.prepare!(ctx, input);
    await spoil(input.to);
    expect(await acts.run(ctx, input, before)).toMatchObject({
      done: false,
      effect: 'none',
      short: expect.stringContaining(why),
    });
    expect(await readlink(link)).toBe('releases/1');
  });

  test('the dry run tells a release that an earlier step will make from one that cannot work', async () => {
    const { ctx, input } = await begin();
    const levels = async () => (await acts.check(ctx, input)).map(({ level }) => level);
    expect(await levels()).toEqual(['verified', 'verified', 'simulated']);
    await rm(join(input.to, 'app.js'));
    expect(await levels()).toEqual(['verified', 'problem', 'simulated']);
    await rm(input.to, { recursive: true });
    expect(await acts.check(ctx, input)).toMatchObject([
      { level: 'verified' },
      { level: 'problem', passing: true },
      { level: 'simulated' },
    ]);
  });

  test('never goes back to an old release that is gone', async () => {
    const { ctx, input, link, dir } = await begin();
    const before = await acts.prepare!(ctx, input);
    await acts.run(ctx, input, before);
    await rm(join(dir, 'releases/1'), { recursive: true });
    expect(await acts.undo!(ctx, input, before)).toMatchObject({
      done: false,
      effect: 'none',
      short: expect.stringContaining('releases/1 is not a directory'),
    });
    expect(await readlink(link)).toBe(input.to);
  });

  test("someone else's later link is unknown to the probe, and told before it is switched back", async () => {
    const { ctx, input, link, dir } = await begin();
    const before = await acts.prepare!(ctx, input);
    await acts.run(ctx, input, before);
    await rm(link);
    await symlink('/elsewhere', link);
    expect(await acts.probe(ctx, input, before)).toMatchObject({ state: 'unknown' });
    expect(await acts.undo!(ctx, input, before)).toEqual({ done: true, output: null });
    expect(ctx.logged()).toContain('/elsewhere');
    expect(await readlink(join(dir, 'current'))).toBe('releases/1');
  });

  test('what a killed attempt left beside the link is cleared by the undo', async () => {
    const { ctx, input, link, dir } = await begin();
    const before = await acts.prepare!(ctx, input);
    await symlink(input.to, temporaryBeside(link, ctx));
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    await acts.undo!(ctx, input, before);
    expect(await readdir(dir)).toEqual(['current', 'releases']);
  });
});
