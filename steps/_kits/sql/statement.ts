/** What a server would make of a text that is sent as a read: judged by the parser of its language, before it is sent. */
import { isVouchable } from './vouch.ts';

export interface Named {
  /** null: as the session finds it. */
  readonly schema: string | null;
  readonly name: string;
}

/** What a read uses that may do more than read, as far as the text alone tells. */
export interface Used {
  /** Functions. */
  readonly calls: readonly string[];
  /** Tables and views; a view calls what its definition calls. */
  readonly relations: readonly Named[];
  readonly operators?: readonly string[];
  /** Types that a value is cast to. */
  readonly types?: readonly Named[];
}

export const usesNothing: Used = { calls: [], relations: [] };

export type Judged =
  | ({ readonly is: 'read' } & Used)
  /** `unknown`: no statement of the language, as its parser knows it. */
  | { readonly is: 'write' | 'unknown'; readonly what: string; readonly remedy: string };

export type Refused = Exclude<Judged, { is: 'read' }>;

export const writeRemedy =
  'Say `effects: write` where it is the act of a step; a check, a list and a probe may only read';

export const refusedWrite = (what: string, remedy = writeRemedy): Refused => ({ is: 'write', what, remedy });

export const severalStatements: Refused = refusedWrite(
  'these are several statements',
  'Give exactly one statement',
);

export const unknownStatement = (sql: string, said: string): Refused => ({
  is: 'unknown',
  what: `the parser does not know this statement, so it is not taken for a read: ${said}`,
  remedy: isVouchable(sql)
    ? 'Check the syntax. If it is a read: `trust_read: true` in a query step, else select from a view'
    : `Check the syntax. ${writeRemedy}`,
});

export type JudgeRead = (sql: string) => Promise<Judged>;

/**
 * Surely a query, by its words alone. Only for a load, which would have to start a parser for each dialect: right
 * before it is sent, every text is judged by its parser.
 */
export const isPlainQuery = (sql: string): boolean =>
  /^\s*select\b/i.test(sql) &&
  !/;|\/\*|\b(into|for|lock|insert|update|delete|merge|replace|procedure|call|do|set)\b/i.test(sql);

/** For a load, or right before the text is sent. */
export const notRead = async (judge: JudgeRead, sql: string, trusted: boolean): Promise<Refused | null> => {
  const judged = await judge(sql);
  if (judged.is === 'read') return null;
  return judged.is === 'unknown' && trusted && isVouchable(sql) ? null : judged;
};

type Node = { readonly [key: string]: unknown };

/** Every key of a parsed statement with its value, at any depth. */
export function* members(tree: unknown): Generator<readonly [key: string, value: unknown, node: Node]> {
  const left: unknown[] = [tree];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    for (const [key, value] of Object.entries(node)) {
      if (!Array.isArray(node)) yield [key, value, node as Node];
      if (typeof value === 'object' && value !== null) left.push(value);
    }
  }
}
