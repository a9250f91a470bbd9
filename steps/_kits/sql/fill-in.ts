/**
 * `{{name}}` in a statement: a name or a value where the server takes no parameter (`CREATE SUBSCRIPTION {{name}}`,
 * `SET GLOBAL read_only = {{before.read_only}}`), quoted as its server reads it.
 */
import type { Json } from '../../../engine/plan.ts';
import { StepFailed } from '../../../engine/step.ts';

export type Dialect = 'mysql' | 'postgres';

/** What may stand in for a `{{name}}`. */
export type Filling = { readonly name: string } | { readonly value: Json };

const BLANK = /\{\{\s*([\w.-]+)\s*\}\}/g;

/** The names in the order of their first use. */
export const blanksIn = (sql: string): readonly string[] => [
  ...new Set([...sql.matchAll(BLANK)].map(([, name]) => name ?? '')),
];

/** In quotes of any kind nothing of it could end them: a `{{name}}` that stands in a string stays inside it. */
const safeName = /^[^'"`\\\p{Cc}]{1,64}$/u;

export const isSafeName = (name: string): boolean => safeName.test(name);

const refuse = (what: string, remedy: string): never => {
  throw new StepFailed(what, { effect: 'none', remedy });
};

const quotedName = (name: string, dialect: Dialect): string => {
  if (!isSafeName(name))
    return refuse(
      'a name for the statement has a quote, a backslash or a control character, or more than 64 characters',
      'Correct the value under `names`',
    );
  return dialect === 'mysql' ? `\`${name}\`` : `"${name}"`;
};

/** Whether a backslash escapes is a setting of either server, so neither is given one. */
const quotedText = (text: string): string =>
  /[\\\0]/.test(text)
    ? refuse('a value for the statement has a backslash or a zero byte', 'Give a value without one')
    : `'${text.replaceAll("'", "''")}'`;

const quotedValue = (value: Json): string => {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return quotedText(value);
  return refuse('a value for the statement is a list or a map', 'Give a text, a number, true, false or null');
};

const quoted = (filling: Filling, dialect: Dialect): string =>
  'name' in filling ? quotedName(filling.name, dialect) : quotedValue(filling.value);

/** Throws StepFailed where a value cannot be quoted; `of` gives undefined for a name that nobody declared. */
export const fillIn = (sql: string, of: (name: string) => Filling | undefined, dialect: Dialect): string =>
  sql.replaceAll(BLANK, (blank, name: string) => {
    const filling = of(name);
    return filling === undefined ? blank : quoted(filling, dialect);
  });
