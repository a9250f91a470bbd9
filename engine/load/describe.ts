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

/** What a CEL type is called in a message. */
export const celWord = (type: string): string => {
  if (type.startsWith('list')) return 'a list';
  if (/^(map|Output|Step|Vars|Run)/.test(type)) return 'a map';
  return (
    { string: 'a text', int: 'a whole number', double: 'a number', bool: 'true or false', null: 'nothing' }[
      type
    ] ?? type
  );
};
