/**
 * The answer to a command from another terminal: `inbox/done/<id>.json`, written before the command leaves the
 * inbox, and read by the sender.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Recorded } from '../decide/events.ts';
import { layout } from './layout.ts';

const answerSchema = z.union([
  z.object({ taken: z.literal(true), seq: z.int() }),
  z.object({ refused: z.object({ why: z.string(), remedy: z.string().nullable() }) }),
]);

/** `seq`: of the event that carries it out. */
export type CommandAnswer = z.output<typeof answerSchema>;

/**
 * The answer that the journal gives to a command of this id. A command is found again after a crash between its
 * event and its acknowledgement: it was accepted, and must not be refused as a repetition. null: not seen yet.
 */
export const answeredBefore = (events: readonly Recorded[], id: string): CommandAnswer | null => {
  const event = events.find((e) =>
    e.type === 'command-refused' ? e.id === id : 'commandId' in e && e.commandId === id,
  );
  if (event?.type === 'command-refused') return { refused: { why: event.why, remedy: null } };
  return event ? { taken: true, seq: event.seq } : null;
};

/** null: no engine has answered yet. */
export const readAnswer = (runDir: string, id: string): CommandAnswer | null => {
  const { inboxDone, inboxRejected } = layout(runDir);
  try {
    const checked = z
      .object({ answer: answerSchema })
      .safeParse(JSON.parse(readFileSync(join(inboxDone, `${id}.json`), 'utf8')));
    if (checked.success) return checked.data.answer;
    // An earlier engine version moved the command there without an answer.
    return { refused: { why: 'the engine did not report the result', remedy: 'See: runbook status' } };
  } catch {
    // Missing or unreadable.
  }
  const rejected = names(inboxRejected).some((name) => name.endsWith(`-${id}.json`));
  return rejected
    ? {
        refused: {
          why: 'the engine could not read it as a command',
          remedy: 'Use the same version of runbook as the engine',
        },
      }
    : null;
};

const names = (dir: string): readonly string[] => {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
};
