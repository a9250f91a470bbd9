/** Judges an act's `with` by its step type while some of its values are only known in the run. */
import type * as z from 'zod';
import type { JsonSchema, Path } from '../expr/json-schema.ts';
import { schemaOf, schemasAt } from '../expr/json-schema.ts';
import type { Json, JsonObject } from '../plan.ts';
import type { Deferred } from './expressions.ts';

type Issue = z.core.$ZodIssue;

export type Judgement =
  | { readonly ok: true; readonly input: unknown; readonly stoodIn: StoodIn }
  /** No placeholder value satisfies the schema: it is checked in the run, and the load assumes the worst case. */
  | { readonly ok: true; readonly input: null; readonly stoodIn: StoodIn }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** Texts that stand for others in the input, each with what is written in the file; of vars without a value only. */
export type StoodIn = ReadonlyMap<string, string>;

/** In place of a var without a value, where its own text does not satisfy the schema; nothing else looks like them. */
const ofUndecided = [
  'https://unset-url.invalid/',
  '/unset-path',
  ...[40, 64].map((digits) => 'f0'.repeat(digits / 2)),
  'unset-text',
];

/** Placeholder values: the first that satisfies the schema is used. Texts show the expression as written. */
const standIns = ({ type, text, undecided }: Deferred, schemas: readonly JsonSchema[]): readonly Json[] => {
  const choices = schemas.flatMap((s) => [
    ...(s.enum ?? []),
    ...(s.const === undefined ? [] : [s.const]),
  ]) as Json[];
  // A pattern that no common text fits says by its examples what does.
  const examples = schemas.flatMap((s) => s.examples ?? []) as Json[];
  const known = [...choices, ...examples].filter((c) => typeof c === 'string');
  const texts = undecided
    ? [text, ...known, ...ofUndecided]
    : [text, ...known, 'http://localhost/', 'a', '1'];
  const bounds = schemas.flatMap((s) => [s.minimum, s.maximum]).filter((n) => typeof n === 'number');
  const numbers = [1, 0, ...bounds];
  if (type === 'string') return texts;
  if (type === 'int' || type === 'double') return numbers;
  if (type === 'bool') return [true, false];
  if (type.startsWith('list')) return [[], [text], [1]];
  if (/^(map|Output|Vars)/.test(type)) return [{}];
  return [...texts, ...numbers, true, [], [text], {}];
};

const replaceAt = (value: Json, path: Path, by: Json): Json => {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? replaceAt(item, rest, by) : item));
  const map = value as JsonObject;
  return { ...map, [key]: replaceAt(map[key] ?? null, rest, by) };
};

const startsWith = (path: readonly PropertyKey[], head: Path): boolean =>
  head.every((key, i) => path[i] === key);

/** The paths that an issue is about, down through unions. */
const pathsOf = (issue: Issue, base: readonly PropertyKey[] = []): readonly (readonly PropertyKey[])[] => {
  const path = [...base, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [path];
  const inner = issue.errors.flat().flatMap((e) => pathsOf(e, path));
  return inner.length === 0 ? [path] : inner;
};

export const judge = (type: z.ZodType, value: JsonObject, deferred: readonly Deferred[]): Judgement => {
  const candidates = deferred.map((d) => standIns(d, schemasAt(schemaOf(type, 'input'), d.path)));
  const chosen = deferred.map(() => 0);
  const stoodIn = (): StoodIn =>
    new Map(
      deferred.flatMap((d, i) => {
        const by = candidates[i]?.[chosen[i] ?? 0];
        return d.undecided && typeof by === 'string' && ofUndecided.includes(by) ? [[by, d.text]] : [];
      }),
    );
  for (let round = 0; ; round++) {
    const sample = deferred.reduce<Json>(
      (v, d, i) => replaceAt(v, d.path, candidates[i]?.[chosen[i] ?? 0] ?? null),
      value,
    );
    const parsed = type.safeParse(sample);
    if (parsed.success) return { ok: true, input: parsed.data, stoodIn: stoodIn() };
    const issues = parsed.error.issues;
    const blamed = deferred.map((d) =>
      issues.some((issue) => pathsOf(issue).some((p) => startsWith(p, d.path))),
    );
    const own = issues.filter(
      (issue) => !pathsOf(issue).some((p) => deferred.some((d) => startsWith(p, d.path))),
    );
    let moved = false;
    for (const [i, isBlamed] of blamed.entries()) {
      if (!isBlamed || (chosen[i] ?? 0) + 1 >= (candidates[i]?.length ?? 0)) continue;
      chosen[i] = (chosen[i] ?? 0) + 1;
      moved = true;
    }
    if (moved && round < 32) continue;
    return own.length > 0 ? { ok: false, issues: own } : { ok: true, input: null, stoodIn: stoodIn() };
  }
};
