import { type FSWatcher, watch } from 'node:fs';
import { waiting } from './inbox.ts';
import { layout } from './layout.ts';

const POLL_MS = 1000;

/**
 * Calls `onChange` when a command may be waiting: soon by the file system's events, within a second where there
 * are none (network mounts, no inotify watches left). It may call again for one that is not yet acknowledged.
 */
export const watchInbox = (
  runDir: string,
  onChange: () => void,
  watchDir: (dir: string, listener: () => void) => FSWatcher = watch,
): { close(): void } => {
  const notify = () => {
    if (mayWait(runDir)) onChange();
  };
  const poll = setInterval(notify, POLL_MS);
  const watcher = tryWatch(layout(runDir).inbox, notify, watchDir);
  return {
    close() {
      clearInterval(poll);
      watcher?.close();
    },
  };
};

const mayWait = (runDir: string): boolean => {
  try {
    return waiting(runDir).length > 0;
  } catch {
    // The error appears again when the inbox is read, where it is handled; here it would be uncaught.
    return true;
  }
};

const tryWatch = (
  dir: string,
  notify: () => void,
  watchDir: (dir: string, listener: () => void) => FSWatcher,
): FSWatcher | null => {
  try {
    const watcher = watchDir(dir, notify);
    // Polling continues; a failed file watcher must not stop the run.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
};
