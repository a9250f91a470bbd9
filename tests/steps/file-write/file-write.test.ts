import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { acts as thrown } from '../../../steps/file-write/acts.ts';
import { type FileWriteInput, fileWrite } from '../../../steps/file-write/step.ts';
import { actContext } from '../../support/act-context.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { type Place, usePlace } from '../../support/place.ts';

const acts = withOutcomes(thrown);

const begin = async (place: Place, given: Record<string, unknown>) => {
  const input: FileWriteInput = fileWrite.input.parse(given);
  const ctx = actContext({ clients: { shell: place.shell }, secrets: { token: 'tok-123456' } });
  const before = fileWrite.before!.parse(JSON.parse(JSON.stringify(await acts.prepare!(ctx, input))));
  return { input, ctx, before };
};

const modeOf = async (path: string): Promise<string> => ((await lstat(path)).mode & 0o7777).toString(8);

describe('file.write', () => {
  test('replaces content, keeps mode and owner, and the undo brings back every byte', async () => {
    const place = await usePlace();
    const path = join(place.dir, "it's a $page");
    await writeFile(path, Buffer.from([0, 255, 10, 39]));
    await chmod(path, 0o640);
    if (process.getuid?.() === 0) await chown(path, 65534, 65534);
    const image = await place.image();
    const { input, ctx, before } = await begin(place, { path, content: 'new\n' });

    const outcome = await acts.run(ctx, input, before);
    expect(outcome).toMatchObject({ done: true, output: { path, bytes: 4, changed: true } });
    expect(await readFile(path, 'utf8')).toBe('new\n');
    expect(await modeOf(path)).toBe('640');
    expect(Object.keys(await place.image())).toEqual(Object.keys(image));

    expect(await acts.undo!(ctx, input, before)).toEqual({ done: true, output: null });
    expect(await place.image()).toEqual(image);
  });

  test('neither a secret nor the hash of what holds it stands on a command line', async () => {
    const place = await usePlace();
    const path = join(place.dir, 'pin');
    await writeFile(path, 'tok-000000');
    const lines: string[] = [];
    const shell: Place['shell'] = {
      ...place.shell,
      exec: (argv, options) => {
        lines.push(argv.join(' '));
        return place.shell.exec(argv, options);
      },
    };
    const content = { secret: [{ name: 'token' }] };
    const { input, ctx, before } = await begin({ ...place, shell }, { path, content });
    expect(await acts.run(ctx, input, before)).toMatchObject({ done: true });
    expect(await acts.undo!(ctx, input, before)).toEqual({ done: true, output: null });
    const said = lines.join('\n').replaceAll(before.existed ? before.copy : '', '');
    for (const text of ['tok-123456', 'tok-000000'])
      for (const form of [text, createHash('sha256').update(text).digest('hex')])
        expect(said).not.toContain(form);
  });

  test('a new file in new folders leaves nothing behind when undone, not even the folders', async () => {
    const place = await usePlace();
    const path = join(place.dir, 'a/b/flag');
    const { input, ctx, before } = await begin(place, { path, content: 'x', mkdir: true });
    expect(await acts.run(ctx, input, before)).toMatchObject({ done: true });
    expect(await modeOf(path)).toBe('644');
    await acts.undo!(ctx, input, before);
    expect(await place.image()).toEqual({});
  });

  test('a folder that someone used meanwhile stays', async () => {
    const place = await usePlace();
    const path = join(place.dir, 'a/flag');
    const { input, ctx, before } = await begin(place, { path, content: 'x', mkdir: true });
    await acts.run(ctx, input, before);
    await writeFile(join(place.dir, 'a/theirs'), 'y');
    expect(await acts.undo!(ctx, input, before)).toEqual({ done: true, output: null });
    expect(Object.keys(await place.image())).toEqual(['a', 'a/theirs']);
    expect(ctx.logged()).toContain('no longer empty');
  });

  test('without mkdir a missing folder is refused, with nothing done and no use in trying again', async () => {
    const place = await usePlace();
    const { input, ctx, before } = await begin(place, { path: join(place.dir, 'no/flag'), content: 'x' });
    expect(await acts.run(ctx, input, before)).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
      short: expect.stringContaining('does not exist'),
    });
    expect(await place.image()).toEqual({});
  });

  test('content with a secret is readable by its owner only, and the before-image holds no content', async () => {
    const place = await usePlace();
    const path = join(place.dir, '.env');
    await writeFile(path, 'OLD=hunter2-old\n', { mode: 0o600 });
    const content = { secret: ['TOKEN=', { name: 'token' }, '\n'] };
    const { input, ctx, before } = await begin(place, { path, content });
    expect(JSON.stringify(before)).not.toContain('hunter2');
    await acts.run(ctx, input, before);
    expect(await readFile(path, 'utf8')).toBe('TOKEN=tok-123456\n');
    expect(fileWrite.preview(input)).not.toContain('tok-123456');

    const fresh = await begin(place, { path: join(place.dir, 'fresh'), content });
    await acts.run(fresh.ctx, fresh.input, fresh.before);
    expect(await modeOf(join(place.dir, 'fresh'))).toBe('600');
    if (before.existed) expect(await modeOf(before.copy)).toBe('600');
  });

  test('what already is as wanted is left alone', async () => {
    const place = await usePlace();
    const path = join(place.dir, 'f');
    await writeFile(path, 'same', { mode: 0o644 });
    await chmod(path, 0o644);
    const { ino } = await lstat(path);
    const { input, ctx, before } = await begin(place, { path, content: 'same', mode: '0644' });
    expect(await acts.run(ctx, input, before)).toMatchObject({ done: true, output: { changed: false } });
    expect((await lstat(path)).ino).toBe(ino);
  });

  test('probe tells done, not done, and somebody else apart', async () => {
    const place = await usePlace();
    const path = join(place.dir, 'f');
    await writeFile(path, 'old');
    const { input, ctx, before } = await begin(place, { path, content: 'new' });
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    await acts.run(ctx, input, before);
    expect(await acts.probe(ctx, input, before)).toMatchObject({ state: 'done', output: { changed: true } });
    await writeFile(path, 'theirs');
    expect(await acts.probe(ctx, input, before)).toMatchObject({ state: 'unknown' });
  });

  test("the undo keeps someone else's later version aside before it replaces it", async () => {
    const place = await usePlace();
    const path = join(place.dir, 'f');
    await writeFile(path, 'old');
    const { input, ctx, before } = await begin(place, { path, content: 'new' });
    await acts.run(ctx, input, before);
    await writeFile(path, 'theirs');
    expect(await acts.undo!(ctx, input, before)).toEqual({ done: true, output: null });
    expect(await readFile(path, 'utf8')).toBe('old');
    const kept = /kept as (\S+)/.exec(ctx.logged())?.[1];
    expect(await readFile(kept!, 'utf8')).toBe('theirs');
  });

  test('a symbolic link and a directory are refused before anything is done', async () => {
    const place = await usePlace();
    const link = join(place.dir, 'link');
    await writeFile(join(place.dir, 'real'), 'x');
    await symlink('real', link);
    await mkdir(join(place.dir, 'folder'));
    await expect(begin(place, { path: link, content: 'y' })).rejects.toThrow('a symbolic link');
    await expect(begin(place, { path: join(place.dir, 'folder'), content: 'y' })).rejects.toThrow(
      'a directory',
    );
  });

  test('a copy that was tampered with is not restored', async () => {
    const place = await usePlace();
    const path = join(place.dir, 'f');
    await writeFile(path, 'old');
    const { input, ctx, before } = await begin(place, { path, content: 'new' });
    await acts.run(ctx, input, before);
    if (!before.existed) throw new Error('the file was there');
    await writeFile(before.copy, 'forged');
    expect(await acts.undo!(ctx, input, before)).toMatchObject({ done: false, effect: 'none' });
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  test('the dry run says what would happen and changes nothing', async () => {
    const place = await usePlace();
    const path = join(place.dir, 'deep/er/f');
    const input = fileWrite.input.parse({ path, content: 'x' });
    const ctx = actContext({ clients: { shell: place.shell } });
    expect(await acts.check(ctx, input)).toMatchObject([
      { level: 'problem', what: expect.stringContaining('does not exist') },
      { level: 'simulated' },
    ]);
    expect(await acts.check(ctx, { ...input, mkdir: true })).toMatchObject([
      { level: 'verified' },
      { level: 'simulated', what: expect.stringContaining('as a new file') },
    ]);
    expect(await place.image()).toEqual({});
  });

  test('content and content_file exclude each other', () => {
    expect(fileWrite.input.safeParse({ path: '/x' }).success).toBe(false);
    expect(fileWrite.input.safeParse({ path: '/x', content: 'a', content_file: 'b' }).success).toBe(false);
    expect(fileWrite.input.safeParse({ path: 'relative', content: 'a' }).success).toBe(false);
  });
});
