/** Commands from other terminals, looked for only when the inbox has changed. */

import type { Command } from '../decide/decisions.ts';
import { acknowledge, drainInbox } from '../journal/inbox.ts';
import { watchInbox } from '../journal/watch-inbox.ts';

export interface Letter {
  readonly command: Command;
  /** Once its effect is durable: until then a crash finds it again. */
  acknowledge(): void;
}

export interface Mail {
  take(rejected: (problem: string) => void): readonly Letter[];
  close(): void;
}

export const openMail = (runDir: string, arrived: () => void): Mail => {
  let changed = true;
  const watching = watchInbox(runDir, () => {
    changed = true;
    arrived();
  });
  return {
    take(rejected) {
      if (!changed) return [];
      changed = false;
      const found = drainInbox(runDir);
      for (const { file, why } of found.rejected) rejected(`inbox/${file} is no command: ${why}`);
      return found.commands.map(({ id, command }) => ({
        command,
        acknowledge: () => acknowledge(runDir, id),
      }));
    },
    close: () => watching.close(),
  };
};
