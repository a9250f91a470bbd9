/** One text with `${{ }}` in it, once each expression is checked: a value, or a marked object of plan.ts. */
import { type Diagnostic, diagnose } from '../diagnostic.ts';
import type { Checked } from '../expr/check.ts';
import { type JsonSchema, type JsonType, takes } from '../expr/json-schema.ts';
import type { Json } from '../plan.ts';
import { celWord, expectedOf } from './describe.ts';

/** Text, or an expression with its value if it uses only vars. */
export type Part =
  | string
  /** `undecided`: a var of it has no value yet. */
  | { readonly checked: Checked; readonly value: Json; readonly undecided?: true };
type ExprPart = Exclude<Part, string>;

export type Composed =
  /** `deferred`: the CEL type of a value known only in the run. */
  | { readonly ok: true; readonly value: Json; readonly deferred: string | null }
  | { readonly ok: false; readonly flaw: Diagnostic };

const JSON_TYPES: Record<string, JsonType> = {
  string: 'string',
  int: 'integer',
  double: 'number',
  bool: 'boolean',
  null: 'null',
  'google.protobuf.Timestamp': 'string',
};

const jsonType = (type: string): JsonType | null => {
  if (type.startsWith('list')) return 'array';
  if (/^(map|Output|Step|Vars|Locals|Run)/.test(type)) return 'object';
  return JSON_TYPES[type] ?? null;
};

const isScalar = (type: string): boolean => {
  const json = jsonType(type);
  return json === null || (json !== 'array' && json !== 'object' && json !== 'null');
};

const isDeferred = (part: Part): boolean =>
  typeof part !== 'string' && part.checked.secret === null && part.checked.needsRun;

const wrongType = (field: string, type: string, expected: string): Composed => ({
  ok: false,
  flaw: diagnose('RB318', { field, got: celWord(type), expected: [expected] }),
});

export const compose = (parts: readonly Part[], schemas: readonly JsonSchema[], field: string): Composed => {
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'object' && only.checked.secret === null) {
    const { type, expr } = only.checked;
    const json = jsonType(type);
    if (json === null || takes(schemas, json))
      return isDeferred(only)
        ? { ok: true, value: { $expr: expr }, deferred: type }
        : { ok: true, value: only.value, deferred: null };
    // A port in an environment variable: a field that only takes text gets the number as text.
    if (!takes(schemas, 'string') || !isScalar(type)) return wrongType(field, type, expectedOf(schemas));
  }
  return composeText(parts, field);
};

const composeText = (parts: readonly Part[], field: string): Composed => {
  const odd = parts.find(
    (p) => typeof p === 'object' && p.checked.secret === null && !isScalar(p.checked.type),
  );
  if (typeof odd === 'object')
    return wrongType(field, odd.checked.type, 'a text, a number, or true or false');
  const deferred = parts.find((p): p is ExprPart => isDeferred(p));
  const hasSecret = parts.some((p) => typeof p === 'object' && p.checked.secret !== null);
  if (deferred && hasSecret) return { ok: false, flaw: diagnose('RB310', { step: deferred.checked.expr }) };
  const pieces = parts.map((part): Piece => {
    if (typeof part === 'string') return part;
    if (part.checked.secret !== null) return { name: part.checked.secret };
    return isDeferred(part) ? { expr: part.checked.expr } : String(part.value);
  });
  if (hasSecret) return { ok: true, value: { secret: joined(pieces) }, deferred: null };
  if (deferred) return { ok: true, value: { $template: joined(pieces) }, deferred: 'string' };
  return { ok: true, value: pieces.join(''), deferred: null };
};

type Piece = string | { readonly name: string } | { readonly expr: string };

/** Neighbouring texts become one, so that equal inputs have equal digests. */
const joined = (pieces: readonly Piece[]): readonly Piece[] => {
  const out: Piece[] = [];
  for (const piece of pieces) {
    const last = out.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') out[out.length - 1] = last + piece;
    else out.push(piece);
  }
  return out;
};
