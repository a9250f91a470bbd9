/** A ledger of which the journal and the lock database know more than its file says. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openJournalFile } from '../../../engine/journal/journal-file.ts';
import { FileLedger, type LedgerKept } from '../../../engine/journal/ledger.ts';
import { type Planned, writeFrozen } from '../../../engine/journal/ledger-freeze.ts';
import type { HeadMark } from '../../../engine/journal/run-record.ts';
import { diagnosed } from './diagnosed.ts';
import { test } from './temp-dir.ts';

const three: readonly Planned[] = ['a', 'b', 'c'].map((key) => ({ key, value: true }));

async function* stream<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

const keys = async (values: AsyncIterable<{ key: string }>): Promise<string[]> => {
  const found: string[] = [];
  for await (const { key } of values) found.push(key);
  return found;
};

const about = { act: 'mail/do/0', name: 'recipients', now: () => 1_000 };

/** What is known outlives each opening. */
const runIn = (dir: string) => {
  const heads = new Map<string, HeadMark>();
  let frozen: { count: number; sha256: string } | null = null;
  let failure: Error | null = null;
  const kept: LedgerKept = {
    known: () => frozen,
    froze({ count, sha256 }) {
      if (failure) throw failure;
      frozen = { count, sha256 };
    },
    heads: { head: (file) => heads.get(file) ?? null, keep: (file, mark) => void heads.set(file, mark) },
  };
  const path = join(dir, 'ledgers', 'mail.do.0.recipients.jsonl');
  const breaks = (error: Error): void => {
    failure = error;
  };
  return { path, heads, breaks, open: () => new FileLedger({ ...about, path, kept }) };
};

/** a is done, b claimed, c not started. */
const twoClaimed = async (dir: string) => {
  const run = runIn(dir);
  const ledger = run.open();
  await ledger.freeze(stream(three));
  await keys(ledger.pending());
  ledger.claim('a');
  ledger.settle('a', 'done');
  ledger.claim('b');
  ledger.close();
  return run;
};

const cut = (path: string, lines: number): void =>
  writeFileSync(path, `${readFileSync(path, 'utf8').split('\n').slice(0, lines).join('\n')}\n`);

test('continues from there', async ({ dir }) => {
  const { open, path, heads } = await twoClaimed(dir);
  expect(open().counts()).toMatchObject({ planned: 1, claimed: 1, done: 1 });
  expect([...heads]).toEqual([
    ['mail.do.0.recipients.jsonl', { bytes: statSync(path).size, hash: expect.any(String) }],
  ]);
});

test('the record of a settlement waits for its fsync: it is never ahead of the file', async ({ dir }) => {
  const { open, path, heads } = runIn(dir);
  const ledger = open();
  await ledger.freeze(stream(three));
  await keys(ledger.pending());
  ledger.claim('a');
  const claimed = statSync(path).size;
  ledger.settle('a', 'done');
  expect(statSync(path).size).toBeGreaterThan(claimed);
  expect(heads.get('mail.do.0.recipients.jsonl')?.bytes).toBe(claimed);
  ledger.sync();
  expect(heads.get('mail.do.0.recipients.jsonl')?.bytes).toBe(statSync(path).size);
});

test.for([
  ['that is missing', (path: string) => rmSync(path), 'it is missing'],
  ['cut to the bare list', (path: string) => cut(path, 4), 'it was truncated'],
  ['that lacks the last claim', (path: string) => cut(path, 6), 'it was truncated'],
] as const)('one %s is never taken for one that is still to be made', async ([, lose, found], { dir }) => {
  const { open, path } = await twoClaimed(dir);
  lose(path);
  const ledger = open();
  for (const use of [() => ledger.frozen(), () => ledger.counts(), () => ledger.lookUp('a')]) {
    expect(diagnosed(use)).toMatchObject({
      code: 'RB418',
      data: { path, count: 3, found: expect.stringContaining(found) },
    });
  }
  await expect(ledger.freeze(stream(three))).rejects.toMatchObject({ diagnostics: [{ code: 'RB418' }] });
  await expect(keys(ledger.pending())).rejects.toMatchObject({ diagnostics: [{ code: 'RB418' }] });
});

test("another run's list is refused", async ({ dir }) => {
  const { open, path } = await twoClaimed(dir);
  rmSync(path);
  const freezing = { path, act: 'mail/do/0', ledger: 'recipients', now: () => 1, open: openJournalFile };
  await writeFrozen(freezing, stream(three.toReversed()));
  expect(diagnosed(() => open().frozen())).toMatchObject({
    code: 'RB418',
    data: { found: expect.stringMatching(/^it has 3 with sha256/) },
  });
});

test('the same list with other entries is refused', async ({ dir }) => {
  const { open, path } = await twoClaimed(dir);
  rmSync(path);
  const forged = new FileLedger({ ...about, path });
  await forged.freeze(stream(three));
  await keys(forged.pending());
  for (const key of ['b', 'c', 'a']) {
    forged.claim(key);
    forged.settle(key, 'not-done');
  }
  forged.close();
  expect(diagnosed(() => open().frozen())).toMatchObject({
    code: 'RB418',
    data: { found: expect.stringContaining('rewritten') },
  });
});

test('one whose list could not be put on record is of no use', async ({ dir }) => {
  const { open, breaks } = runIn(dir);
  breaks(new Error('the journal is full'));
  const ledger = open();
  await expect(ledger.freeze(stream(three))).rejects.toThrow('the journal is full');
  expect(() => ledger.frozen()).toThrow('the journal is full');
  await expect(keys(ledger.pending())).rejects.toThrow('the journal is full');
});
