/** `locals`: values computed from vars and each other, before anything else is read. */
import * as z from 'zod';
import type { LocalType } from '../expr/check.ts';
import { baseEnvironment } from '../expr/environment.ts';
import { hasPlaceholder, splitPlaceholders } from '../expr/placeholders.ts';
import { findReferences } from '../expr/references.ts';
import type { Json, JsonObject } from '../plan.ts';
import type { LoadContext } from './context.ts';
import { fill } from './expressions.ts';
import { hasWholeDouble, typeOfExpression, typeOfValue } from './local-types.ts';
import { rawSection } from './sections.ts';

export interface Locals {
  readonly values: JsonObject;
  /** Of every declared one, right or wrong. */
  readonly types: ReadonlyMap<string, LocalType>;
  /** Those without a value yet, each with the vars that it waits for. */
  readonly undecided: ReadonlyMap<string, readonly string[]>;
}

/** Wrong and reported, or not computed yet: whoever reads it gets no second error. */
const unknownType: LocalType = { type: 'dyn', schema: {} };

const anything = z.unknown();

const textsIn = (value: Json): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

/** What an expression reads below `root`; null: it cannot be read, or reads all of it. */
const namesRead = (expr: string, root: string): readonly string[] | null => {
  try {
    const chains = findReferences(baseEnvironment().parse(expr).ast).chains.filter((c) => c.root === root);
    const names = chains.map(({ keys: [key] }) => key?.name ?? null);
    return names.every((name) => name !== null) ? names : null;
  } catch {
    return null;
  }
};

const localsRead = (value: Json): readonly string[] =>
  textsIn(value).flatMap((text) => {
    const split = hasPlaceholder(text) ? splitPlaceholders(text) : null;
    if (!split?.ok) return [];
    return split.segments.flatMap((s) => (s.kind === 'expr' ? (namesRead(s.expr, 'locals') ?? []) : []));
  });

/** Each after those that it reads; `circles` start and end with the same name. */
const inOrder = (
  section: JsonObject,
): { readonly order: readonly string[]; readonly circles: readonly (readonly string[])[] } => {
  const order: string[] = [];
  const circles: (readonly string[])[] = [];
  const seen = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      circles.push([...path.slice(path.indexOf(name)), name]);
      return;
    }
    if (seen.has(name)) return;
    seen.add(name);
    for (const read of new Set(localsRead(section[name] ?? null)))
      if (Object.hasOwn(section, read)) visit(read, [...path, name]);
    order.push(name);
  };
  for (const name of Object.keys(section)) visit(name, []);
  return { order, circles };
};

/** `vars.a + vars.b` without `${{ }}`: plain text that was meant to be computed. */
const reportBare = (
  section: JsonObject,
  { source, problems }: Pick<LoadContext, 'source' | 'problems'>,
): void => {
  const walk = (value: Json, path: readonly (string | number)[]): void => {
    if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value))
        walk(inner, [...path, Array.isArray(value) ? Number(key) : key]);
    // A name alone is found with the others of the file.
    if (typeof value !== 'string' || hasPlaceholder(value) || /^[\w.[\]'"-]+$/.test(value.trim())) return;
    const reads = ['vars', 'locals'].some((root) => (namesRead(value, root)?.length ?? 0) > 0);
    if (reads) problems.add('RB322', { text: value, remedy: `Write "\${{ ${value} }}"` }, source.value(path));
  };
  walk(section, ['locals']);
};

/** `withTypes`: the context in which the locals so far have these types and values. */
export const compileLocals = (
  root: JsonObject,
  early: Pick<LoadContext, 'source' | 'problems'>,
  withTypes: (locals: Locals) => LoadContext,
): Locals => {
  const section = (rawSection('locals', { root, ...early }) ?? {}) as JsonObject;
  const names = Object.keys(section);
  const types = new Map<string, LocalType>(names.map((name) => [name, unknownType]));
  const values: { [name: string]: Json } = {};
  const undecided = new Map<string, readonly string[]>();
  const { order, circles } = inOrder(section);
  for (const path of circles)
    early.problems.add('RB324', { path }, early.source.key(['locals', path[0] ?? '']));
  reportBare(section, early);
  const inCircle = new Set(circles.flat());
  for (const name of order) {
    if (inCircle.has(name)) continue;
    const ctx = withTypes({ values, types, undecided });
    const found = compileLocal(name, section[name] ?? null, ctx);
    if (!found) continue;
    types.set(name, found.type);
    if (found.waitsFor.length > 0) undecided.set(name, found.waitsFor);
    else values[name] = found.value;
  }
  return { values, types, undecided };
};

/** null: what is wrong is reported. */
const compileLocal = (
  name: string,
  written: Json,
  ctx: LoadContext,
): { readonly value: Json; readonly type: LocalType; readonly waitsFor: readonly string[] } | null => {
  const path = ['locals', name];
  const before = ctx.problems.count;
  const { value, failed, deferred, waitsFor } = fill(written, {
    ctx,
    path,
    schema: anything,
    level: 'locals',
    where: `The local "${name}"`,
    sure: () => true,
  });
  if (failed.length > 0 || ctx.problems.count > before) return null;
  const isKnown = deferred.length === 0;
  const split = typeof written === 'string' ? splitPlaceholders(written) : null;
  const [only, ...more] = split?.ok ? split.segments : [];
  const checked = only?.kind === 'expr' && more.length === 0 ? ctx.checker.check(only.expr) : null;
  if (checked && !checked.ok) return null;
  const type = checked
    ? typeOfExpression(checked.checked.type, isKnown ? value : undefined, ctx.checker)
    : typeOfValue(value);
  if (checked && isKnown && hasWholeDouble(value, type.type)) {
    const why = `it gives the decimal number ${String(value)}.0, which would be read as a whole number later; write int(...)`;
    ctx.problems.add('RB328', { name, why }, ctx.source.value(path));
    return null;
  }
  return { value, type, waitsFor: isKnown ? [] : waitsFor };
};
