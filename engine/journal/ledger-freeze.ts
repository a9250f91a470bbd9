/** Writing the list down before the first item is started: wholly there under its name, or not at all. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Json } from '../plan.ts';
import { makePrivateDir, syncDir } from './durable.ts';
import type { OpenJournalFile } from './journal-file.ts';
import { encodeRecord, itemLine, LEDGER_START, type LedgerRecord } from './ledger-codec.ts';

export interface Planned {
  /** Unique in the ledger. */
  readonly key: string;
  readonly value: Json;
}

export interface Freezing {
  readonly path: string;
  readonly act: string;
  readonly ledger: string;
  /** Epoch ms. */
  readonly now: () => number;
  readonly open: OpenJournalFile;
}

/** So much is gathered before it is written. */
const BUFFER_BYTES = 1 << 16;

/**
 * Durable when it returns. What `items` throws is passed on, and then nothing is frozen; nor where two items share a
 * key. Throws the system's error.
 */
export const writeFrozen = async (
  { path, act, ledger, now, open }: Freezing,
  items: AsyncIterable<Planned>,
): Promise<void> => {
  const dir = dirname(path);
  if (!existsSync(dir)) makePrivateDir(dir);
  const temp = join(dir, `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  const file = open(temp, 'create');
  let isOpen = true;
  const close = (): void => {
    // Also where it throws: a descriptor that is closed twice may be another file's by then.
    isOpen = false;
    file.close();
  };
  try {
    let hash = LEDGER_START;
    let waiting = '';
    const add = (record: LedgerRecord): void => {
      const encoded = encodeRecord(record, hash);
      hash = encoded.hash;
      waiting += encoded.line;
      if (waiting.length >= BUFFER_BYTES) flush();
    };
    const flush = (): void => {
      file.write(Buffer.from(waiting));
      waiting = '';
    };
    const keys = new Set<string>();
    const list = createHash('sha256');
    for await (const { key, value } of items) {
      if (keys.has(key)) throw new Error(`two items have the key ${JSON.stringify(key)}`);
      keys.add(key);
      list.update(itemLine(key, value));
      add({ key, value });
    }
    add({ act, ledger, count: keys.size, sha256: list.digest('hex'), at: now() });
    flush();
    file.sync();
    close();
    renameSync(temp, path);
    syncDir(dir);
  } catch (error) {
    if (isOpen) close();
    rmSync(temp, { force: true });
    throw error;
  }
};
