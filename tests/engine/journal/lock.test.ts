import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { acquireLock, type LockHolder, whoHolds } from '../../../engine/journal/lock.ts';
import { diagnosed, told } from './diagnosed.ts';
import { test } from './temp-dir.ts';

const me: LockHolder = {
  pid: 4711,
  host: 'laptop',
  user: 'operator',
  startedAt: Date.UTC(2026, 10, 22, 22, 10),
};

/** Another engine that holds the run; killed by `kill -9` and waited for. */
const rival = async (run: string) => {
  const script = join(import.meta.dirname, 'children', 'hold-lock.ts');
  const child = spawn(process.execPath, ['--expose-gc', script, run], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  await once(child.stdout, 'data');
  return {
    pid: child.pid,
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
  };
};

describe('the lock', () => {
  test('is held by one engine, and free again once it is released', ({ dir }) => {
    const lock = acquireLock(dir, me);
    expect(diagnosed(() => acquireLock(dir, { ...me, pid: 1 })).code).toBe('RB440');
    expect(whoHolds(dir)).toEqual({ live: true, holder: me });
    lock.release();
    lock.release();
    expect(whoHolds(dir)).toEqual({ live: false });
    acquireLock(dir, me).release();
  });

  test('of another process is refused by name, and freed by its kill -9 at once', async ({ dir }) => {
    const other = await rival(dir);
    try {
      const refusal = told(diagnosed(() => acquireLock(dir, me)));
      expect(
        refusal.replaceAll(dir.split('/').at(-1) ?? '', 'RUN').replace(String(other.pid), 'PID'),
      ).toMatchInlineSnapshot(`
        "RB440 (exit 4) Another engine is running run RUN: pid PID of operator on laptop, since 1970-01-01T00:00:00.000Z
        See it with runbook status RUN, or end that engine first"
      `);
      expect(whoHolds(dir)).toMatchObject({ live: true, holder: { pid: other.pid } });
    } finally {
      await other.kill();
    }
    // What the dead one wrote still stands there, and holds nothing.
    expect(existsSync(join(dir, 'lock.json'))).toBe(true);
    expect(whoHolds(dir)).toEqual({ live: false });
    acquireLock(dir, me).release();
  });

  test('stays with its holder while others ask who it is', ({ dir }) => {
    const lock = acquireLock(dir, me);
    for (let i = 0; i < 5; i++) expect(whoHolds(dir).live).toBe(true);
    const script = join(import.meta.dirname, 'children', 'hold-lock.ts');
    expect(() => execFileSync(process.execPath, [script, dir], { stdio: 'pipe' })).toThrow(/RB440/);
    lock.release();
  });

  test('survives the loss of its name tag', ({ dir }) => {
    const lock = acquireLock(dir, me);
    rmSync(join(dir, 'lock.json'));
    expect(told(diagnosed(() => acquireLock(dir, me)))).toMatch(/Another engine is running run [^ ]+\n/);
    expect(whoHolds(dir)).toEqual({ live: true, holder: null });
    lock.release();
  });

  test('is two files for their owner only', ({ dir }) => {
    const before = process.umask(0o777);
    try {
      acquireLock(dir, me);
    } finally {
      process.umask(before);
    }
    for (const name of ['lock', 'lock.json']) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
  });

  test('prints no warning of an experimental feature', ({ dir }) => {
    const script = `
      import { acquireLock } from ${JSON.stringify(join(import.meta.dirname, '../../../engine/journal/lock.ts'))};
      acquireLock(${JSON.stringify(dir)}, { pid: 1, host: '', user: '', startedAt: 0 }).release();`;
    const sh = 'exec "$0" --input-type=module -e "$1" 2>&1';
    expect(execFileSync('sh', ['-c', sh, process.execPath, script], { encoding: 'utf8' })).toBe('');
  });
});

describe('a failed lock is reported with its path', () => {
  test('a file of another kind in its place', ({ dir }) => {
    writeFileSync(join(dir, 'lock'), 'not a lock, not a lock, not a lock');
    expect(diagnosed(() => acquireLock(dir, me))).toMatchObject({
      code: 'RB444',
      data: { path: join(dir, 'lock'), why: 'file is not a database' },
    });
    // A reader is not kept away: nobody can hold the lock of such a file.
    expect(whoHolds(dir)).toEqual({ live: false });
  });

  test('a run directory that is gone', ({ dir }) => {
    expect(diagnosed(() => acquireLock(join(dir, 'gone'), me)).code).toBe('RB441');
    expect(whoHolds(join(dir, 'gone'))).toEqual({ live: false });
  });

  test('a name tag that cannot be written gives the lock back', ({ dir }) => {
    mkdirSync(join(dir, 'lock.json'));
    expect(diagnosed(() => acquireLock(dir, me)).code).toBe('RB441');
    expect(whoHolds(dir)).toEqual({ live: false });
  });
});
