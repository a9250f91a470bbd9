/**
 * The record in the lock database: the place of the run directory, and the head of each of its files. Who changes one of them must change the database as well; a copy of the directory has another inode. It detects
 * changes, it does not prevent them: the owner of the directory can write both.
 *
 * A file's bytes are on disk before they are recorded, and recording them costs no fsync: after a power cut the
 * record may be behind its file, never ahead of it. A rollback journal that stays (PERSIST) keeps the database whole
 * when the engine is killed between two pages; WAL would need a second file that a reader has to create.
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { fail } from '../diagnostic.ts';
import { layout } from './layout.ts';
import type { RunPlace } from './run-place.ts';
import { isBusy, isSqliteError, sqlite } from './sqlite.ts';

/** Up to where a file is known: its length, and the hash of the line that ends there. */
export interface HeadMark {
  readonly bytes: number;
  readonly hash: string;
}

export interface Heads {
  /** null: nothing is recorded of this file. */
  head(file: string): HeadMark | null;
  /** Of bytes that are on disk already. Throws RB446. */
  keep(file: string, mark: HeadMark): void;
}

/** Under which a file's head is kept. */
export const headName = (path: string): string => basename(path);

const schema = `
  CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), path TEXT, device TEXT, inode TEXT);
  CREATE TABLE IF NOT EXISTS head (file TEXT PRIMARY KEY, bytes INTEGER, hash TEXT) WITHOUT ROWID;`;

const upsertHead = `INSERT INTO head VALUES (?, ?, ?)
  ON CONFLICT (file) DO UPDATE SET bytes = excluded.bytes, hash = excluded.hash`;

/** Of the process that holds the lock. */
export class RunRecord implements Heads {
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #upsert: StatementSync;

  /** @param db locked for good: nothing that is done here may give the lock back */
  constructor(path: string, db: DatabaseSync) {
    this.#path = path;
    this.#db = db;
    db.exec(`PRAGMA journal_mode = PERSIST; PRAGMA synchronous = FULL; BEGIN; ${schema}; COMMIT;`);
    db.exec('PRAGMA synchronous = OFF');
    this.#upsert = db.prepare(upsertHead);
  }

  place(): RunPlace | null {
    return readPlace(this.#db);
  }

  head(file: string): HeadMark | null {
    return readHead(this.#db, file);
  }

  keep(file: string, { bytes, hash }: HeadMark): void {
    this.#write(() => this.#upsert.run(file, bytes, hash));
  }

  /** On disk when it returns: once a session, and a run without it would look like one of an older engine. */
  keepPlace({ path, device, inode }: RunPlace): void {
    this.#write(() => {
      this.#db.exec('PRAGMA synchronous = FULL');
      this.#db.prepare('INSERT OR REPLACE INTO place VALUES (1, ?, ?, ?)').run(path, device, inode);
      this.#db.exec('PRAGMA synchronous = OFF');
    });
  }

  #write(change: () => void): void {
    try {
      change();
    } catch (error) {
      if (!isSqliteError(error)) throw error;
      fail('RB446', { path: this.#path, why: error.message }, { cause: error });
    }
  }
}

export interface RecordSeen {
  /** `unread`: an engine is running, or was killed while it wrote; the next one to open the run reads it. */
  readonly state: 'read' | 'unread' | 'none' | 'damaged';
  readonly place: RunPlace | null;
  head(file: string): HeadMark | null;
}

const nothing = (state: RecordSeen['state']): RecordSeen => ({ state, place: null, head: () => null });

/** For commands that only read: no waiting, no change. Read it before the files. */
export const seeRecord = (runDir: string): RecordSeen => {
  const { lock: path } = layout(runDir);
  if (!existsSync(path)) return nothing('none');
  const { DatabaseSync } = sqlite();
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(path, { readOnly: true });
    db.exec('PRAGMA busy_timeout = 0');
    const tables = db
      .prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name IN ('place', 'head')")
      .get();
    if (tables?.n !== 2) return nothing('none');
    const place = readPlace(db);
    const heads = new Map<string, HeadMark>();
    for (const { file, bytes, hash } of db.prepare('SELECT file, bytes, hash FROM head').all())
      heads.set(String(file), { bytes: Number(bytes), hash: String(hash) });
    return { state: 'read', place, head: (file) => heads.get(file) ?? null };
  } catch (error) {
    return nothing(isDamaged(error) ? 'damaged' : 'unread');
  } finally {
    db?.close();
  }
};

/** SQLITE_CORRUPT, SQLITE_NOTADB. Only where the lock is free: a reader asks for it before it reads. */
export const isDamaged = (error: unknown): boolean =>
  isSqliteError(error) && [11, 26].includes(error.errcode & 0xff);

/** SQLITE_READONLY: a writer was killed, and a reader must not repair it. */
export const isHalfWritten = (error: unknown): boolean =>
  isSqliteError(error) && (error.errcode & 0xff) === 8 && !isBusy(error);

const readPlace = (db: DatabaseSync): RunPlace | null => {
  const row = db.prepare('SELECT path, device, inode FROM place').get();
  return row ? { path: String(row.path), device: String(row.device), inode: String(row.inode) } : null;
};

const readHead = (db: DatabaseSync, file: string): HeadMark | null => {
  const row = db.prepare('SELECT bytes, hash FROM head WHERE file = ?').get(file);
  return row ? { bytes: Number(row.bytes), hash: String(row.hash) } : null;
};
