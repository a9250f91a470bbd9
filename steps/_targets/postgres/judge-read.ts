/** Whether a text is a read to Postgres, by Postgres's own parser. */
import { parse } from 'libpg-query';
import {
  type Judged,
  members,
  type Named,
  refusedWrite,
  severalStatements,
  type Used,
  unknownStatement,
  usesNothing,
} from '../../_kits/sql/statement.ts';

type Tree = { readonly [kind: string]: unknown };

const changing = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

const inWords = (kind: string): string =>
  kind
    .replace(/Stmt$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();

const partsOf = (name: unknown): readonly string[] =>
  (Array.isArray(name) ? name : []).map(
    (part: { readonly String?: { readonly sval?: string } }) => part.String?.sval ?? '?',
  );

const named = (parts: readonly string[]): Named => ({
  schema: parts.at(-2) ?? null,
  name: parts.at(-1) ?? '?',
});

/** A name of a WITH query may be among the relations: then a view of that name is looked at for nothing. */
const usedIn = (tree: unknown): Used => {
  const calls = new Set<string>();
  const operators = new Set<string>();
  const relations: Named[] = [];
  const types: Named[] = [];
  for (const [key, value] of members(tree)) {
    const node = value as Tree;
    // Qualified where the text qualifies it.
    if (key === 'FuncCall') calls.add(partsOf(node.funcname).join('.'));
    if (key === 'A_Expr') operators.add(partsOf(node.name).at(-1) ?? '?');
    if (key === 'RangeVar')
      relations.push({ schema: (node.schemaname as string) ?? null, name: String(node.relname) });
    if (key === 'TypeCast') types.push(named(partsOf((node.typeName as Tree | undefined)?.names)));
  }
  return { calls: [...calls], operators: [...operators], relations, types };
};

const judgeSelect = (tree: unknown): Judged => {
  for (const [key] of members(tree)) {
    if (changing.has(key)) return refusedWrite(`it changes rows: ${inWords(key)}`);
    if (key === 'intoClause') return refusedWrite('it makes a table (INTO)', 'Leave INTO out');
    if (key === 'lockingClause')
      return refusedWrite('it locks rows (FOR UPDATE, FOR SHARE)', 'Leave the lock out');
  }
  return { is: 'read', ...usedIn(tree) };
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
  if (kind === 'VariableShowStmt') return { is: 'read', ...usesNothing };
  if (kind === 'ExplainStmt') {
    const { query = {}, options } = body as { query?: Tree; options?: unknown };
    const [inner = ''] = Object.keys(query);
    // The plan only; the planner may call a function for it.
    if (changing.has(inner) && !carriesOut(options)) return { is: 'read', ...usedIn(query) };
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
