import { randomBytes } from 'node:crypto';
import { appendFile, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256, temporaryBeside } from '../../../steps/_work/path.ts';
import type { Shell } from '../../../steps/_work/shell.ts';
import { acts as thrown } from '../../../steps/file-copy/acts.ts';
import { fileCopy } from '../../../steps/file-copy/step.ts';
import { actContext } from '../../support/act-context.ts';
import { useLab } from '../../support/lab.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { type Place, usePlace, useVps } from '../../support/place.ts';

const lab = await useLab();
const acts = withOutcomes(thrown);
/** Two pieces and a bit. */
const content = randomBytes(17 * 1024 * 1024 + 5);

interface More {
  readonly content?: Uint8Array;
  readonly with?: Record<string, unknown>;
  readonly to?: Place;
  readonly signal?: AbortSignal;
}

const begin = async (more: More = {}) => {
  const source = await usePlace();
  const target = more.to ?? (await usePlace());
  const from = join(source.dir, 'dump.sql');
  const path = join(target.dir, 'copy.sql');
  await writeFile(from, more.content ?? content);
  let calls = 0;
  let before: (call: number) => Promise<void> = async () => {};
  const shell: Shell = {
    ...target.shell,
    exec: async (...given) => {
      calls += 1;
      await before(calls);
      return target.shell.exec(...given);
    },
  };
  const ctx = actContext({
    clients: { shell },
    places: { local: source.shell },
    ...(more.signal && { signal: more.signal }),
  });
  const input = fileCopy.input.parse({ from: { path: from }, path, ...more.with });
  return {
    from,
    path,
    dir: target.dir,
    ctx,
    input,
    prepare: () => thrown.prepare!(ctx, input),
    run: async (image: Awaited<ReturnType<NonNullable<typeof acts.prepare>>>, attempt = 1) =>
      acts.run({ ...ctx, attempt }, input, image),
    copied: () => readFile(path),
    /** Before each of the next calls at the target's place. */
    meanwhile: (act: (call: number) => Promise<void>) => {
      calls = 0;
      before = act;
    },
  };
};

describe('a copy', () => {
  test.each([
    ['of several pieces', content],
    ['of nothing', new Uint8Array()],
    ['of exactly one piece', content.subarray(0, 8 * 1024 * 1024)],
  ])('%s is what was read, and says how far it is', async (_, bytes) => {
    const { prepare, run, copied, ctx, dir } = await begin({ content: bytes });
    expect(await run(await prepare())).toMatchObject({
      done: true,
      output: { bytes: bytes.byteLength, sha256: sha256(bytes), changed: true },
    });
    expect(sha256(await copied())).toBe(sha256(bytes));
    expect(ctx.reported().at(-1)).toEqual({ done: bytes.byteLength, total: bytes.byteLength, unit: 'bytes' });
    expect(await readdir(dir)).toEqual(['copy.sql']);
  });

  test('to another place has the mode that was asked for, in folders that it made', async () => {
    const vps = await useVps(lab);
    const path = join(vps.dir, 'new/folder/copy.sql');
    const { prepare, run } = await begin({ to: vps, with: { path, mode: '0600', mkdir: true } });
    expect(await run(await prepare())).toMatchObject({ done: true });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(sha256(await readFile(path))).toBe(sha256(content));
  });

  test('that is there already is left as it is', async () => {
    const { prepare, run, path } = await begin();
    await writeFile(path, content, { mode: 0o644 });
    const { mtimeMs } = await stat(path);
    expect(await run(await prepare())).toMatchObject({ done: true, output: { changed: false } });
    expect((await stat(path)).mtimeMs).toBe(mtimeMs);
  });
});

describe('a copy that is cut off', () => {
  test('rests where it is, and goes on there', async () => {
    const control = new AbortController();
    const first = await begin({ signal: control.signal });
    const image = await first.prepare();
    first.meanwhile(async (call) => {
      // The size, and two pieces.
      if (call === 3) control.abort('detach');
    });
    expect(await first.run(image)).toMatchObject({ done: false, effect: 'some', retryable: true });
    first.meanwhile(async () => {});
    const resumed = { ...first.ctx, attempt: 2, signal: new AbortController().signal };
    expect(await acts.run(resumed, first.input, image)).toMatchObject({ done: true });
    expect(sha256(await first.copied())).toBe(sha256(content));
    const begun = first.ctx.reported().map(({ done }) => done);
    expect(begun.filter((done) => done === 0)).toHaveLength(1);
  });

  test('over a part of another file is not put in place, and the next attempt copies it anew', async () => {
    const { prepare, run, path, copied, ctx, dir } = await begin();
    const image = await prepare();
    await writeFile(temporaryBeside(path, ctx), randomBytes(1_000));
    expect(await run(image)).toMatchObject({ done: false, effect: 'some', retryable: true });
    expect(await readdir(dir)).toEqual([]);
    expect(await run(image, 2)).toMatchObject({ done: true });
    expect(sha256(await copied())).toBe(sha256(content));
  });

  test.each([
    ['shorter', (from: string) => truncate(from, 100)],
    ['another one', (from: string) => writeFile(from, randomBytes(content.byteLength))],
  ])('of a file that became %s meanwhile is not put in place', async (_, change) => {
    const { prepare, run, from, dir } = await begin();
    const image = await prepare();
    await change(from);
    const outcome = await run(image);
    expect(outcome).toMatchObject({ done: false, effect: 'some' });
    expect((await readdir(dir)).filter((name) => !name.startsWith('.'))).toEqual([]);
  });
});

test('a file that grew is copied as it was when the step began', async () => {
  const { prepare, run, from, copied } = await begin();
  const image = await prepare();
  await appendFile(from, 'more');
  expect(await run(image)).toMatchObject({ done: true });
  expect(sha256(await copied())).toBe(sha256(content));
});

describe('before anything is copied', () => {
  test.each([
    ['is missing', { from: { path: '/nowhere/file' } }, /\/nowhere\/file on local is not there/],
    ['has another hash', { sha256: 'a'.repeat(64) }, /has the SHA-256 [0-9a-f]{64}, expected a{64}/],
  ])('a file that %s is refused', async (_, given, short) => {
    const { prepare, dir } = await begin({ with: given });
    await expect(prepare()).rejects.toThrow(short);
    expect(await readdir(dir)).toEqual([]);
  });

  test('the dry run says what is there and what would be done', async () => {
    const { ctx, input, dir } = await begin();
    const findings = await thrown.check(ctx, input);
    expect(findings.map(({ level }) => level)).toEqual(['verified', 'verified', 'simulated']);
    expect(await readdir(dir)).toEqual([]);
  });

  test('the dry run says what is missing yet', async () => {
    const { ctx, input } = await begin({ with: { from: { path: '/nowhere/file' } } });
    const [missing] = await thrown.check(ctx, input);
    expect(missing).toMatchObject({ level: 'unchecked', what: expect.stringContaining('not true yet') });
  });
});

test('the undo removes a half copy too', async () => {
  const control = new AbortController();
  const { prepare, run, ctx, input, dir, meanwhile } = await begin({ signal: control.signal });
  const image = await prepare();
  meanwhile(async (call) => {
    if (call === 3) control.abort('detach');
  });
  await run(image);
  meanwhile(async () => {});
  expect(await readdir(dir)).toHaveLength(1);
  expect(await acts.undo!({ ...ctx, signal: new AbortController().signal }, input, image)).toMatchObject({
    done: true,
  });
  expect(await readdir(dir)).toEqual([]);
});
