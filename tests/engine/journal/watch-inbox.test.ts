import { EventEmitter } from 'node:events';
import { type FSWatcher, rmSync } from 'node:fs';
import { afterEach, describe, expect, vi } from 'vitest';
import { acknowledge, postCommand } from '../../../engine/journal/inbox.ts';
import { watchInbox } from '../../../engine/journal/watch-inbox.ts';
import { newRun } from './new-run.ts';
import { test } from './temp-dir.ts';

const rollBack = { command: 'roll-back', user: 'operator', reason: 'late', at: 1 } as const;

const unwatchable = (): FSWatcher => {
  throw Object.assign(new Error('no inotify watch left'), { code: 'ENOSPC' });
};

test('a command is heard by an event of the file system, without the poll', async ({ dir }) => {
  const { path: run } = newRun(dir);
  // The poll stands still: only the watcher can tell.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { promise, resolve } = Promise.withResolvers<void>();
  const watch = watchInbox(run, resolve);
  postCommand(run, rollBack);
  await promise;
  watch.close();
});

describe('without events of the file system', () => {
  test('a command is heard within a second, and until it is acknowledged', ({ dir }) => {
    const { path: run } = newRun(dir);
    vi.useFakeTimers();
    let heard = 0;
    const watch = watchInbox(run, () => heard++, unwatchable);
    vi.advanceTimersByTime(5000);
    expect(heard).toBe(0);
    const id = postCommand(run, rollBack);
    vi.advanceTimersByTime(2000);
    expect(heard).toBe(2);
    acknowledge(run, { id, command: rollBack }, { taken: true, seq: 1 });
    vi.advanceTimersByTime(5000);
    expect(heard).toBe(2);
    postCommand(run, rollBack);
    watch.close();
    vi.advanceTimersByTime(5000);
    expect(heard).toBe(2);
  });

  test('a watcher that fails later is closed, and polling continues', ({ dir }) => {
    const { path: run } = newRun(dir);
    vi.useFakeTimers();
    let [heard, closed] = [0, 0];
    const watcher = Object.assign(new EventEmitter(), { close: () => closed++ }) as unknown as FSWatcher;
    const watch = watchInbox(
      run,
      () => heard++,
      () => watcher,
    );
    watcher.emit('error', new Error('the mount went away'));
    expect(closed).toBe(1);
    postCommand(run, rollBack);
    vi.advanceTimersByTime(1000);
    expect(heard).toBe(1);
    watch.close();
  });

  test('an inbox that vanished is the drain’s to tell, not an uncaught error', ({ dir }) => {
    const { path: run, inbox } = newRun(dir);
    vi.useFakeTimers();
    let heard = 0;
    const watch = watchInbox(run, () => heard++, unwatchable);
    rmSync(inbox, { recursive: true });
    vi.advanceTimersByTime(1000);
    expect(heard).toBe(1);
    watch.close();
  });
});

afterEach(() => {
  vi.useRealTimers();
});
