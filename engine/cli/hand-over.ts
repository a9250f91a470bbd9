/**
 * Writes a command into the run's inbox for the running engine or the next resume, and reports the answer: a sent
 * command is not yet an accepted one.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '../decide/decisions.ts';
import { fail } from '../diagnostic.ts';
import type { CommandAnswer } from '../journal/command-answer.ts';
import { postCommand } from '../journal/inbox.ts';
import { type LockHolder, whoHolds } from '../journal/lock.ts';
import type { RunDir } from '../journal/run-dir.ts';
import { readJournal } from '../journal/scan.ts';
import { jsonText } from '../text.ts';
import { verdictWord } from '../words/gate.ts';
import { awaitAnswer } from './await-answer.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import type { Input } from './spec.ts';

const words = (command: Command): string => {
  switch (command.command) {
    case 'approve':
      return `${verdictWord[command.verdict]} for gate ${command.gate}`;
    case 'check':
      return `${command.passed ? 'PASS' : 'FAIL'} for item ${command.item} of ${command.step}`;
    case 'resolve':
      return `The choice "${command.choice}"`;
    case 'skip':
      return `The skip of ${command.step}`;
    case 'roll-back':
      return 'The rollback';
  }
};

/** Throws RB628 with the reason where the engine refused it. */
export const handOver = async (
  host: Host,
  input: Input,
  run: RunDir,
  command: Command,
): Promise<ExitCode> => {
  // If the clock was set back, the command would look older than its question.
  const at = Math.max(command.at, readJournal(run.journal).head.at);
  const id = postCommand(run.path, { ...command, at });
  const engine = whoHolds(run.path);
  const heard = engine.live
    ? await awaitAnswer({
        runDir: run.path,
        id,
        live: () => whoHolds(run.path).live,
        elapsedMs: () => performance.now(),
        sleep,
      })
    : 'none';
  if (input.flag(options.json)) {
    const answer = typeof heard === 'string' ? null : heard;
    const live = engine.live && heard !== 'gone';
    host.stdout.write(`${jsonText({ run: run.id, posted: command, engine: live, answer })}\n`);
  } else if (typeof heard === 'string' || 'taken' in heard) {
    const holder = engine.live ? engine.holder : null;
    host.stdout.write(`${words(command)}${outcome(heard, run, holder)}\n`);
  }
  if (typeof heard === 'string') return heard === 'none' ? 0 : 3;
  if ('refused' in heard) return fail('RB628', { what: words(command), ...heard.refused });
  return 0;
};

const outcome = (
  heard: CommandAnswer | 'none' | 'gone' | 'silent',
  run: RunDir,
  holder: LockHolder | null,
): string => {
  switch (heard) {
    case 'none':
      return ` is in the run's inbox. No engine is running; to continue: runbook resume ${run.id}`;
    case 'gone':
      return isOver(run)
        ? `: the run ended before the engine read it; see: runbook status ${run.id}`
        : ` is in the run's inbox; the engine ended before it answered. The next resume reads it: runbook resume ${run.id}`;
    case 'silent': {
      const who = holder ? ` (pid ${holder.pid} on ${holder.host})` : '';
      return `: sent to the running engine${who}; no answer yet. To see the result: runbook status ${run.id}`;
    }
    default:
      return ': accepted';
  }
};

const isOver = (run: RunDir): boolean =>
  readJournal(run.journal).events.some((event) => event.type === 'run-settled');
