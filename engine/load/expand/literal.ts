/** A value as CEL source. */
import type { Json } from '../../plan.ts';

export const celLiteral = (value: Json): string => {
  if (typeof value === 'number') return value < 0 ? `(${value})` : String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(celLiteral).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${celLiteral(item)}`);
  return `{${pairs.join(', ')}}`;
};
