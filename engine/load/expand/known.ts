/** Values that the expansion itself needs: the list of a loop, the key of an item, the name of a target. */

import { syntaxOf } from '../../expr/environment.ts';
import { ExprError, evaluate } from '../../expr/evaluate.ts';
import type { Path } from '../../expr/json-schema.ts';
import { type Segment, splitPlaceholders } from '../../expr/placeholders.ts';
import { findReferences } from '../../expr/references.ts';
import type { Json } from '../../plan.ts';
import { reportFaults } from './faults.ts';
import type { Expanding, Here } from './here.ts';
import { rewriteText } from './rewrite.ts';

/** `unknown`: reported, or a var has no value. */
export type Known = { readonly ok: true; readonly value: Json } | { readonly ok: false };

const unknown: Known = { ok: false };

/** @param what names it in a message: `for_each` */
export const knownValue = (value: Json, path: Path, what: string, here: Here, pass: Expanding): Known => {
  if (typeof value === 'string') return knownText(value, path, what, here, pass);
  if (typeof value !== 'object' || value === null) return { ok: true, value };
  if (Array.isArray(value)) {
    const items = value.map((item, i) => knownValue(item, [...path, i], what, here, pass));
    return items.every((item) => item.ok) ? { ok: true, value: items.map((item) => item.value) } : unknown;
  }
  const pairs = Object.entries(value).map(
    ([key, item]) => [key, knownValue(item, [...path, key], what, here, pass)] as const,
  );
  const values = pairs.flatMap(([key, known]) => (known.ok ? [[key, known.value] as const] : []));
  return values.length === pairs.length ? { ok: true, value: Object.fromEntries(values) } : unknown;
};

const knownText = (text: string, path: Path, what: string, here: Here, pass: Expanding): Known => {
  const written = splitPlaceholders(text);
  if (!written.ok) {
    const mark = { start: written.open, end: written.open + 3, open: written.open };
    pass.problems.add('RB317', {}, here.source.within(path, mark));
    return unknown;
  }
  const rewritten = rewriteText(text, here);
  reportFaults(rewritten.faults, text, path, here, pass);
  if (rewritten.silent.length > 0) return unknown;
  const split = splitPlaceholders(rewritten.text);
  const parts: Json[] = [];
  for (const [i, segment] of (split.ok ? split.segments : []).entries()) {
    const known =
      segment.kind === 'text'
        ? { ok: true as const, value: segment.text }
        : knownSegment(segment, written.segments[i], path, what, here, pass);
    if (!known.ok) return unknown;
    parts.push(known.value);
  }
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return { ok: true, value: only };
  return {
    ok: true,
    value: parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(''),
  };
};

const knownSegment = (
  { expr }: Segment & { kind: 'expr' },
  written: Segment | undefined,
  path: Path,
  what: string,
  here: Here,
  pass: Expanding,
): Known => {
  const { problems, checker, values, undecided, undecidedLocals, needed } = pass;
  const at = written?.kind === 'expr' ? written : null;
  // The flaws of a rewritten text have no place of their own in the file.
  const position = (start: number, end: number) => {
    const same = at !== null && at.expr === expr;
    const part = same ? { start, end } : { start: 0, end: at?.expr.length ?? 0 };
    const base = at?.start ?? 0;
    return here.source.within(path, { start: base + part.start, end: base + part.end, open: at?.open ?? 0 });
  };
  const ast = syntaxOf(expr);
  const late =
    ast && findReferences(ast).chains.find(({ root }) => ['steps', 'run', 'secrets'].includes(root));
  if (late) {
    problems.add('RB264', { what, of: late.root }, position(late.start, late.end));
    return unknown;
  }
  const result = checker.check(expr);
  if (!result.ok) {
    for (const { diagnostic, start, end } of result.flaws)
      problems.addDiagnostic(diagnostic, position(start, end));
    return unknown;
  }
  const waiting = result.checked.locals.filter((name) => !Object.hasOwn(values.locals ?? {}, name));
  const missing = [
    ...result.checked.vars.filter((name) => !Object.hasOwn(values.vars, name)),
    ...waiting.flatMap((name) => undecidedLocals.get(name) ?? []),
  ];
  if (missing.length > 0 || waiting.length > 0) {
    for (const name of missing) if (undecided.has(name)) needed.add(name);
    return unknown;
  }
  try {
    return { ok: true, value: evaluate(expr, values) };
  } catch (error) {
    if (!(error instanceof ExprError)) throw error;
    problems.add('RB320', { why: error.message.slice(expr.length + 2) }, position(0, expr.length));
    return unknown;
  }
};
