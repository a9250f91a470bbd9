/** Holds the run in argv[2] and appends to its journal, and to more and more other files' heads, until it is killed. */
import { join } from 'node:path';
import { createJournal, openJournal } from '../../../../engine/journal/journal.ts';
import { acquireLock } from '../../../../engine/journal/lock.ts';

const [, , dir = '', first] = process.argv;
const lock = acquireLock(dir, { pid: process.pid, host: 'laptop', user: 'operator', startedAt: 0 });
const path = join(dir, 'journal.jsonl');
const journal =
  first === 'first'
    ? createJournal(path, undefined, lock.record)
    : openJournal(path, undefined, lock.record).journal;
if (first === 'first') {
  const created = { runId: 'r', runbook: 'x', planDigest: 'd', environment: null, engine: 'e', user: 'u' };
  journal.append([{ type: 'run-created', ...created, measuredUndoMs: {} }], 1);
}
process.stdout.write('at it\n');
for (let i = 0; ; i++) {
  // New rows split pages: the database is changed in more than one place.
  lock.record.keep(`${process.pid}-${i}.jsonl`, { bytes: i, hash: 'a'.repeat(64) });
  if (i % 20 === 0) journal.append([{ type: 'timer-ended', timer: `t${i}` }], i);
}
