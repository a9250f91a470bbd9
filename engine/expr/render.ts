/** Fills the marked objects of a plan's `with` from what the run knows. */
import type { Json, JsonObject } from '../plan.ts';
import { ExprError, evaluate, type Scope } from './evaluate.ts';
import { isMarker, isSecretMarker } from './markers.ts';

type Part = string | { readonly expr: string };

/** A text is made of scalars: a list or map in it would be a surprise on a command line. */
export const asText = (expr: string, value: Json): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ExprError(expr, `${value === null ? 'null' : 'a list or map'} cannot be part of a text`);
};

/** An output that looks like one of our marks could name a secret and have it revealed. */
const refuseMarks = (expr: string, value: Json): Json => {
  if (typeof value !== 'object' || value === null) return value;
  if (isMarker(value)) throw new ExprError(expr, 'the value looks like an internal engine mark');
  for (const inner of Object.values(value)) refuseMarks(expr, inner);
  return value;
};

export interface Rendering {
  /** Throws ExprError. */
  value(expr: string): Json;
  secret(marker: Json): Json;
}

export const renderValue = (value: Json, by: Rendering): Json => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => renderValue(item, by));
  if (isSecretMarker(value)) return by.secret(value);
  const map = value as JsonObject;
  if (typeof map.$expr === 'string') return refuseMarks(map.$expr, by.value(map.$expr));
  if (Array.isArray(map.$template)) {
    const parts = map.$template as readonly Part[];
    return parts.map((p) => (typeof p === 'string' ? p : asText(p.expr, by.value(p.expr)))).join('');
  }
  const filled = renderMap(map, by);
  // No part of it had the shape, the whole has: `{ secret: <what a command printed> }`.
  if (isMarker(filled))
    throw new ExprError(exprIn(map), 'the value would turn the map around it into an internal engine mark');
  return filled;
};

const renderMap = (value: JsonObject, by: Rendering): JsonObject =>
  Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderValue(item, by)]));

const exprIn = (map: JsonObject): string => {
  const [inner] = Object.values(map);
  return typeof inner === 'object' && inner !== null && '$expr' in inner ? String(inner.$expr) : 'with';
};

/** Secret marks stay as they are: the port reveals them. Throws ExprError. */
export const render = (value: JsonObject, scope: Scope): JsonObject =>
  renderMap(value, { value: (expr) => evaluate(expr, scope), secret: (marker) => marker });
