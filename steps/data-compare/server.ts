/** What the comparison asks of a server, whichever kind it is. */
import type { SqlSession } from '../_kits/sql/client.ts';
import type { AnyColumn, OwnPlan, Table } from './compared-table.ts';
import type { Fault } from './match-columns.ts';

/** SQL for the checksum of a text that is known here. */
export interface Sample {
  readonly text: string;
  readonly hash: string;
  readonly number: string;
}

export interface CompareServer<C extends AnyColumn = AnyColumn> {
  readonly title: 'MySQL' | 'Postgres';
  /** Makes the session mean the same as every other one. Throws TargetError where the server does not let it. */
  settle(target: string, session: SqlSession): Promise<void>;
  /** null: it is not there, or nothing of it may be read. */
  table(session: SqlSession, name: string): Promise<Table<C> | null>;
  /** Of a table. */
  quote(name: string): string;
  /** Columns that the server hides from this user. */
  hidden(session: SqlSession, name: string): Promise<Fault | null>;
  /** Whether texts are in UTF-8 there. */
  isUtf8(session: SqlSession): Promise<boolean>;
  sample(isUtf8: boolean): Sample;
  digests(plan: OwnPlan<C>, chars: number): string;
  rows(plan: OwnPlan<C>, buckets: readonly string[] | null): string;
  collisions(plan: OwnPlan<C>): string;
  /** null: it has none. */
  zeroDates(plan: OwnPlan<C>): string | null;
  /** Room for rows that are sorted there. */
  makeSortRoom(session: SqlSession, plan: OwnPlan<C>): Promise<void>;
}
