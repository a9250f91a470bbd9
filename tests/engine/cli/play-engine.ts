import { onTestFinished } from 'vitest';
import type { Command } from '../../../engine/decide/decisions.ts';
import type { CommandAnswer } from '../../../engine/journal/command-answer.ts';
import { acknowledge, drainInbox } from '../../../engine/journal/inbox.ts';
import { acquireLock } from '../../../engine/journal/lock.ts';
import type { RunDir } from '../../../engine/journal/run-dir.ts';

/** Holds the run's lock and gives each command this answer; null: dies as soon as one is there. */
export const playEngine = (run: RunDir, answer: CommandAnswer | null): { readonly heard: Command[] } => {
  const heard: Command[] = [];
  const lock = acquireLock(run.path, { pid: 4711, host: 'laptop', user: 'ops', startedAt: 0 });
  const look = setInterval(() => {
    for (const posted of drainInbox(run.path).commands) {
      heard.push(posted.command);
      if (answer) acknowledge(run.path, posted, answer);
      else close();
    }
  }, 20);
  const close = () => {
    clearInterval(look);
    lock.release();
  };
  onTestFinished(close);
  return { heard };
};
