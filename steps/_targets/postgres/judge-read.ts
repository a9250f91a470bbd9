/** Whether a text is a read to Postgres, by Postgres's own parser. */
import { parse } from 'libpg-query';
import {
  type Judged,
  members,
  refusedWrite,
  severalStatements,
  unknownStatement,
} from '../../_kits/sql/statement.ts';

type Tree = { readonly [kind: string]: unknown };

const changing = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

const inWords = (kind: string): string =>
  kind
    .replace(/Stmt$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();

/** Qualified where the text qualifies it. */
const nameOf = (call: Tree): string =>
  (Array.isArray(call.funcname) ? call.funcname : [])
    .map((part: { readonly String?: { readonly sval?: string } }) => part.String?.sval ?? '?')
    .join('.');

const callsIn = (tree: unknown): readonly string[] => [
  ...new Set(
    [...members(tree)].flatMap(([key, value]) => (key === 'FuncCall' ? [nameOf(value as Tree)] : [])),
  ),
];

const judgeSelect = (tree: unknown): Judged => {
  for (const [key] of members(tree)) {
    if (changing.has(key)) return refusedWrite(`it changes rows: ${inWords(key)}`);
    if (key === 'intoClause') return refusedWrite('it makes a table (INTO)', 'Leave INTO out');
    if (key === 'lockingClause')
      return refusedWrite('it locks rows (FOR UPDATE, FOR SHARE)', 'Leave the lock out');
  }
  return { is: 'read', calls: callsIn(tree) };
};

interface Option {
  readonly DefElem?: { readonly defname?: string; readonly arg?: Tree };
}

const off = ['false', 'off', '0'];

/** EXPLAIN ANALYZE carries the statement out. */
const carriesOut = (options: unknown): boolean =>
  (Array.isArray(options) ? options : []).some(({ DefElem }: Option) => {
    if (DefElem?.defname !== 'analyze') return false;
    const given = Object.values((DefElem.arg ?? {}) as Record<string, Tree>)[0];
    const value = given === undefined ? 'true' : (given.sval ?? given.boolval ?? given.ival ?? false);
    return !off.includes(String(value).toLowerCase());
  });

const judgeStatement = (statement: Tree): Judged => {
  const [kind = '', body] = Object.entries(statement)[0] ?? [];
  if (kind === 'SelectStmt') return judgeSelect(body);
  if (kind === 'VariableShowStmt') return { is: 'read', calls: [] };
  if (kind === 'ExplainStmt') {
    const { query = {}, options } = body as { query?: Tree; options?: unknown };
    const [inner = ''] = Object.keys(query);
    // The plan only; the planner may call a function for it.
    if (changing.has(inner) && !carriesOut(options)) return { is: 'read', calls: callsIn(query) };
    return judgeStatement(query);
  }
  return refusedWrite(`${inWords(kind)} is no read`);
};

export const judgeRead = async (sql: string): Promise<Judged> => {
  let statements: readonly { readonly stmt?: Tree }[];
  try {
    statements = ((await parse(sql)) as { stmts?: readonly { stmt?: Tree }[] }).stmts ?? [];
  } catch (error) {
    return unknownStatement(sql, error instanceof Error ? error.message : String(error));
  }
  const [first, ...others] = statements;
  if (first?.stmt === undefined) return unknownStatement(sql, 'it is empty');
  return others.length > 0 ? severalStatements : judgeStatement(first.stmt);
};
