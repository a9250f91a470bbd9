/** The schema that editors are given holds nothing that only zod understands. */
import { expect, test } from 'vitest';
import { runbookJsonSchema } from '../../../engine/load/json-schema.ts';
import { registry } from '../../../steps/index.ts';

type Node = { readonly [key: string]: unknown };

const nodesOf = (value: unknown): readonly Node[] => {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Node, ...Object.values(value).flatMap(nodesOf)];
};

const schema = runbookJsonSchema(registry);
const texts = (key: string): readonly string[] => [
  ...new Set(nodesOf(schema).flatMap((node) => (typeof node[key] === 'string' ? [node[key]] : []))),
];

test('names formats of the standard only, and keeps the pattern where zod has one of its own', () => {
  expect(texts('format')).toEqual(['uri']);
  expect(texts('pattern')).toContain('^\\/.*');
});

test('names its definitions for people, and every reference leads to one', () => {
  const names = Object.keys(schema.$defs ?? {});
  expect(names.filter((name) => !/^[a-z][\w.-]*$/.test(name) || name.includes('__'))).toEqual([]);
  expect(texts('$ref').filter((ref) => !names.includes(ref.replace('#/$defs/', '')))).toEqual([]);
});
