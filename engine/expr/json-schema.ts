/** Reads of a JSON Schema made by zod: what a value at a path may be. */
import * as z from 'zod';

export type JsonSchema = z.core.JSONSchema.JSONSchema;
export type Path = readonly (string | number)[];

const converted = {
  input: new WeakMap<z.ZodType, JsonSchema>(),
  output: new WeakMap<z.ZodType, JsonSchema>(),
};

/** Transforms and custom types become `{}`: anything. */
export const schemaOf = (type: z.ZodType, io: 'input' | 'output'): JsonSchema => {
  const known = converted[io].get(type);
  if (known) return known;
  const schema = z.toJSONSchema(type, { io, unrepresentable: 'any', reused: 'inline' }) as JsonSchema;
  converted[io].set(type, schema);
  return schema;
};

const isSchema = (s: unknown): s is JsonSchema => typeof s === 'object' && s !== null && !Array.isArray(s);

/** The schema behind `$ref`s, with unions laid open. */
export const branches = (schema: JsonSchema, root: JsonSchema, depth = 0): readonly JsonSchema[] => {
  if (depth > 20) return [];
  const open = (s: unknown) => (isSchema(s) ? branches(s, root, depth + 1) : []);
  if (schema.$ref !== undefined) {
    if (schema.$ref === '#') return open(root);
    return open(root.$defs?.[schema.$ref.replace('#/$defs/', '')]);
  }
  const union = schema.anyOf ?? schema.oneOf;
  if (union) return union.flatMap(open);
  if (Array.isArray(schema.type)) return schema.type.map((type) => ({ ...schema, type }) as JsonSchema);
  return [schema];
};

const child = (schema: JsonSchema, key: string | number): unknown => {
  if (typeof key === 'number') {
    const inTuple = schema.prefixItems?.[key];
    return inTuple ?? schema.items;
  }
  if (schema.properties && Object.hasOwn(schema.properties, key)) return schema.properties[key];
  return schema.additionalProperties;
};

/** Every schema that the value at `path` may have to satisfy; empty: the path leads nowhere. */
export const schemasAt = (root: JsonSchema, path: Path): readonly JsonSchema[] => {
  let here = branches(root, root);
  for (const key of path) {
    here = here.flatMap((schema) => {
      const next = child(schema, key);
      return isSchema(next) ? branches(next, root) : [];
    });
  }
  return here;
};

export type JsonType = 'string' | 'integer' | 'number' | 'boolean' | 'null' | 'array' | 'object';

/** A schema without `type` (any, custom) accepts any value. */
export const takes = (schemas: readonly JsonSchema[], type: JsonType): boolean =>
  schemas.length === 0 ||
  schemas.some((s) => s.type === undefined || s.type === type || (type === 'integer' && s.type === 'number'));

/** Keys a map may have, over all the shapes it may take. */
export const keysOf = (schemas: readonly JsonSchema[]): readonly string[] => [
  ...new Set(schemas.flatMap((s) => Object.keys(s.properties ?? {}))),
];
