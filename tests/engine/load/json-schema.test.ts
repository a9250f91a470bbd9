/** The schema that editors are given holds nothing that only zod understands. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runbookJsonSchema, runbookSchemaText } from '../../../engine/load/json-schema.ts';
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

test('runbooks/runbook.schema.json is what the engine takes now (npm run docs writes it)', () => {
  const written = readFileSync(join(import.meta.dirname, '../../../runbooks/runbook.schema.json'), 'utf8');
  expect(written).toBe(runbookSchemaText(registry));
  expect(Buffer.byteLength(written)).toBeLessThan(300_000);
});

test('every key has a text for the person who hovers over it', () => {
  const resolve = (node: Node): Node => {
    const name = typeof node.$ref === 'string' ? node.$ref.replace('#/$defs/', '') : null;
    return name === null ? node : ((schema.$defs?.[name] ?? {}) as Node);
  };
  // What `type` and `with` are is said by the branch of each type.
  const isOpen = (node: Node) => Object.keys(node).every((key) => key === 'type' || key === 'const');
  const silent = nodesOf(schema).flatMap((node) =>
    Object.entries((node.properties ?? {}) as Record<string, Node>)
      .filter(([key, value]) => !((key === 'type' || key === 'with') && (isOpen(value) || 'enum' in value)))
      .filter(([, value]) => !value.description && !resolve(value).description)
      .map(([key]) => key),
  );
  expect(silent).toEqual([]);
  const inputs = nodesOf(schema.$defs?.['by-type']).flatMap(
    ({ properties }) => (properties as Node)?.with ?? [],
  );
  expect(inputs).toHaveLength(registry.steps.size);
  expect(inputs.filter((input) => !(input as Node).description)).toEqual([]);
});
