/** Values and schemas in an operator's words. */
import type { JsonSchema } from '../expr/json-schema.ts';
import type { Json } from '../plan.ts';

const LONGEST = 60;

export const shown = (value: Json): string => {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
};

const WORDS: Record<string, string> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  null: 'nothing',
};

const wordOf = (schema: JsonSchema): string => {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  // A place for text and secrets reads as one for text.
  if (schema.type === 'object' && schema.properties && Object.keys(schema.properties).join() === 'secret')
    return 'a text';
  if (typeof schema.examples?.[0] === 'string') return `a text like "${schema.examples[0]}"`;
  return (typeof schema.type === 'string' && WORDS[schema.type]) || 'a value';
};

export const expectedOf = (schemas: readonly JsonSchema[]): string =>
  [...new Set(schemas.map(wordOf))].join(' or ') || 'a value';

/** Comparisons, calls and fields: what an expression looks like. */
const EXPRESSION = /^!?\(*\s*(?:vars|steps|run)\s*[.[]|[=!<>]=|&&|\|\||^size\(/;
const YES_AND_NO: { readonly [word: string]: string } = {
  ...Object.fromEntries(['yes', 'on', 'y', 'true'].map((word) => [word, 'true'])),
  ...Object.fromEntries(['no', 'off', 'n', 'false'].map((word) => [word, 'false'])),
};

/** What to write instead of a value of the wrong kind. `written`: the text of the file. null: nothing certain. */
export const remedyFor = (
  got: Json,
  expected: readonly JsonSchema[],
  written: string | null,
): string | null => {
  const takes = (type: string) => expected.some((s) => s.type === type);
  if (typeof got !== 'string' && typeof got !== 'object' && takes('string') && written !== null)
    return `Quote it: "${written}"`;
  if (got === null && takes('string') && written !== null && written !== '')
    return `YAML reads ${written} as an empty value: quote it`;
  if (typeof got !== 'string' || takes('string')) return null;
  if (EXPRESSION.test(got)) return `Write an expression as "\${{ ${got} }}"`;
  const bool = takes('boolean') ? YES_AND_NO[got.toLowerCase()] : undefined;
  if (bool !== undefined) return `Write ${bool}, without quotes`;
  return (takes('integer') || takes('number')) && /^-?\d+$/.test(got) ? `Write ${got}, without quotes` : null;
};

/** What a CEL type is called in a message. */
export const celWord = (type: string): string => {
  if (type.startsWith('list')) return 'a list';
  if (/^(map|Output|Step|Vars|Locals|Run)/.test(type)) return 'a map';
  return (
    { string: 'a text', int: 'a whole number', double: 'a number', bool: 'true or false', null: 'nothing' }[
      type
    ] ?? type
  );
};
