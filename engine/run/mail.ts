/** Commands from other terminals, looked for only when the inbox has changed. */

import type { Command } from '../decide/decisions.ts';
import { DiagnosticError } from '../diagnostic.ts';
import { diagnosticRecord } from '../diagnostics/render.ts';
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

/** An inbox that cannot be read is told, and looked at again; the night goes on without it. */
const drain = (runDir: string, told: (problem: string) => void): ReturnType<typeof drainInbox> | null => {
  try {
    return drainInbox(runDir);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    for (const d of error.diagnostics) told(diagnosticRecord(d).message);
    return null;
  }
};

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
      const found = drain(runDir, rejected);
      if (!found) return [];
      for (const { file, why } of found.rejected) rejected(`inbox/${file} is no command: ${why}`);
      return found.commands.map(({ id, command }) => ({
        command,
        acknowledge: () => acknowledge(runDir, id),
      }));
    },
    close: () => watching.close(),
  };
};
