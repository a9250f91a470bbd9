/** What a database target offers to acts, whichever server is behind it. */
import type { Json } from '../../../engine/plan.ts';
import type { Dialect } from './fill-in.ts';
import type { Judged, Used } from './statement.ts';

export type SqlParam = string | number | boolean | null;

export interface SqlResult {
  /** As many as were asked to be kept, by column name. */
  readonly rows: readonly { readonly [column: string]: Json }[];
  /** All that came, kept or not. */
  readonly rowCount: number;
  readonly affectedRows: number;
}

/**
 * `snapshot`: a read of which every statement sees the database as it was at the first. `alone`: a write outside a
 * transaction: each statement stands as soon as the server has carried it out.
 */
export type SqlMode = 'read' | 'write' | 'alone' | 'snapshot';

/** What `query` keeps of a result by default. */
export const everyRow = Number.MAX_SAFE_INTEGER;

/** Columns in their order, each as the server's text. */
export type TextRow = readonly (string | null)[];

/**
 * One connection in one transaction. A read's transaction is READ ONLY by the server's own rule.
 * `query`, `commit` and `rollback` throw SqlError when the server says no, and SessionLost when it says nothing.
 */
export interface SqlSession {
  /** Names the session to the server; enough to end it from another connection. */
  readonly id: string;
  query(sql: string, params?: readonly SqlParam[], keepRows?: number): Promise<SqlResult>;
  /**
   * The rows of one read as they come, at the pace they are taken: memory stays the same however many there are.
   * Throws as `query` does. The session takes no other statement until the rows are used up or left.
   * @param mark stands in a comment of every statement this takes
   */
  stream(sql: string, mark: string): AsyncIterable<TextRow>;
  commit(): Promise<void>;
  /** False: something could not be rolled back (a table without transactions). */
  rollback(): Promise<boolean>;
  close(): Promise<void>;
  /** Drops the connection at once, without a word to the server. */
  destroy(): void;
}

/** Taken at the server before the first statement, and held there until the server is done with the transaction. */
export interface SessionLock {
  /** Hex digits, at least 40; each server makes a name of its own kind from them. */
  readonly sha256: string;
  /** Stands in a comment of the COMMIT. */
  readonly mark: string;
}

/** A statement that no transaction takes. */
export interface Apart {
  /** `VACUUM`. */
  readonly what: string;
  /** It can be sent outside of one; false: it begins or ends a transaction itself. */
  readonly alone: boolean;
}

/** A session that holds a lock, and what the server has it doing. */
export interface LockHolder {
  readonly id: string;
  readonly doing: 'commit' | 'statement' | 'nothing';
}

export interface SqlClient {
  /** What its server speaks. */
  readonly dialect: Dialect;
  /** The target's name. */
  readonly target: string;
  /**
   * Connects anew: a session is short, and one that idled through an hour of waiting may be dead. Throws TargetError.
   * With a lock, what the session reads is what was committed after it got the lock; throws LockHeld when another
   * session has it. `rollback` gives it back at once; after a COMMIT it goes with the session at the latest.
   */
  open(mode: SqlMode, signal?: AbortSignal, lock?: SessionLock): Promise<SqlSession>;
  /** Sessions, other than the asking one, that hold this lock. */
  holders(lock: SessionLock): Promise<readonly LockHolder[]>;
  /** Asks the server, on a connection of its own, to end a session. */
  kill(sessionId: string): Promise<void>;
  /** Whether the server still knows the session. */
  lives(sessionId: string): Promise<boolean>;
  /** Ids of the sessions, other than the asking one, whose statement at work holds this text. */
  saying(text: string): Promise<readonly string[]>;
  /** What the server would make of a text that is sent as a read. Pure. */
  judge(sql: string): Promise<Judged>;
  /**
   * Of the functions that a read calls, itself or by a view, those that may do more than read, as far as the server
   * can tell: their names, for people.
   */
  unproven(session: SqlSession, used: Used): Promise<readonly string[]>;
  /** Of a statement that cannot be one write in our transaction: what it is; null: it can. Pure. */
  outsideTransaction(sql: string): Promise<Apart | null>;
  /** Whether a rollback takes all of it back: false for what commits by itself, such as DDL in MySQL. */
  rollsBack(sql: string): boolean;
  /** Of a statement that commits by itself, even where it fails: its kind, for people; null: it does not. Pure. */
  commitsByItself(sql: string): string | null;
  /** Where EXPLAIN of a write is allowed; MariaDB refuses it in a read-only transaction. It writes in neither. */
  readonly explainsIn: 'read' | 'write';
  /**
   * Where the server may call functions for an EXPLAIN: has it check a statement without a plan. Throws as a query does.
   */
  prepare?(session: SqlSession, sql: string): Promise<void>;
}

/** The server refused. Its message quotes no value of a row, so far as the server tells them from its own words. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  /** ER_NO_SUCH_TABLE, 42P01. */
  readonly code: string;
  /** Five characters of the SQL standard. */
  readonly sqlState: string;
  constructor(message: string, code: string, sqlState: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.sqlState = sqlState;
  }
}

/** The connection broke: what the server did last is not known. */
export class SessionLost extends Error {
  override readonly name = 'SessionLost';
}

/** Another session has the lock: it may still commit. */
export class LockHeld extends Error {
  override readonly name = 'LockHeld';
  constructor() {
    super('another session holds the lock');
  }
}
