import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { acquireLock } from '../../../engine/journal/lock.ts';
import { openRun } from '../../../engine/journal/run-dir.ts';
import { readPlan } from '../../../engine/journal/saved-plan.ts';
import { diagnosed, told } from './diagnosed.ts';
import { NOW, newRun, sealed } from './new-run.ts';
import { test } from './temp-dir.ts';

const modes = (dir: string): Record<string, string> =>
  Object.fromEntries(
    (readdirSync(dir, { recursive: true, encoding: 'utf8' }) as string[])
      .map((name) => [name, (statSync(join(dir, name)).mode & 0o7777).toString(8)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

describe('a new run', () => {
  test.for([0o022, 0o000, 0o777])(
    'has all its parts, for its owner only, under umask %o',
    (umask, { dir }) => {
      const before = process.umask(umask);
      try {
        newRun(join(dir, '.runbook', 'runs'), { suffix: () => 'x7kd' });
      } finally {
        process.umask(before);
      }
      const plan = `plan-${sealed().digest.slice('sha256:'.length)}.json`;
      const run = '.runbook/runs/20261122-2210-trading-journal-x7kd';
      expect(modes(dir)).toEqual({
        '.runbook': '700',
        '.runbook/runs': '700',
        [run]: '700',
        [`${run}/acts`]: '700',
        [`${run}/inbox`]: '700',
        [`${run}/inbox/done`]: '700',
        [`${run}/inbox/rejected`]: '700',
        [`${run}/logs`]: '700',
        [`${run}/meta.json`]: '600',
        [`${run}/${plan}`]: '600',
        [`${run}/runbook.yaml`]: '600',
      });
    },
  );

  test('remembers where its runbook is and what it was given', ({ dir }) => {
    const varsFiles = ['/srv/production.yaml'];
    const run = newRun(dir, { varsFiles, vars: { domain: 'app.test' }, suffix: () => 'x7kd' });
    expect(openRun(dir, 'latest')).toMatchObject({ id: run.id, path: run.path, about: run.about });
    expect(run.about).toEqual({
      version: 1,
      id: '20261122-2210-trading-journal-x7kd',
      createdAt: NOW,
      runbookPath: '/srv/cutover.yaml',
      varsFiles,
      vars: { domain: 'app.test' },
    });
    expect(readFileSync(run.source, 'utf8')).toBe('version: 1\n');
    expect(readPlan(run.path, sealed().digest)).toEqual(sealed());
  });

  test('takes another id where one is taken', ({ dir }) => {
    const suffixes = ['aaaa', 'aaaa', 'bbbb'];
    const suffix = () => suffixes.shift() ?? 'none left';
    const ids = [newRun(dir, { suffix }), newRun(dir, { suffix })].map(({ id }) => id.slice(-4));
    expect(ids).toEqual(['aaaa', 'bbbb']);
  });

  test.for([
    ['Cutover: Été 2026 (v2)!', 'cutover-ete-2026-v2'],
    ['../../etc', 'etc'],
    ['a'.repeat(60), 'a'.repeat(40)],
  ])('named %s is a plain directory name', ([name = '', slug], { dir }) => {
    expect(newRun(dir, { plan: sealed({ name }), suffix: () => 'x7kd' }).id).toBe(
      `20261122-2210-${slug}-x7kd`,
    );
  });

  test('of a name without letters still has an id', ({ dir }) => {
    expect(newRun(dir, { plan: sealed({ name: '切替' }), suffix: () => 'x7kd' }).id).toBe(
      '20261122-2210-x7kd',
    );
  });

  test('leaves nothing behind where it cannot be made', ({ dir }) => {
    const plan = { ...sealed(), digest: `sha256:${'0'.repeat(64)}` };
    expect(() => newRun(dir, { plan })).toThrow(/^engine bug/);
    expect(readdirSync(dir)).toEqual([]);
  });
});

describe('finding a run', () => {
  const two = (dir: string) => [
    newRun(dir, { suffix: () => 'aaaa' }),
    newRun(dir, { suffix: () => 'bbbb', now: NOW + 60_000 }),
  ];

  test('by id, by the beginning of one, and the latest', ({ dir }) => {
    const [first, second] = two(dir);
    expect(openRun(dir, first?.id ?? '').id).toBe(first?.id);
    expect(openRun(dir, '20261122-2211').id).toBe(second?.id);
    expect(openRun(dir, 'latest').id).toBe(second?.id);
  });

  test('the latest of one minute is the youngest, not the last by name', ({ dir }) => {
    newRun(dir, { suffix: () => 'zzzz', now: NOW });
    const younger = newRun(dir, { suffix: () => 'aaaa', now: NOW + 5 });
    expect(openRun(dir, 'latest').id).toBe(younger.id);
  });

  test('who names none means the run that an engine is at; of two at work none is guessed', ({ dir }) => {
    const [first, second] = two(dir);
    const holder = { pid: process.pid, host: 'here', user: 'me', startedAt: NOW };
    const lock = acquireLock(first?.path ?? '', holder);
    expect(openRun(dir, 'latest').id).toBe(first?.id);
    const other = acquireLock(second?.path ?? '', holder);
    expect(diagnosed(() => openRun(dir, 'latest'))).toMatchObject({ code: 'RB432' });
    lock.release();
    other.release();
    expect(openRun(dir, 'latest').id).toBe(second?.id);
  });

  test('an id that begins another is itself', ({ dir }) => {
    const short = newRun(dir, { suffix: () => 'a' });
    newRun(dir, { suffix: () => 'ab' });
    expect(openRun(dir, short.id).id).toBe(short.id);
  });

  test('what cannot be found says what there is', ({ dir }) => {
    const none = join(dir, 'none');
    two(join(dir, 'two'));
    const texts = [
      diagnosed(() => openRun(none, 'latest')),
      diagnosed(() => openRun(join(dir, 'two'), '2027')),
      diagnosed(() => openRun(join(dir, 'two'), '20261122')),
      diagnosed(() => openRun(join(dir, 'two'), '')),
      diagnosed(() => openRun(join(dir, 'two'), '../two')),
    ].map((diagnostic) => told(diagnostic).replaceAll(dir, 'DIR'));
    expect(texts.join('\n')).toMatchInlineSnapshot(`
      "RB430 (exit 2) There is no run in DIR/none
      Start one with runbook exec, or give the right directory with --runs-dir
      RB431 (exit 2) No run in DIR/two starts with "2027"
      Newest: 20261122-2211-trading-journal-bbbb, 20261122-2210-trading-journal-aaaa; all: runbook runs
      RB432 (exit 2) "20261122" matches 2 runs
      Give one of them: 20261122-2210-trading-journal-aaaa, 20261122-2211-trading-journal-bbbb
      RB431 (exit 2) No run in DIR/two starts with ""
      Newest: 20261122-2211-trading-journal-bbbb, 20261122-2210-trading-journal-aaaa; all: runbook runs
      RB431 (exit 2) No run in DIR/two starts with "../two"
      Newest: 20261122-2211-trading-journal-bbbb, 20261122-2210-trading-journal-aaaa; all: runbook runs"
    `);
  });

  test('a damaged meta.json is reported with its path', ({ dir }) => {
    const run = newRun(dir);
    writeFileSync(run.meta, '{"version":2}');
    expect(diagnosed(() => openRun(dir, 'latest'))).toMatchObject({
      code: 'RB414',
      data: { path: run.meta },
    });
  });

  test('a half-made run is never listed', ({ dir }) => {
    mkdirSync(join(dir, '.new-0123'));
    expect(diagnosed(() => openRun(dir, 'latest'))).toMatchObject({ code: 'RB430' });
  });

  test('a run that anyone can change is refused', ({ dir }) => {
    const run = newRun(dir);
    chmodSync(run.path, 0o777);
    expect(diagnosed(() => openRun(dir, 'latest'))).toMatchObject({ code: 'RB422' });
  });
});
