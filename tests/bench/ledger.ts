/** What each recipient costs who is served by a ledger: a claim on disk, a settlement; and the list at 100,000. */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FileLedger } from '../../engine/journal/ledger.ts';
import type { Measurement } from './measurement.ts';

const at = (dir: string): FileLedger =>
  new FileLedger({
    path: join(dir, 'mail.do.0.recipients.jsonl'),
    act: 'mail/do/0',
    name: 'recipients',
    now: Date.now,
  });

async function* people(count: number) {
  for (let n = 0; n < count; n++)
    yield { key: `clx${n}`, value: { email: `person${n}@example.test`, columns: {} } };
}

/** The least that a claim can cost on this disk, at this hour. */
const bareSyncs = (path: string, count: number): number => {
  const line = Buffer.alloc(140, 'x');
  const fd = openSync(path, 'a', 0o600);
  const startedAt = performance.now();
  for (let i = 0; i < count; i++) {
    writeSync(fd, line);
    fdatasyncSync(fd);
  }
  const ms = performance.now() - startedAt;
  closeSync(fd);
  return ms;
};

const timed = async (work: () => Promise<void>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

export const ledger: Measurement = async ({ dir, sizes: { recipients, longList } }) => {
  const served = at(join(mkdtempSync(join(dir, 'ledger-')), 'ledgers'));
  await served.freeze(people(recipients));
  const ms = await timed(async () => {
    for await (const { key } of served.pending()) {
      served.claim(key);
      served.settle(key, 'done');
    }
  });
  served.close();

  const long = join(mkdtempSync(join(dir, 'long-ledger-')), 'ledgers');
  await at(long).freeze(people(longList));
  const opened = await timed(async () => {
    for await (const _ of at(long).pending()) break;
  });
  const bare = bareSyncs(join(dir, 'bare-syncs'), recipients);
  const each = ms / recipients;
  return [
    {
      what: `ledger: one recipient (of ${recipients})`,
      measured: `${(each * 1_000).toFixed(0)} µs: claim on disk, settlement`,
      baseline: `one appended fdatasync: ${((bare / recipients) * 1_000).toFixed(0)} µs`,
      value: each,
      goal: 2,
      unit: 'ms',
    },
    {
      what: `ledger: opened by a resume, ${longList} recipients`,
      measured: `${opened.toFixed(0)} ms to the first unsent one`,
      baseline: null,
      value: opened,
      goal: 2_000,
      unit: 'ms',
    },
  ];
};
