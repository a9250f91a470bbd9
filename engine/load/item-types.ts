/** The types of vars as JSON Schemas: what the checker, the values and the editor all read. */
import { nearest } from '../diagnostics/near.ts';
import type { JsonSchema, Path } from '../expr/json-schema.ts';
import type { Json } from '../plan.ts';
import { shown } from './describe.ts';
import { parseDuration } from './duration.ts';
import { isMap } from './is-map.ts';
import type { Variable } from './schema/document.ts';
import { valueName } from './schema/values.ts';

/** `format`: judged by hand, JSON Schema's own duration is another one. */
const SCALARS: { readonly [type: string]: JsonSchema } = {
  string: { type: 'string' },
  int: { type: 'integer' },
  bool: { type: 'boolean' },
  duration: { type: 'string', format: 'duration' },
};

const fieldName = valueName('field');

/** One slip in `items`. */
export interface ItemFlaw {
  /** Below `items`. */
  readonly path: Path;
  readonly why: string;
}

/** What each item is: `string`, `[string]` for a list of texts, or a map of its fields. */
export const itemSchema = (items: Json, flaws: ItemFlaw[] = [], path: Path = []): JsonSchema => {
  const wrong = (why: string): JsonSchema => {
    flaws.push({ path, why });
    return {};
  };
  if (typeof items === 'string') {
    const scalar = Object.hasOwn(SCALARS, items) ? SCALARS[items] : undefined;
    if (scalar) return scalar;
    const near = nearest(items, Object.keys(SCALARS));
    return wrong(
      `"${items}" is not a type of an item${near === null ? '' : `; did you mean "${near}"?`}. Types: ${Object.keys(SCALARS).join(', ')}, a list like [string], or a map of field names to types`,
    );
  }
  if (Array.isArray(items)) {
    const [each, ...rest] = items as readonly Json[];
    if (each === undefined || rest.length > 0)
      return wrong('a list type has exactly one entry: the type of its items, as in [string]');
    return { type: 'array', items: itemSchema(each, flaws, [...path, 0]) };
  }
  if (!isMap(items)) return wrong(`the name of a type, or a map of fields was expected, not ${shown(items)}`);
  const fields = Object.entries(items);
  if (fields.length === 0) return wrong('a map of fields needs at least one field');
  for (const [name] of fields)
    if (!fieldName.safeParse(name).success)
      flaws.push({ path: [...path, name], why: `"${name}" is not a field name: letters, digits and _ only` });
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map(([name, type]) => [name, itemSchema(type, flaws, [...path, name])]),
    ),
    required: fields.map(([name]) => name),
    additionalProperties: false,
  };
};

export const schemaOfVar = ({ type, items, values }: Variable): JsonSchema => {
  switch (type) {
    case 'list':
      return { type: 'array', items: itemSchema((items ?? null) as Json) };
    case 'map':
      return { type: 'object', additionalProperties: itemSchema((items ?? null) as Json) };
    case 'enum':
      return { type: 'string', enum: [...(values ?? [])] };
    default:
      return SCALARS[type] ?? {};
  }
};

/** `sections[2].from` */
export const pathText = (name: string, path: Path): string =>
  path.reduce<string>(
    (text, key) =>
      typeof key === 'number'
        ? `${text}[${key}]`
        : /^\w+$/.test(key)
          ? `${text}.${key}`
          : `${text}['${key}']`,
    name,
  );

export type ValueFlaw = { readonly path: Path } & (
  | { readonly kind: 'type'; readonly expected: string; readonly got: string }
  | { readonly kind: 'unknown-field'; readonly name: string; readonly known: readonly string[] }
  | { readonly kind: 'no-field'; readonly name: string }
);

const WORDS: { readonly [type: string]: string } = {
  string: 'a text',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

export const typeWord = (schema: JsonSchema): string => {
  if (schema.enum) return `one of ${schema.enum.join(', ') || 'nothing'}`;
  if (schema.format === 'duration') return 'a duration like "5m"';
  return WORDS[String(schema.type)] ?? 'a value';
};

const fits = (value: Json, schema: JsonSchema): boolean => {
  switch (schema.type) {
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isMap(value);
    case 'string':
      if (typeof value !== 'string') return false;
      if (schema.format === 'duration') return parseDuration(value).ok;
      return schema.enum === undefined || schema.enum.includes(value);
  }
  return true;
};

/** Every flaw of a value, each at its path. */
export const valueFlaws = (value: Json, schema: JsonSchema, path: Path = []): readonly ValueFlaw[] => {
  if (!fits(value, schema)) return [{ path, kind: 'type', expected: typeWord(schema), got: shown(value) }];
  if (Array.isArray(value) && typeof schema.items === 'object')
    return value.flatMap((item, i) => valueFlaws(item as Json, schema.items as JsonSchema, [...path, i]));
  if (!isMap(value)) return [];
  const { properties, additionalProperties: rest } = schema;
  if (!properties)
    return typeof rest === 'object'
      ? Object.entries(value).flatMap(([key, item]) => valueFlaws(item, rest, [...path, key]))
      : [];
  const known = Object.keys(properties);
  // A misspelt field is not missing on top of that.
  const meant = Object.keys(value).map((key) => (known.includes(key) ? key : nearest(key, known)));
  return [
    ...Object.entries(value).flatMap(([key, item]): readonly ValueFlaw[] =>
      known.includes(key)
        ? valueFlaws(item, properties[key] as JsonSchema, [...path, key])
        : [{ path: [...path, key], kind: 'unknown-field', name: key, known }],
    ),
    ...known
      .filter((key) => !meant.includes(key))
      .map((name): ValueFlaw => ({ path, kind: 'no-field', name })),
  ];
};
