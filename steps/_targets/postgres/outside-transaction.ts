/** Statements that Postgres refuses inside a transaction, where every write of ours runs. */
import type { Apart } from '../../_kits/sql/client.ts';

type Tree = { readonly [key: string]: unknown };

const always: Readonly<Record<string, string>> = {
  CreatedbStmt: 'CREATE DATABASE',
  DropdbStmt: 'DROP DATABASE',
  AlterSystemStmt: 'ALTER SYSTEM',
  CreateTableSpaceStmt: 'CREATE TABLESPACE',
  DropTableSpaceStmt: 'DROP TABLESPACE',
  TransactionStmt: 'a statement that begins or ends a transaction',
};

const options = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : []).map(
    (option: { readonly DefElem?: { readonly defname?: string } }) => option.DefElem?.defname ?? '',
  );

const nameOf = (kind: string, body: Tree): string | null => {
  if (always[kind]) return always[kind];
  if (kind === 'VacuumStmt') return body.is_vacuumcmd === true ? 'VACUUM' : null;
  if (kind === 'IndexStmt') return body.concurrent === true ? 'CREATE INDEX CONCURRENTLY' : null;
  if (kind === 'DropStmt') return body.concurrent === true ? 'DROP INDEX CONCURRENTLY' : null;
  if (kind === 'ReindexStmt') {
    if (options(body.params).includes('concurrently')) return 'REINDEX CONCURRENTLY';
    return /SCHEMA|SYSTEM|DATABASE/.test(String(body.kind)) ? 'REINDEX of more than one table' : null;
  }
  if (kind === 'ClusterStmt') return body.relation === undefined ? 'CLUSTER of all tables' : null;
  if (kind === 'CreateSubscriptionStmt') return 'CREATE SUBSCRIPTION, which makes a slot,';
  return null;
};

/** One of these stands in every such statement: the parser, which is slow to load, is asked of no other. */
const suspicious =
  /\b(vacuum|system|database|tablespace|concurrently|reindex|cluster|subscription|commit|rollback|savepoint)\b|(^|\*\/|\n)\s*(begin|start|end|abort|release|prepare)\b/i;

/** What it is; null: it may run in a transaction, or the parser does not know it. */
export const outsideTransaction = async (sql: string): Promise<Apart | null> => {
  if (!suspicious.test(sql)) return null;
  try {
    const { parse } = await import('libpg-query');
    const { stmts = [] } = (await parse(sql)) as { stmts?: readonly { stmt?: Tree }[] };
    const [kind = '', body] = Object.entries(stmts[0]?.stmt ?? {})[0] ?? [];
    const what = nameOf(kind, body as Tree);
    return what === null ? null : { what, alone: kind !== 'TransactionStmt' };
  } catch {
    return null;
  }
};
