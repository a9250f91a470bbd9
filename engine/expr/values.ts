/**
 * JSON to CEL values and back. A JS number is a double to CEL, so what the schema calls an integer goes in as
 * BigInt and comes out as a number again.
 */
import type { Json } from '../plan.ts';
import { branches, type JsonSchema } from './json-schema.ts';

const isArray = (v: Json): v is readonly Json[] => Array.isArray(v);

const numeric = (value: number, shapes: readonly JsonSchema[]): number | bigint => {
  const isDouble = shapes.some((s) => s.type === 'number') && !shapes.some((s) => s.type === 'integer');
  return Number.isSafeInteger(value) && !isDouble ? BigInt(value) : value;
};

/** Of a value from the journal: an earlier engine took any depth. */
const deepest = 1_000;

/** Without a schema, a whole number counts as an integer. */
export const toCel = (value: Json, schema: JsonSchema, root: JsonSchema = schema, depth = 0): unknown => {
  if (depth > deepest) throw new Error(`the value is nested deeper than ${deepest} levels`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  const shapes = branches(schema, root);
  if (typeof value === 'number') return numeric(value, shapes);
  const pick = (from: unknown): JsonSchema =>
    typeof from === 'object' && from !== null ? (from as JsonSchema) : {};
  if (isArray(value)) {
    const items = pick(shapes.find((s) => s.items !== undefined)?.items);
    return value.map((item) => toCel(item, items, root, depth + 1));
  }
  const map = new Map<string, unknown>();
  for (const [key, item] of Object.entries(value)) {
    const shape = shapes.find((s) => s.properties && Object.hasOwn(s.properties, key));
    const field =
      shape?.properties?.[key] ?? shapes.find((s) => s.additionalProperties)?.additionalProperties;
    map.set(key, toCel(item, pick(field), root, depth + 1));
  }
  return map;
};

/** Throws a plain Error, one line, where JSON has no such value. */
export const fromCel = (value: unknown): Json => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'bigint':
      if (BigInt(Number(value)) !== value || !Number.isSafeInteger(Number(value)))
        throw new Error('the number is too large to be exact');
      return Number(value);
    case 'number':
      if (!Number.isFinite(value)) throw new Error('the result is not a finite number');
      return value;
  }
  if (value === null) return null;
  if (Array.isArray(value)) return value.map(fromCel);
  if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [String(k), fromCel(v)]));
  if (value instanceof Date) return value.toISOString();
  if (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
    return Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, fromCel(v)]));
  throw new Error('the result is not a text, number, true or false, list or map');
};
