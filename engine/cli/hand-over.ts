/** Leaves a command in the run's inbox, where the live engine or the next resume finds it. */
import type { Command } from '../decide/decisions.ts';
import { postCommand } from '../journal/inbox.ts';
import { whoHolds } from '../journal/lock.ts';
import type { RunDir } from '../journal/run-dir.ts';
import { readJournal } from '../journal/scan.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import type { Input } from './spec.ts';

const words = (command: Command): string => {
  switch (command.command) {
    case 'approve':
      return `${command.verdict === 'go' ? 'GO' : 'NO-GO'} for gate ${command.gate}`;
    case 'check':
      return `${command.passed ? 'PASS' : 'FAIL'} for item ${command.item} of ${command.step}`;
    case 'resolve':
      return `The choice "${command.choice}"`;
    case 'roll-back':
      return 'The rollback';
  }
};

export const handOver = (host: Host, input: Input, run: RunDir, command: Command): void => {
  // Where the clock was set back, it would look older than what it answers.
  const at = Math.max(command.at, readJournal(run.journal).head.at);
  postCommand(run.path, { ...command, at });
  const engine = whoHolds(run.path);
  if (input.flag(options.json)) {
    host.stdout.write(`${JSON.stringify({ run: run.id, posted: command, engine: engine.live })}\n`);
    return;
  }
  const next = engine.live
    ? `was handed to the engine${engine.holder ? ` (pid ${engine.holder.pid} on ${engine.holder.host})` : ''}; see: runbook status ${run.id}`
    : `is in the run's inbox; no engine is at it, so go on with: runbook resume ${run.id}`;
  host.stdout.write(`${words(command)} ${next}\n`);
};
