/** Commands from other terminals, looked for only when the inbox has changed. */

import type { Command } from '../decide/decisions.ts';
import { DiagnosticError } from '../diagnostic.ts';
import { diagnosticRecord } from '../diagnostics/render.ts';
import type { CommandAnswer } from '../journal/command-answer.ts';
import { acknowledge, drainInbox, type PostedCommand } from '../journal/inbox.ts';
import { watchInbox } from '../journal/watch-inbox.ts';

export interface Received {
  readonly id: string;
  readonly command: Command;
  /** Once its effect is durable: until then a crash finds it again. `said`: the command as recorded, masked. */
  acknowledge(answer: CommandAnswer, said: Command): void;
}

export interface Inbox {
  /** `now`: looks into the inbox whether or not a change of it was noticed. */
  take(rejected: (problem: string) => void, when?: 'changed' | 'now'): readonly Received[];
  close(): void;
}

/** Of two answers to one item that wait together, the one that stops the run counts. */
const vetoesFirst = (posted: readonly PostedCommand[]): readonly PostedCommand[] => {
  const vetoed = ({ command: c }: PostedCommand): boolean =>
    c.command === 'check' &&
    c.passed &&
    posted.some(
      ({ command: o }) => o.command === 'check' && !o.passed && o.step === c.step && o.item === c.item,
    );
  return [...posted.filter((p) => !vetoed(p)), ...posted.filter(vetoed)];
};

/** An inbox that cannot be read is reported, and read again later; the run continues without it. */
const drain = (runDir: string, told: (problem: string) => void): ReturnType<typeof drainInbox> | null => {
  try {
    return drainInbox(runDir);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    for (const d of error.diagnostics) told(diagnosticRecord(d).message);
    return null;
  }
};

export const openInbox = (runDir: string, arrived: () => void): Inbox => {
  let changed = true;
  const watching = watchInbox(runDir, () => {
    changed = true;
    arrived();
  });
  return {
    take(rejected, when = 'changed') {
      if (!changed && when === 'changed') return [];
      changed = false;
      const found = drain(runDir, rejected);
      if (!found) return [];
      for (const { file, why } of found.rejected) rejected(`inbox/${file} is not a command: ${why}`);
      return vetoesFirst(found.commands).map((posted) => ({
        ...posted,
        acknowledge: (answer, said) => acknowledge(runDir, { id: posted.id, command: said }, answer),
      }));
    },
    close: () => watching.close(),
  };
};
