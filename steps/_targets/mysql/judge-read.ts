/** Whether a text is a read to MySQL and MariaDB, by the parser of Apache DataFusion in its MySQL dialect. */
import { init, parse } from '@guanmingchiu/sqlparser-ts';
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
import { mayAct } from './functions.ts';

type Tree = { readonly [kind: string]: unknown };

/** The servers carry these out or not by their version, and the parser knows none of MariaDB's. */
const versioned = /\/\*M?!/;

/** The parser does not know it; what it names is a list of tables, and nothing else may stand there. */
const checksum = /^checksum\s+tables?\s+(.+?)(\s+(quick|extended))?$/is;

const changing = new Set(['Insert', 'Update', 'Delete', 'Merge']);

const inWords = (kind: string): string => kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase();

const parsed = async (sql: string): Promise<readonly (Tree | string)[] | Error> => {
  await init();
  try {
    return parse(sql, 'mysql') as unknown as readonly (Tree | string)[];
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
};

const partsOf = (name: unknown): readonly string[] =>
  (Array.isArray(name) ? name : []).map(
    (part: { readonly Identifier?: { readonly value?: string } }) => part.Identifier?.value ?? '?',
  );

/** A name of a WITH query may be among the relations: then a view of that name is looked at for nothing. */
const usedIn = (tree: unknown): Used => {
  const calls = new Set<string>();
  const relations: Named[] = [];
  for (const [key, value] of members(tree)) {
    if (typeof value !== 'object' || value === null) continue;
    const parts = partsOf((value as Tree).name);
    if (key === 'Function' && mayAct(parts.join('.'))) calls.add(parts.join('.'));
    if (key === 'Table' && parts.length > 0)
      relations.push({ schema: parts.at(-2) ?? null, name: parts.at(-1) ?? '?' });
  }
  return { calls: [...calls], relations };
};

const judgeQuery = (tree: unknown): Judged => {
  for (const [key, value] of members(tree)) {
    if (changing.has(key)) return refusedWrite(`it changes rows: ${inWords(key)}`);
    if (key === 'locks' && Array.isArray(value) && value.length > 0)
      return refusedWrite('it locks rows (FOR UPDATE, FOR SHARE)', 'Leave the lock out');
    if (key === 'into' && value) return refusedWrite('it writes its result (INTO)', 'Leave INTO out');
  }
  return { is: 'read', ...usedIn(tree) };
};

const judgeStatement = (statement: Tree | string | undefined): Judged => {
  const [kind = '', body] =
    typeof statement === 'object' ? (Object.entries(statement)[0] ?? []) : [statement];
  if (kind === 'Query') return judgeQuery(body);
  if (kind === 'Explain') {
    const { analyze, statement: inner } = body as { analyze?: boolean; statement?: Tree };
    if (analyze) return judgeStatement(inner);
    // The plan only; an optimizer may call a function for it.
    return inner?.Query ? judgeQuery(inner.Query) : { is: 'read', ...usedIn(inner) };
  }
  if (kind === 'ExplainTable' || /^Show[A-Z]/.test(kind)) return judgeQuery(body);
  return refusedWrite(`${inWords(kind)} is no read`);
};

const isTable = (item: { readonly relation?: Tree; readonly joins?: readonly unknown[] }): boolean => {
  const table = item.relation?.Table as Tree | undefined;
  return table !== undefined && !table.alias && !table.args && item.joins?.length === 0;
};

const judgeChecksum = async (sql: string, list: string): Promise<Judged> => {
  const trees = await parsed(`SELECT 1 FROM ${list}`);
  const query = trees instanceof Error ? undefined : (trees[0] as { Query?: { body?: { Select?: Tree } } });
  const select = query?.Query?.body?.Select;
  const from = select?.from;
  const plain = Array.isArray(from) && from.length > 0 && from.every(isTable) && !select?.selection;
  return plain && !(trees instanceof Error) && trees.length === 1
    ? { is: 'read', ...usesNothing }
    : unknownStatement(sql, 'CHECKSUM TABLE takes a list of tables');
};

/** Of a SHOW that it does not know, the parser keeps the words only: its condition is read as that of a query. */
const judgeShow = async (sql: string, words: unknown): Promise<Judged> => {
  const names = Array.isArray(words)
    ? words.map((word: { readonly value?: string }) => word.value ?? '')
    : [];
  if (!names.some((name) => name.toLowerCase() === 'where')) return { is: 'read', ...usesNothing };
  const trees = await parsed(`SELECT 1 ${sql.slice(sql.search(/\bwhere\b/i))}`);
  if (trees instanceof Error || trees.length !== 1)
    return unknownStatement(sql, 'the condition of SHOW ... WHERE');
  return judgeStatement(trees[0]);
};

export const judgeRead = async (sql: string): Promise<Judged> => {
  if (versioned.test(sql))
    return refusedWrite(
      'it has a comment that some servers carry out: /*! or /*M!',
      'Write out what the server shall do, and pass such a text by `params`',
    );
  const list = checksum.exec(sql.trim().replace(/;\s*$/, ''))?.[1];
  if (list !== undefined) return judgeChecksum(sql, list);
  const trees = await parsed(sql);
  if (trees instanceof Error) return unknownStatement(sql, trees.message);
  if (trees.length === 0) return unknownStatement(sql, 'it is empty');
  if (trees.length > 1) return severalStatements;
  const show = typeof trees[0] === 'object' ? (trees[0].ShowVariable as Tree | undefined) : undefined;
  return show ? judgeShow(sql, show.variable) : judgeStatement(trees[0]);
};
