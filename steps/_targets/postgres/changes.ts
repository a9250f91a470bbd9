/** What a statement changes in Postgres, by Postgres's own parser. */
import { parse } from 'libpg-query';
import type { Change } from '../../../engine/target.ts';
import { members } from '../../_kits/sql/statement.ts';

type Node = { readonly [key: string]: unknown };

const destroyed: { readonly [type: string]: string } = {
  OBJECT_TABLE: 'DROP TABLE',
  OBJECT_SCHEMA: 'DROP SCHEMA',
  OBJECT_MATVIEW: 'DROP MATERIALIZED VIEW',
};

/** The body of DO is a text to the parser: its words have to do. */
const destroysInDo = /\b(DROP\s+(?:TABLE|SCHEMA|DATABASE)|TRUNCATE)\b/i;

const isBlind = ({ whereClause }: Node): boolean => whereClause === undefined;

/** `n = n + 1`: each time it is sent, the value changes. */
const readsItself = (targets: unknown): boolean => [...members(targets)].some(([key]) => key === 'ColumnRef');

const changeOf = (kind: string, node: Node): Change | null => {
  switch (kind) {
    case 'DropStmt': {
      const what = destroyed[String(node.removeType)];
      const repeatable = node.missing_ok === true;
      return { kind: what === undefined ? 'other' : 'destroys', what: what ?? 'DROP', repeatable };
    }
    case 'DropdbStmt':
      return { kind: 'destroys', what: 'DROP DATABASE', repeatable: node.missing_ok === true };
    case 'TruncateStmt':
      return { kind: 'destroys', what: 'TRUNCATE', repeatable: true };
    case 'AlterTableCmd':
      return node.subtype === 'AT_DropColumn'
        ? { kind: 'destroys', what: 'DROP COLUMN', repeatable: node.missing_ok === true }
        : { kind: 'other', what: 'ALTER TABLE', repeatable: false };
    case 'DeleteStmt':
      return isBlind(node)
        ? { kind: 'destroys', what: 'DELETE without WHERE', repeatable: true }
        : { kind: 'rows', what: 'DELETE', repeatable: true };
    case 'UpdateStmt':
      return { kind: 'rows', what: 'UPDATE', repeatable: !readsItself(node.targetList) };
    case 'InsertStmt':
      return { kind: 'rows', what: 'INSERT', repeatable: node.onConflictClause !== undefined };
    case 'MergeStmt':
      return { kind: 'rows', what: 'MERGE', repeatable: false };
    case 'DoStmt': {
      const code = JSON.stringify(node);
      const found = destroysInDo.exec(code)?.[1];
      const repeatable = found !== undefined && /\bIF\s+EXISTS\b/i.test(code);
      return {
        kind: found === undefined ? 'rows' : 'destroys',
        what: found?.toUpperCase() ?? 'DO',
        repeatable,
      };
    }
    default:
      return null;
  }
};

const other = (kind: string, node: Node): Change => ({
  kind: 'other',
  what: kind.replace(/Stmt$/, ''),
  repeatable:
    node.if_not_exists === true || node.replace === true || /^(VariableSet|Grant|Comment)/.test(kind),
});

/** null: no statement that Postgres knows. */
export const changesIn = async (sql: string): Promise<readonly Change[] | null> => {
  try {
    const { stmts = [] } = (await parse(sql)) as { stmts?: readonly { stmt?: Node }[] };
    return stmts.flatMap(({ stmt = {} }) => {
      const found = [...members(stmt)]
        .map(([key, value]) => (typeof value === 'object' && value ? changeOf(key, value as Node) : null))
        .filter((change) => change !== null);
      const [kind = '', node] = Object.entries(stmt)[0] ?? [];
      return found.length > 0 ? found : [other(kind, node as Node)];
    });
  } catch {
    return null;
  }
};
