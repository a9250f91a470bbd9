import { chmod, lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { temporaryBeside } from '../../../steps/_work/path.ts';
import { acts as thrown } from '../../../steps/env-edit/acts.ts';
import { envEdit } from '../../../steps/env-edit/step.ts';
import { actContext } from '../../support/act-context.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { usePlace } from '../../support/place.ts';

const acts = withOutcomes(thrown);

const old = "# old\nPORT=3000\nDB_URL='mysql://hunter2-old'\nJWT=gone\nJWT=gone-too\n";
const secrets = { db: 'hunter2-new' };
const edit = {
  set: { DB_URL: { secret: ['postgres://', { name: 'db' }] }, NEW: 'visible-value' },
  remove: ['JWT'],
};

const begin = async (more: Record<string, unknown> = {}) => {
  const place = await usePlace();
  const path = join(place.dir, '.env');
  const oldRelease = join(place.dir, 'old.env');
  await writeFile(oldRelease, old);
  await chmod(oldRelease, 0o640);
  const ctx = actContext({ clients: { shell: place.shell }, secrets });
  const input = envEdit.input.parse({ path, ...edit, ...more });
  return { ...place, path, oldRelease, ctx, input };
};

const modeOf = async (path: string) => ((await lstat(path)).mode & 0o777).toString(8);

describe('env.edit', () => {
  test('edits in place, keeps mode, and the undo brings back every byte', async () => {
    const { path, ctx, input, image } = await begin();
    await writeFile(path, old);
    await chmod(path, 0o604);
    const untouched = await image();
    const before = await acts.prepare!(ctx, input);
    const outcome = await acts.run(ctx, input, before);
    const output = { path, added: ['NEW'], changed: ['DB_URL'], removed: ['JWT'], changed_file: true };
    expect(outcome).toEqual({ done: true, output });
    expect(await readFile(path, 'utf8')).toBe(
      '# old\nPORT=3000\nDB_URL=postgres://hunter2-new\nNEW=visible-value\n',
    );
    expect(await modeOf(path)).toBe('604');
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'done', output });
    for (const _ of [1, 2])
      expect(await acts.undo!(ctx, input, before)).toEqual({ done: true, output: null });
    expect(await image()).toEqual(untouched);
  });

  test("makes a new release's file from the old one's; the undo removes it", async () => {
    const { path, oldRelease, ctx, input, image } = await begin();
    const untouched = await image();
    const made = { ...input, from: oldRelease };
    const before = await acts.prepare!(ctx, made);
    expect(await acts.run(ctx, made, before)).toMatchObject({
      done: true,
      output: { added: ['NEW'], changed: ['DB_URL'], removed: ['JWT'] },
    });
    expect(parseEnv(await readFile(path, 'utf8'))).toEqual({
      PORT: '3000',
      DB_URL: 'postgres://hunter2-new',
      NEW: 'visible-value',
    });
    expect(await modeOf(path), 'as strict as the file it came from').toBe('640');
    expect(await readFile(oldRelease, 'utf8')).toBe(old);
    await writeFile(oldRelease, 'CHANGED=since');
    expect(await acts.probe(ctx, made, before), 'the start is the copy').toMatchObject({ state: 'done' });
    await writeFile(oldRelease, old);
    await acts.undo!(ctx, made, before);
    expect(await image()).toEqual(untouched);
  });

  test('without a file to start from it makes one for its owner only', async () => {
    const { path, ctx, input } = await begin();
    const before = await acts.prepare!(ctx, input);
    expect(await acts.run(ctx, input, before)).toMatchObject({ done: true, output: { removed: [] } });
    expect(await modeOf(path)).toBe('600');
  });

  test('neither log nor before-image nor output nor findings tell of a value', async () => {
    const { path, ctx, input } = await begin();
    await writeFile(path, old);
    const findings = await acts.check(ctx, input);
    const before = await acts.prepare!(ctx, input);
    const outcome = await acts.run(ctx, input, before);
    const told = JSON.stringify([findings, before, outcome, ctx.logged(), envEdit.preview(input)]);
    for (const value of ['hunter2', 'mysql:', 'postgres:', 'visible-value', 'gone', '3000'])
      expect(told).not.toContain(value);
    expect(ctx.logged()).toBe(
      'JWT was defined more than once; the last one counted, and all are handled\n+ NEW\n~ DB_URL\n- JWT\n',
    );
    expect(findings.at(-1)).toEqual({
      level: 'simulated',
      what: `would change in ${path}: + NEW, ~ DB_URL, - JWT`,
    });
  });

  test('what already is as wanted is left alone', async () => {
    const { path, ctx, input } = await begin({ set: { PORT: '3000' }, remove: ['NOT_THERE'] });
    await writeFile(path, old);
    const { ino } = await lstat(path);
    const before = await acts.prepare!(ctx, input);
    expect(await acts.run(ctx, input, before)).toEqual({
      done: true,
      output: { path, added: [], changed: [], removed: [], changed_file: false },
    });
    expect((await lstat(path)).ino).toBe(ino);
  });

  test('a file that someone changed between the look and the act is not overwritten', async () => {
    const { path, ctx, input } = await begin();
    await writeFile(path, old);
    const before = await acts.prepare!(ctx, input);
    await writeFile(path, 'THEIRS=1\n');
    expect(await acts.run(ctx, input, before)).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
    });
    expect(await acts.probe(ctx, input, before)).toMatchObject({ state: 'unknown' });
    expect(await readFile(path, 'utf8')).toBe('THEIRS=1\n');
    await acts.undo!(ctx, input, before);
    expect(await readFile(path, 'utf8')).toBe(old);
    expect(ctx.logged()).toContain('kept as');
  });

  test('a value that cannot be written changes nothing', async () => {
    const { path, ctx, input } = await begin({ set: { A: { secret: [{ name: 'hard' }] } } });
    await writeFile(path, old);
    const hard = actContext({ clients: { shell: await ctx.connect('shell') }, secrets: { hard: 'a\rb' } });
    const before = await acts.prepare!(hard, input);
    expect(await acts.run(hard, input, before)).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
      short: expect.stringContaining('no quotes can hold the value of A'),
    });
    expect(await acts.check(hard, input)).toContainEqual(expect.objectContaining({ level: 'problem' }));
    expect(await readFile(path, 'utf8')).toBe(old);
  });

  test('a full disk changes nothing, and the same step can be tried again', async () => {
    const { path, dir, shell, ctx, input } = await begin();
    await writeFile(path, old);
    const before = await acts.prepare!(ctx, input);
    // A file size limit fails the write in the middle, as a full disk does.
    const full = {
      ...shell,
      exec: ((argv, options) =>
        argv.includes(temporaryBeside(path, ctx))
          ? shell.exec(['sh', '-c', 'trap "" XFSZ; ulimit -f 0; exec "$@"', 'sh', ...argv], options)
          : shell.exec(argv, options)) as typeof shell.exec,
    };
    const cramped = { ...ctx, connect: actContext({ clients: { shell: full } }).connect };
    expect(await acts.run(cramped, input, before)).toMatchObject({
      done: false,
      effect: 'none',
      retryable: true,
    });
    expect(await readFile(path, 'utf8')).toBe(old);
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    expect(await acts.run(ctx, input, before)).toMatchObject({ done: true });
    expect(dir).toBeTruthy();
  });

  test('links, a missing source and contradictions are refused before anything is done', async () => {
    const { path, oldRelease, dir, ctx, input } = await begin();
    await symlink(oldRelease, path);
    await expect(acts.prepare!(ctx, input)).rejects.toThrow('a symbolic link');
    const missing = { ...input, path: join(dir, 'new.env'), from: join(dir, 'nowhere') };
    await expect(acts.prepare!(ctx, missing)).rejects.toThrow('not there');
    expect(await acts.check(ctx, missing)).toMatchObject([{ level: 'problem' }]);
    for (const wrong of [{}, { set: { A: '1' }, remove: ['A'] }, { set: { 'A B': '1' } }])
      expect(envEdit.input.safeParse({ path, ...wrong }).success).toBe(false);
  });

  test('the dry run does not take a release that is still to be made for an error', async () => {
    const { oldRelease, dir, ctx, input, image } = await begin();
    const untouched = await image();
    const made = { ...input, path: join(dir, 'releases/2/.env'), from: oldRelease };
    expect(await acts.check(ctx, made)).toMatchObject([
      { level: 'problem', passing: true, what: expect.stringContaining('does not exist') },
      { level: 'simulated', what: expect.stringContaining(`(new, from ${oldRelease})`) },
    ]);
    expect(await image()).toEqual(untouched);
    await mkdir(join(dir, 'releases/2'), { recursive: true });
    await chmod(oldRelease, 0o644);
    expect(await acts.check(ctx, { ...made, set: edit.set })).toContainEqual({
      level: 'unchecked',
      what: `everybody on the machine could read DB_URL: ${made.path} would have mode 644`,
      remedy: expect.stringContaining("mode: '0600'"),
    });
    const dollar = { ...made, set: { A: 'a$b' } };
    expect(await acts.check(ctx, dollar)).toMatchObject([
      { level: 'verified' },
      { level: 'unchecked', what: expect.stringContaining('$') },
      { level: 'simulated' },
    ]);
  });
});
