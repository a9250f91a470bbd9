/** Locks at a real place: one taker wins, the newest entry is never lost, and both places behave alike. */
import { randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { giveBackLock, takeLock } from '../../../engine/run/lock-at-place.ts';
import type { LockEntry } from '../../../engine/run/lock-entry.ts';
import { localShell } from '../../../steps/_targets/local/local-shell.ts';
import { placeLock } from '../../../steps/_work/place-lock.ts';
import { useLab } from '../../support/lab.ts';
import { usePlace, useVps } from '../../support/place.ts';

const lab = await useLab();

const entryOf = (run: string): LockEntry => ({
  run,
  runbook: 'switchover',
  user: 'ops',
  host: 'desk',
  reason: `it's "planned"; $(date) \\`,
  since: 1,
  ttlMs: 60_000,
});

describe('on this machine', () => {
  test('it is taken, seen with its words as they are, given back and taken again', async () => {
    const { shell } = await usePlace();
    const lock = placeLock(shell, 'switchover');
    expect(await lock.look()).toEqual({ token: 0, entry: null, silentMs: null, writable: true });
    expect(await takeLock(lock, entryOf('r1'))).toEqual({ taken: true, token: 1, from: null });
    const seen = await lock.look();
    expect(JSON.parse(seen.entry ?? '')).toEqual(entryOf('r1'));
    expect(await takeLock(lock, entryOf('r2'))).toMatchObject({
      taken: false,
      standing: { is: 'held', by: { run: 'r1' } },
    });
    expect(await giveBackLock(lock, entryOf('r2'))).toMatchObject({ is: 'held' });
    // Of the same run, as after a crash.
    expect(await takeLock(lock, entryOf('r1'))).toMatchObject({ taken: true, token: 2 });
    expect(await giveBackLock(lock, entryOf('r1'))).toBe('given-back');
    expect(await giveBackLock(lock, entryOf('r1'))).toBe('not-held');
    expect(await takeLock(lock, entryOf('r2'))).toMatchObject({ taken: true, token: 4 });
    expect(await readdir(join(shell.stateDir ?? '', 'locks', 'switchover'))).toEqual(['4']);
  });

  test('of many that ask at once, one gets it', async () => {
    const { shell } = await usePlace();
    const runs = Array.from({ length: 8 }, (_, i) => `r${i}`);
    const found = await Promise.all(runs.map((run) => takeLock(placeLock(shell, 'one'), entryOf(run))));
    expect(found.filter(({ taken }) => taken)).toHaveLength(1);
    const { entry } = await placeLock(shell, 'one').look();
    expect(runs.filter((_, i) => found[i]?.taken)).toEqual([JSON.parse(entry ?? '').run]);
  });

  test('a sign of life is one of the newest entry only, and a kept one is never silent', async () => {
    const { shell } = await usePlace();
    const lock = placeLock(shell, 'one');
    await takeLock(lock, entryOf('r1'));
    expect(await lock.beat(1, true)).toBe(true);
    expect((await lock.look()).silentMs).toBe(null);
    expect(await lock.beat(1, false)).toBe(true);
    expect((await lock.look()).silentMs).toBeLessThan(60_000);
    // Long ago, by the clock of the place.
    await writeFile(join(shell.stateDir ?? '', 'locks', 'one', '1.beat'), '1000\n');
    expect((await takeLock(lock, entryOf('r2'))) satisfies unknown).toMatchObject({
      taken: true,
      token: 2,
      from: { run: 'r1' },
    });
    expect(await lock.beat(1, false)).toBe(false);
  });

  test('a folder that is gone, or cannot be made, is told', async () => {
    const { dir, shell } = await usePlace();
    const lock = placeLock(shell, 'one');
    await takeLock(lock, entryOf('r1'));
    await rm(shell.stateDir ?? '', { recursive: true });
    expect(await lock.beat(1, false)).toBe(false);
    await writeFile(join(dir, 'file'), '');
    const nowhere = placeLock(localShell('local', join(dir, 'file')), 'one');
    expect((await nowhere.look()).writable).toBe(false);
    await expect(takeLock(nowhere, entryOf('r1'))).rejects.toMatchObject({ code: 'config', target: 'local' });
  });
});

test('over SSH it is the same', async () => {
  const { shell } = await useVps(lab);
  const name = `test-${randomUUID()}`;
  const [mine, others] = [placeLock(shell, name), placeLock(shell, name)];
  expect(await takeLock(mine, entryOf('r1'))).toMatchObject({ taken: true, token: 1 });
  expect(await mine.beat(1, true)).toBe(true);
  expect(await takeLock(others, entryOf('r2'))).toMatchObject({
    taken: false,
    standing: { by: { run: 'r1' } },
  });
  expect(await giveBackLock(mine, entryOf('r1'))).toBe('given-back');
  expect(await takeLock(others, entryOf('r2'))).toMatchObject({ taken: true, token: 3 });
  await shell.exec([
    'sh',
    '-c',
    'rm -rf "${XDG_STATE_HOME:-$HOME/.local/state}/runbook/locks/$1"',
    'x',
    name,
  ]);
});
