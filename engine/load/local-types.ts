/** What the checker knows of a local: from its expression, and from its value where that is known. */
import type { ExpressionChecker, LocalType } from '../expr/check.ts';
import type { JsonSchema } from '../expr/json-schema.ts';
import { isDeferred } from '../expr/markers.ts';
import type { Json } from '../plan.ts';

export type { LocalType };

const SCALARS: { readonly [type: string]: JsonSchema } = {
  string: { type: 'string' },
  int: { type: 'integer' },
  double: { type: 'number' },
  bool: { type: 'boolean' },
};

/** Exactly the fields that are there. */
const schemaOfValue = (value: Json): JsonSchema => {
  if (typeof value !== 'object' || value === null || isDeferred(value)) return {};
  if (Array.isArray(value)) {
    const items = new Map(value.map((item) => [JSON.stringify(shapeOf(item)), schemaOfValue(item)]));
    return { type: 'array', items: items.size === 0 ? {} : { anyOf: [...items.values()] } };
  }
  const fields = Object.entries(value).map(([key, item]) => [key, schemaOfValue(item)] as const);
  return { type: 'object', properties: Object.fromEntries(fields), additionalProperties: false };
};

/** Equal for values with the same fields. */
const shapeOf = (value: Json): Json => {
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) return value.map(shapeOf);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item as Json)]));
};

const common = (types: readonly string[]): string =>
  new Set(types).size === 1 ? (types[0] ?? 'dyn') : 'dyn';

const celType = (value: Json): string => {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double';
  if (value === null) return 'dyn';
  if (isDeferred(value)) return Object.hasOwn(value, '$template') ? 'string' : 'dyn';
  if (Array.isArray(value)) return `list<${common(value.map(celType))}>`;
  return `map<string, ${common(Object.values(value).map(celType))}>`;
};

/** Of a list or map with values in it, as it is written. */
export const typeOfValue = (value: Json): LocalType => ({
  type: celType(value),
  schema: schemaOfValue(value),
});

const schemaOfType = (type: string, checker: ExpressionChecker): JsonSchema => {
  const items = /^list<(.*)>$/s.exec(type)?.[1];
  if (items !== undefined) return { type: 'array', items: schemaOfType(items, checker) };
  const values = /^map<string, (.*)>$/s.exec(type)?.[1];
  if (values !== undefined) return { type: 'object', additionalProperties: schemaOfType(values, checker) };
  return SCALARS[type] ?? checker.schemaOf(type) ?? {};
};

/** `value` undefined: not known yet. */
export const typeOfExpression = (
  given: string,
  value: Json | undefined,
  checker: ExpressionChecker,
): LocalType => {
  // A point in time is text from here on, and nothing has no type of its own.
  const type = given.replaceAll('google.protobuf.Timestamp', 'string').replace(/\bnull\b/g, 'dyn');
  return { type, schema: value === undefined ? schemaOfType(type, checker) : schemaOfValue(value) };
};

/** JSON has one kind of number: 3.0 would come back as 3, and 3 / 2 is 1. */
export const hasWholeDouble = (value: Json, type: string): boolean => {
  if (!type.includes('double')) return false;
  if (typeof value === 'number') return Number.isInteger(value);
  return (
    typeof value === 'object' && value !== null && Object.values(value).some((v) => hasWholeDouble(v, type))
  );
};
