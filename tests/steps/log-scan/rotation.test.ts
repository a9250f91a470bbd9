/** No line is lost in silence: it is read where it stands by now, or the scan fails. */
import { execFileSync } from 'node:child_process';
import {
  appendFile,
  copyFile,
  mkdir,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { acts as thrown } from '../../../steps/log-scan/acts.ts';
import { type LogScanOutput, logScan } from '../../../steps/log-scan/step.ts';
import { actContext } from '../../support/act-context.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { usePlace } from '../../support/place.ts';

const acts = withOutcomes(thrown);

/** More than the beginning and the end that a file is known by. */
const old = Array.from({ length: 400 }, (_, i) => `2026-11-28T00:00:${i} an old line of the log\n`).join('');

const begin = async (before = old, optional = false) => {
  const { dir, shell: real } = await usePlace();
  const path = join(dir, 'access.log');
  let calls: (() => Promise<void>)[] = [];
  const exec: typeof real.exec = async (...given) => {
    await calls.shift()?.();
    return real.exec(...given);
  };
  const shell = { ...real, exec };
  if (before !== 'missing') await writeFile(path, before);
  const ctx = actContext({ clients: { shell } });
  const run = async (more: Record<string, unknown>) => {
    const input = logScan.input.parse({
      paths: [path],
      count: { all: '.' },
      max_lines: 200,
      optional,
      ...more,
    });
    return acts.run(ctx, input, await acts.prepare!(ctx, input));
  };
  const output = async (more: Record<string, unknown>): Promise<LogScanOutput> => {
    const outcome = await run(more);
    if (!outcome.done) throw new Error(outcome.short);
    return outcome.output;
  };
  let since = (await output({ mark: true })).positions;
  /** What came since the last call. */
  const next = async (): Promise<readonly string[]> => {
    const found = await output({ since });
    since = JSON.parse(JSON.stringify(found.positions)) as typeof since;
    return found.samples;
  };
  const scan = () => run({ since });
  /** Before each of the next calls of the shell. */
  const beforeCalls = (...acts: (() => Promise<void>)[]) => {
    calls = acts;
  };
  return {
    dir,
    path,
    next,
    scan,
    beforeCalls,
    remark: async () => (since = (await output({ mark: true })).positions),
  };
};

const gzip = (path: string) => execFileSync('gzip', [path]);

/** When a file was made is known by the second. */
const nextSecond = () => setTimeout(1_000 - (Date.now() % 1_000) + 50);

const lost = { done: false, effect: 'none', retryable: false, noAnswer: true };

describe('a log that was put aside', () => {
  test.each([
    'access.log.1',
    'access.log-20261128',
    'access.log-20261128-1764316800',
    'access.log-2026-11-28_00',
    'access-20261128.log',
    'access__2026-11-28_00-00-00.log',
    'access.1.log',
    'access.log.old',
  ])('is found as %s, plain and compressed', async (name) => {
    const { dir, path, next } = await begin();
    await appendFile(path, 'before\n');
    await rename(path, join(dir, name));
    await writeFile(path, 'after\n');
    expect(await next()).toEqual(['before', 'after']);
    await appendFile(path, 'second\n');
    await rm(join(dir, name));
    await rename(path, join(dir, name));
    gzip(join(dir, name));
    await writeFile(path, 'third\n');
    expect(await next()).toEqual(['second', 'third']);
    expect(await next()).toEqual([]);
  });

  test('is found through two rotations', async () => {
    const { path, next } = await begin();
    await appendFile(path, 'one\n');
    await rename(path, `${path}.2`);
    gzip(`${path}.2`);
    await writeFile(`${path}.1`, 'two\n');
    await writeFile(path, 'three\n');
    expect(await next()).toEqual(['one', 'two', 'three']);
  });

  test('is found through two rotations that are named by date', async () => {
    const { path, next } = await begin();
    await appendFile(path, 'one\n');
    await rename(path, `${path}-20261128`);
    gzip(`${path}-20261128`);
    await writeFile(`${path}-20261129`, 'two\n');
    await writeFile(path, 'three\n');
    await writeFile(`${path}-20261101`, 'long ago\n');
    await utimes(`${path}-20261101`, 1_000, 1_000);
    expect(await next()).toEqual(['one', 'two', 'three']);
  });

  test('fails where one in between is missing, or the old one itself', async () => {
    const { path, scan } = await begin();
    await appendFile(path, 'one\n');
    await rename(path, `${path}.3`);
    await writeFile(`${path}.1`, 'three\n');
    await writeFile(path, 'four\n');
    expect(await scan()).toMatchObject({ ...lost, short: /number 2 is missing/ });
    await writeFile(`${path}.2`, 'two\n');
    await utimes(`${path}.3`, 1_000, 1_000);
    await utimes(`${path}.2`, 2_000, 2_000);
    expect(await scan()).toMatchObject({ done: true });
    await rm(`${path}.3`);
    expect(await scan()).toMatchObject({ ...lost, short: /lines since the position are lost/ });
  });

  test('fails where its compressed file is damaged', async () => {
    const { path, scan } = await begin();
    await appendFile(path, 'one\n'.repeat(5_000));
    await rename(path, `${path}.1`);
    gzip(`${path}.1`);
    const { size } = await import('node:fs').then(({ statSync }) => statSync(`${path}.1.gz`));
    await truncate(`${path}.1.gz`, size - 12);
    await writeFile(path, 'two\n');
    expect(await scan()).toMatchObject({ done: false, noAnswer: true });
  });

  test('is read on while its writer has not moved on', async () => {
    const { path, next } = await begin();
    await rename(path, `${path}.1`);
    await writeFile(path, '');
    expect(await next()).toEqual([]);
    await appendFile(`${path}.1`, 'late\n');
    expect(await next()).toEqual(['late']);
    await appendFile(`${path}.1`, 'later\n');
    await appendFile(path, 'new\n');
    expect(await next()).toEqual(['later', 'new']);
    await rm(`${path}.1`);
    await appendFile(path, 'newer\n');
    expect(await next()).toEqual(['newer']);
  });

  test('gives a line that begins in it and ends in its successor as one', async () => {
    const { path, next } = await begin();
    await appendFile(path, 'whole\nERR');
    await rename(path, `${path}.1`);
    await writeFile(path, '');
    await nextSecond();
    expect(await next()).toEqual(['whole']);
    await appendFile(path, 'OR 500\n');
    expect(await next()).toEqual(['ERROR 500']);
    expect(await next()).toEqual([]);
  });
});

describe('a log that is put aside while it is looked at', () => {
  const nothing = async () => {};

  test('is found by a second look', async () => {
    const { path, next, beforeCalls } = await begin();
    await appendFile(path, 'before\n');
    beforeCalls(nothing, async () => {
      await rename(path, `${path}.1`);
      await writeFile(path, 'after\n');
    });
    expect(await next()).toEqual(['before', 'after']);
  });

  test('is found by a second look where older ones move on', async () => {
    const { path, next, beforeCalls } = await begin();
    await appendFile(path, 'one\n');
    await rename(path, `${path}.1`);
    await writeFile(path, 'two\n');
    beforeCalls(nothing, async () => {
      await rename(`${path}.1`, `${path}.2`);
      await rename(path, `${path}.1`);
      await writeFile(path, 'three\n');
    });
    expect(await next()).toEqual(['one', 'two', 'three']);
  });

  test('fails where a second look does not find it either', async () => {
    const { path, scan, beforeCalls } = await begin();
    beforeCalls(nothing, async () => {
      await rm(path);
      await writeFile(path, 'another\n');
    });
    expect(await scan()).toMatchObject({ ...lost, short: /lines since the position are lost/ });
  });
});

describe('a log that is copied and cut short', () => {
  test.each([
    ['less than there was', 'new\n'],
    ['more than there was', `new\n${'x'.repeat(50)}\n`.repeat(1_000)],
  ])('is found in its copy when it holds %s', async (_, now) => {
    const { path, next } = await begin();
    await appendFile(path, 'before\n');
    await copyFile(path, `${path}.1`);
    await truncate(path, 0);
    await appendFile(path, now);
    const found = await next();
    expect(found.slice(0, 2)).toEqual(['before', 'new']);
    await appendFile(path, 'on\n');
    expect(await next()).toEqual(['on']);
  });

  test.each([
    ['less than there was', 'new\n'],
    ['more than there was', `new\n${'x'.repeat(50)}\n`.repeat(1_000)],
  ])('fails without the copy when it holds %s', async (_, now) => {
    const { path, scan } = await begin();
    await appendFile(path, 'before\n');
    await truncate(path, 0);
    await appendFile(path, now);
    expect(await scan()).toMatchObject({ ...lost, short: /are lost/ });
  });

  test('is found in its copies when it was empty at the mark', async () => {
    const { path, next } = await begin('');
    await appendFile(path, 'one\n');
    await copyFile(path, `${path}.2`);
    gzip(`${path}.2`);
    await writeFile(`${path}.1`, 'two\n');
    await truncate(path, 0);
    await appendFile(path, 'three\n');
    expect(await next()).toEqual(['one', 'two', 'three']);
  });
});

describe('another file under the same path', () => {
  test('fails when the log was deleted and made anew, even with the same inode', async () => {
    const { path, scan } = await begin();
    await rm(path);
    await writeFile(path, `other\n${'y'.repeat(60_000)}\n`);
    expect(await scan()).toMatchObject({ ...lost, short: /are lost/ });
  });

  test('fails when a log is gone, even where it is optional', async () => {
    const { path, scan } = await begin(old, true);
    await rm(path);
    expect(await scan()).toMatchObject({ ...lost, short: /are lost/ });
  });

  test('fails when an older file was moved there', async () => {
    const { dir, path, remark, scan } = await begin();
    await writeFile(join(dir, 'other'), 'something else\n');
    // Births are told in seconds: the mark stands in a later one.
    const written = Math.floor(Date.now() / 1_000);
    await expect
      .poll(() => Math.floor(Date.now() / 1_000), { interval: 5, timeout: 5_000 })
      .toBeGreaterThan(written);
    await remark();
    await rename(path, `${path}.1`);
    await rename(join(dir, 'other'), path);
    expect(await scan()).toMatchObject({ ...lost, short: /made before the position/ });
  });

  test('a link to the log of the day is followed to the next day', async () => {
    const { dir, next, path, remark } = await begin('missing', true);
    const day = (n: number) => join(dir, `app-2026-11-${n}.log`);
    await writeFile(day(27), 'long ago\n');
    await writeFile(day(28), old);
    await symlink(day(28), path);
    await remark();
    await appendFile(day(28), 'one\n');
    await writeFile(day(29), 'two\n');
    await writeFile(day(30), 'three\n');
    await rm(path);
    await symlink(day(30), path);
    expect(await next()).toEqual(['one', 'two', 'three']);
  });

  test('a link to another folder is followed, the rest of the old file first', async () => {
    const { dir, next, path, remark } = await begin('missing', true);
    for (const one of ['blue', 'green']) await mkdir(join(dir, one));
    await writeFile(join(dir, 'blue/app.log'), old);
    await symlink(join(dir, 'blue/app.log'), path);
    await remark();
    await appendFile(join(dir, 'blue/app.log'), 'blue\n');
    await writeFile(join(dir, 'green/app.log'), 'green\n');
    await rm(path);
    await symlink(join(dir, 'green/app.log'), path);
    expect(await next()).toEqual(['blue', 'green']);
  });

  test('what was not there at the mark is read from its beginning, also where it was put aside since', async () => {
    const { path, next } = await begin('missing', true);
    await writeFile(`${path}.1`, 'one\n');
    await writeFile(path, 'two\n');
    expect(await next()).toEqual(['one', 'two']);
  });

  test('a mark between two files is the end of the one that was put aside', async () => {
    const { path, next, remark } = await begin(old, true);
    await rename(path, `${path}.1`);
    await remark();
    await appendFile(`${path}.1`, 'late\n');
    await writeFile(path, 'new\n');
    expect(await next()).toEqual(['late', 'new']);
  });
});

describe('what is not read as it stands', () => {
  test('a line is judged to its end', async () => {
    const { path, next, scan } = await begin();
    await appendFile(path, `${'x'.repeat(100_000)} ERROR\n`);
    const { shell } = await usePlace();
    expect(shell.place).toBe('local');
    expect(await scan()).toMatchObject({ output: { counts: { all: 1 } } });
    expect(await next()).toHaveLength(1);
    await appendFile(path, `${'x'.repeat(1024 * 1024 + 1)} ERROR\n`);
    expect(await scan()).toMatchObject({ ...lost, short: /longer than 1 MiB/ });
  });

  test('a compressed file is refused, by its name and by its content', async () => {
    const { path, scan } = await begin();
    expect(logScan.input.safeParse({ paths: ['/var/log/x.log.gz'], mark: true }).error?.message).toMatch(
      /not a compressed file/,
    );
    gzip(path);
    await rename(`${path}.gz`, path);
    expect(await scan()).toMatchObject({ done: false, noAnswer: true, short: /is compressed/ });
  });
});
