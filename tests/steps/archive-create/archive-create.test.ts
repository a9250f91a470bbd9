import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, link, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { localGroup } from '../../../steps/_targets/local/local-group.ts';
import { acts as ownActs } from '../../../steps/archive-create/acts.ts';
import { archiveCreate } from '../../../steps/archive-create/step.ts';
import { actContext } from '../../support/act-context.ts';
import { asTheEngine } from '../../support/as-the-engine.ts';
import { claimOf, leftRunning } from '../../support/job-claim.ts';
import { type Place, usePlace, withEnv } from '../../support/place.ts';

const acts = asTheEngine(ownActs);

const begin = async (more: Record<string, unknown> = {}) => {
  const place = await usePlace();
  const source = join(place.dir, 'uploads');
  await mkdir(join(source, '2025/cache'), { recursive: true });
  await mkdir(join(source, 'tmp'));
  await writeFile(join(source, '2025/chärt -1.png'), 'x'.repeat(5000));
  await writeFile(join(source, '-rf'), 'y');
  await writeFile(join(source, '2025/cache/c'), 'cached');
  await writeFile(join(source, 'tmp/a.part'), 'part');
  await link(join(source, '-rf'), join(source, 'same'));
  await symlink('nowhere', join(source, 'dangling'));
  const path = join(place.dir, "it's.tar.gz");
  const ctx = actContext({ clients: { shell: place.shell } });
  const input = archiveCreate.input.parse({ path, source, ...more });
  return { ...place, source, path, ctx, input };
};

/** The same place with a program of the test's own in front of the real one, which it finds as $real. */
const withTool = async ({ dir, shell }: Place, name: string, script: string) => {
  const bin = join(dir, '..', 'bin');
  await mkdir(bin, { recursive: true });
  const { stdout } = await shell.exec(['sh', '-c', 'command -v "$1"', 'sh', name]);
  const real = Buffer.from(stdout).toString().trim();
  await writeFile(join(bin, name), `#!/bin/sh\nreal='${real}'\n${script}\n`);
  await chmod(join(bin, name), 0o755);
  return actContext({ clients: { shell: withEnv(shell, { PATH: `${bin}:${process.env.PATH}` }) } });
};

const listed = async ({ shell }: Place, path: string): Promise<string[]> => {
  const { stdout } = await shell.exec(['tar', '--quoting-style=literal', '-tzf', path]);
  return Buffer.from(stdout).toString().trim().split('\n').sort();
};

describe('archive.create', () => {
  test('writes a compared archive that only its owner can read, and the undo removes it', async () => {
    const world = await begin({ exclude: ['2025/cache', 'tmp/*.part'] });
    const { ctx, input, path, image } = world;
    const untouched = await image();
    const before = await acts.prepare!(ctx, input);
    const outcome = await acts.run(ctx, input, before);
    const bytes = await readFile(path);
    const output = {
      path,
      bytes: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      files: 3,
      source_bytes: 5001,
    };
    expect(outcome).toEqual({ done: true, output });
    expect(await listed(world, path)).toEqual([
      './',
      './-rf',
      './2025/',
      './2025/chärt -1.png',
      './dangling',
      './same',
      './tmp/',
    ]);
    expect((await image())["it's.tar.gz"]).toMatch(/^100600 /);
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'done', output });
    expect(await acts.run({ ...ctx, attempt: 2 }, input, before)).toEqual(outcome);
    for (const _ of [1, 2])
      expect(await acts.undo!(ctx, input, before)).toEqual({ done: true, output: null });
    expect(await image()).toEqual(untouched);
  });

  test('never overwrites, and its undo leaves alone what it did not make', async () => {
    const { ctx, input, path } = await begin();
    await writeFile(path, 'an older backup');
    const before = await acts.prepare!(ctx, input);
    expect(await acts.run(ctx, input, before)).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
    });
    // Also where it came between the look and the act.
    expect(await acts.run(ctx, input, { existed: false })).toMatchObject({ done: false, retryable: false });
    expect(await acts.check(ctx, input)).toContainEqual(expect.objectContaining({ level: 'problem' }));
    await acts.undo!(ctx, input, before);
    await acts.undo!(ctx, input, { existed: false });
    expect(await readFile(path, 'utf8')).toBe('an older backup');
  });

  test('an archive that somebody else put there meanwhile is neither taken for its own nor removed', async () => {
    const { ctx, input, path, dir } = await begin();
    const other = actContext({ clients: { shell: await ctx.connect('shell') } });
    const theirs = { ...other, stepId: 'another' };
    expect(await acts.run(theirs, input, { existed: false })).toMatchObject({ done: true });
    expect(await acts.probe(ctx, input, { existed: false, supervised: true })).toEqual({ state: 'not-done' });
    expect(await acts.undo!(ctx, input, { existed: false })).toEqual({ done: true, output: null });
    expect(ctx.logged()).toContain('stays: it is not what this step made');
    // Its own, which was moved aside and replaced.
    await rename(path, join(dir, 'moved'));
    const next = { ...ctx, attempt: 2 };
    expect(await acts.run(next, input, { existed: false })).toMatchObject({ done: true });
    await rename(join(dir, 'moved'), path);
    expect(await acts.undo!(ctx, input, { existed: false })).toEqual({ done: true, output: null });
    expect((await readFile(path)).byteLength).toBeGreaterThan(0);
  });

  test.each([
    ['a file that changes while it is read', 'echo z >>tmp/a.part; exec "$real" "$@"', /./],
    [
      'a file that changes afterwards',
      '"$real" "$@"; s=$?; echo z >>tmp/a.part; exit $s',
      /tmp\/a.part|bytes/,
    ],
    ['a file that vanishes', 'rm tmp/a.part; exec "$real" "$@"', /tmp\/a.part/],
    ['a file that comes', '"$real" "$@"; s=$?; echo >tmp/new; exit $s', /tmp|new/],
  ])('%s is told, and there is no archive', async (_what, script, told) => {
    const world = await begin();
    const { input, path, image } = world;
    const ctx = await withTool(world, 'tar', `case $* in *-czf*) ;; *) exec "$real" "$@" ;; esac\n${script}`);
    expect(await acts.run(ctx, input, { existed: false })).toMatchObject({
      done: false,
      effect: 'none',
      retryable: true,
      short: expect.stringMatching(told),
    });
    expect(Object.keys(await image())).not.toContain(path);
    expect(Object.keys(await image()).filter((name) => name.includes('tar.gz'))).toEqual([]);
  });

  test('an archive that is cut short, or lacks a file, never gets its name', async () => {
    for (const spoil of ['truncate -s 300 "$2"', 'cd /; "$real" -czf "$2" --files-from /dev/null']) {
      const world = await begin();
      const ctx = await withTool(
        world,
        'tar',
        `case $* in *-czf*) "$real" "$@" && ${spoil} ;; *) exec "$real" "$@" ;; esac`,
      );
      expect(await acts.run(ctx, world.input, { existed: false })).toMatchObject({
        done: false,
        effect: 'none',
      });
      expect(Object.keys(await world.image()).filter((name) => name.includes('tar.gz'))).toEqual([]);
    }
  });

  test('an archive is decompressed once to be compared; the probe has it on record, a later attempt looks', async () => {
    const world = await begin();
    const calls = join(world.dir, '..', 'calls');
    const ctx = await withTool(
      world,
      'gzip',
      `case $* in *-d*|*-t*) echo "$@" >>'${calls}' ;; esac; exec "$real" "$@"`,
    );
    const decompressed = async () => (await readFile(calls, 'utf8')).trim().split('\n').length;
    const outcome = await acts.run(ctx, world.input, { existed: false });
    expect(outcome).toMatchObject({ done: true, output: { files: 5 } });
    expect(await decompressed()).toBe(1);
    const probed = await acts.probe(ctx, world.input, { existed: false });
    expect(probed).toEqual({ state: 'done', output: outcome.done && outcome.output });
    expect(await decompressed()).toBe(1);
    expect(await acts.run({ ...ctx, attempt: 2 }, world.input, { existed: false })).toEqual(outcome);
    expect(await decompressed()).toBe(2);
  });

  test('a checksum that does not fit is told, also behind the end mark of tar', async () => {
    const world = await begin();
    const ctx = await withTool(
      world,
      'tar',
      `case $* in *-czf*) "$real" "$@"; size=$(wc -c <"$2"); printf 'xxxx' | dd of="$2" bs=1 seek=$((size - 8)) conv=notrunc 2>/dev/null ;; *) exec "$real" "$@" ;; esac`,
    );
    expect(await acts.run(ctx, world.input, { existed: false })).toMatchObject({
      done: false,
      short: expect.stringMatching(/not as the source: .*crc error/),
    });
  });

  test('a full disk leaves nothing behind', async () => {
    const world = await begin();
    const { source, input, image } = world;
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919 + (i >> 7)) % 251));
    await writeFile(join(source, 'large'), bytes);
    const ctx = await withTool(
      world,
      'tar',
      'case $* in *-czf*) ulimit -f 1 ;; esac; trap "" XFSZ; exec "$real" "$@"',
    );
    const untouched = await image();
    expect(await acts.run(ctx, input, { existed: false })).toMatchObject({ done: false, effect: 'none' });
    expect(await image()).toEqual(untouched);
  });

  test.each([
    ['a missing source', { source: '/nonexistent' }, '/nonexistent does not exist'],
    ['a source that is a file', { source: '/etc/hostname' }, 'is not a directory'],
    ['a missing folder', { path: '/nonexistent/a.tar.gz' }, 'does not exist'],
  ])('%s is told by the dry run and by the act', async (_what, more, told) => {
    const { ctx, input } = await begin(more);
    expect(await acts.check(ctx, input)).toContainEqual(
      expect.objectContaining({ level: 'problem', what: expect.stringContaining(told) }),
    );
    expect(await acts.run(ctx, input, { existed: false })).toMatchObject({
      done: false,
      retryable: false,
      short: expect.stringContaining(told),
    });
  });

  test('a socket among the files is found by the dry run, unless it is left out', async () => {
    const { ctx, input, source } = await begin();
    const server = createServer().listen(join(source, 'tmp/app.sock'));
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    expect(await acts.check(ctx, input)).toMatchObject([
      { level: 'problem', what: /holds a socket.*app\.sock/, remedy: /exclude/ },
    ]);
    expect(await acts.run(ctx, input, { existed: false })).toMatchObject({ done: false, effect: 'none' });
    const without = { ...input, exclude: ['tmp/*.sock'] };
    expect((await acts.check(ctx, without)).filter(({ level }) => level === 'problem')).toEqual([]);
    expect(await acts.run({ ...ctx, attempt: 2 }, without, { existed: false })).toMatchObject({
      done: true,
    });
  });

  test('does not archive itself', async () => {
    const { ctx, input, source } = await begin();
    const inside = { ...input, path: join(source, 'tmp/a.tar.gz') };
    expect(await acts.check(ctx, inside)).toMatchObject([{ level: 'problem', what: /inside/ }]);
    expect(await acts.run(ctx, inside, { existed: false })).toMatchObject({
      done: false,
      retryable: false,
      short: expect.stringContaining('inside'),
    });
  });

  test('a name that cannot be compared is refused', async () => {
    const { ctx, input, source } = await begin();
    await writeFile(join(source, 'two\nlines'), '');
    expect(await acts.run(ctx, input, { existed: false })).toMatchObject({
      done: false,
      short: expect.stringContaining('line break'),
    });
  });

  test('the dry run counts what it will read', async () => {
    const { ctx, input, source, image } = await begin({ exclude: ['tmp'] });
    const untouched = await image();
    expect(await acts.check(ctx, input)).toMatchObject([
      { level: 'verified', what: expect.stringContaining('bytes free') },
      { level: 'verified', what: `${source} holds 4 files of 5007 bytes, all readable` },
    ]);
    expect(await image()).toEqual(untouched);
  });

  test('an engine that goes and comes back follows the same archive, and tar packed once', async () => {
    const world = await begin();
    const { input, shell, path, dir } = world;
    const [gate, calls] = [join(dir, '..', 'gate'), join(dir, '..', 'calls')];
    const ctx = await withTool(
      world,
      'tar',
      `case $* in *-czf*) echo x >>'${calls}'; until [ -e '${gate}' ]; do sleep 0.02; done ;; esac; exec "$real" "$@"`,
    );
    const before = await acts.prepare!(ctx, input);
    const claim = await leftRunning(acts, ctx, input, before);
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'alive' });
    const followed = acts.run(ctx, input, before);
    await writeFile(gate, '');
    expect(await followed).toMatchObject({ done: true, output: { files: 5 } });
    expect(await claimOf(shell, ctx.runId)).toEqual(claim);
    expect(await readFile(calls, 'utf8')).toBe('x\n');
    expect((await listed(world, path)).length).toBe(10);
  });

  test('what was left at work is ended and proven dead before another attempt begins', async () => {
    const world = await begin();
    const { ctx, input, path, image } = world;
    const slow = await withTool(
      world,
      'tar',
      `case $* in *-czf*) echo half >"$2"; trap '' TERM; while :; do sleep 1; done ;; *) exec "$real" "$@" ;; esac`,
    );
    const later = { ...ctx, runId: slow.runId, attempt: 2, killGraceMs: 100 };
    const before = await acts.prepare!(slow, input);
    const { group } = await leftRunning(acts, slow, input, before);
    expect(await acts.run(later, input, before)).toMatchObject({ done: true });
    expect(await localGroup(group).alive()).toBe(false);
    expect((await listed(world, path)).length).toBe(10);
    expect(Object.keys(await image()).filter((name) => name.includes('runbook-'))).toEqual([]);
  });

  test('a time-out ends it, and the undo of what was cut off leaves nothing', async () => {
    const world = await begin();
    const { shell, input, image } = world;
    const untouched = await image();
    const slow = await withTool(
      world,
      'tar',
      'case $* in *-czf*) echo half >"$2"; sleep 60 ;; *) exec "$real" "$@" ;; esac',
    );
    const stop = new AbortController();
    const before = await acts.prepare!(slow, input);
    const running = acts.run({ ...slow, signal: stop.signal }, input, before);
    const { group } = await claimOf(shell, slow.runId);
    stop.abort('timeout');
    expect(await running).toMatchObject({
      done: false,
      effect: 'unknown',
      short: 'timed out, and was ended',
    });
    expect(await localGroup(group).alive()).toBe(false);
    for (const _ of [1, 2]) await acts.undo!(slow, input, before);
    expect(await image()).toEqual(untouched);
    expect(await acts.probe(slow, input, before)).toEqual({ state: 'not-done' });
  });

  test('work that such a signal finds ended is judged by its exit', async () => {
    const world = await begin();
    const { input } = world;
    const stop = new AbortController();
    const slow = await withTool(world, 'tar', 'case $* in *-czf*) exit 2 ;; *) exec "$real" "$@" ;; esac');
    const before = await acts.prepare!(slow, input);
    await leftRunning(acts, slow, input, before).catch(() => undefined);
    await expect
      .poll(() => acts.probe(slow, input, before), { timeout: 10_000 })
      .toMatchObject({ state: 'failed', outcome: { effect: 'none' } });
    stop.abort('timeout');
    expect(await acts.run({ ...slow, signal: stop.signal }, input, before)).toMatchObject({
      done: false,
      effect: 'none',
      byItself: true,
    });
  });

  test('reports the bytes that were read, of how many', async () => {
    const world = await begin();
    const { source, input } = world;
    await writeFile(join(source, 'large'), Buffer.alloc(30_000_000));
    const slow = await withTool(
      world,
      'tar',
      'case $* in *-czf*) "$real" "$@"; s=$?; sleep 2.5; exit $s ;; *) exec "$real" "$@" ;; esac',
    );
    expect(await acts.run(slow, input, { existed: false })).toMatchObject({ done: true });
    const reports = slow.reported();
    expect(reports.length).toBeGreaterThan(0);
    for (const report of reports) expect(report).toMatchObject({ total: 30_005_011, unit: 'bytes' });
    expect(reports.at(-1)?.done).toBeGreaterThan(10_000_000);
    expect(reports.at(-1)?.done).toBeLessThanOrEqual(30_005_011);
  });

  test.each(['/abs', '../up', './x', 'a/', 'a\nb', '.'])('refuses to exclude %j', (name) => {
    const exclude = [name];
    expect(archiveCreate.input.safeParse({ path: '/a', source: '/b', exclude }).success).toBe(false);
  });
});
