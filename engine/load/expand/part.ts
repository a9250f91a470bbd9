/** `uses`: the steps of a part, in place of the entry that names it. */

import { nearest } from '../../diagnostics/near.ts';
import { syntaxOf } from '../../expr/environment.ts';
import type { Path } from '../../expr/json-schema.ts';
import { markerIn } from '../../expr/markers.ts';
import { hasPlaceholder, splitPlaceholders } from '../../expr/placeholders.ts';
import { findReferences } from '../../expr/references.ts';
import type { Json, JsonObject } from '../../plan.ts';
import { pathText, schemaOfVar, type ValueFlaw, valueFlaws } from '../item-types.ts';
import { type Part, PartSource } from '../parts/part.ts';
import { partPath } from '../parts/read-parts.ts';
import { use } from '../schema/parts.ts';
import { parseSection } from '../section.ts';
import { ExpandedSource } from './expanded-source.ts';
import { reportFaults } from './faults.ts';
import type { Expanding, Here } from './here.ts';
import { knownValue } from './known.ts';
import { scopeIn } from './names.ts';
import { rewriteText } from './rewrite.ts';

/** A runbook is read by people: more than that is no runbook any more, and parts in parts multiply. */
const MOST_USES = 1000;

/** null: it is wrong, and reported. */
export const partOf = (value: JsonObject, path: Path, here: Here, pass: Expanding): Part | null => {
  const { source } = here;
  const { problems } = pass;
  const before = problems.count;
  const parsed = parseSection(use, value, { source, problems, path, label: 'the use of a part' });
  if (parsed === null || problems.count > before) return null;
  // What is wrong with the file was reported when it was read.
  return pass.parts.get(partPath(parsed.uses) ?? '') ?? null;
};

/** What the steps of the part see. null: an input is wrong, and reported. `prefix`: of their ids. */
export const insidePart = (
  part: Part,
  { value, path, prefix }: { readonly value: JsonObject; readonly path: Path; readonly prefix: string },
  here: Here,
  pass: Expanding,
): Here | null => {
  const position = here.source.key([...path, 'uses']);
  pass.uses.count += 1;
  if (pass.uses.count > MOST_USES) {
    const fault = { kind: 'too-many', limit: MOST_USES } as const;
    if (pass.uses.count === MOST_USES + 1) pass.problems.add('RB250', { path: part.path, fault }, position);
    return null;
  }
  const given = inputsOf(part, value, path, here, pass);
  if (given === null) return null;
  const line = here.part?.line ?? position.line;
  const file = new PartSource(part.source, position, line);
  const own: Here = {
    ...here,
    file,
    source: new ExpandedSource({ source: file, path: [], item: prefix }),
    constants: { inputs: given.known },
    late: given.late,
    scope: scopeIn(null),
    prefix,
    part: { line },
  };
  for (const [name, expr] of Object.entries(part.outputs))
    pass.outputs.push({ expr, path: ['outputs', name], here: own });
  return own;
};

interface Given {
  readonly known: JsonObject;
  /** Expressions that only the run can evaluate, and secrets. */
  readonly late: { readonly [name: string]: string };
}

const inputsOf = (
  part: Part,
  { with: written = {} }: JsonObject,
  path: Path,
  here: Here,
  pass: Expanding,
): Given | null => {
  const { problems } = pass;
  const given = written as JsonObject;
  const known: { [name: string]: Json } = {};
  const late: { [name: string]: string } = {};
  const names = Object.keys(part.inputs);
  const before = problems.count;
  let isWhole = true;
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(part.inputs, name)) continue;
    const data = { name, part: part.path, near: nearest(name, names), known: names };
    problems.add('RB252', data, here.source.key([...path, 'with', name]));
  }
  const meant = new Set(Object.keys(given).map((name) => nearest(name, names)));
  for (const [name, input] of Object.entries(part.inputs)) {
    const at = [...path, 'with', name];
    const value = given[name];
    if (value === undefined) {
      const preset = part.defaults.get(name);
      if (preset !== undefined) known[name] = preset;
      else if (!meant.has(name)) {
        const data = { name, part: part.path, type: input.type, description: input.description ?? null };
        problems.add('RB253', data, here.source.key([...path, given === written ? 'uses' : 'with']));
      } else isWhole = false;
      continue;
    }
    const expr = lateExpression(value, at, here, pass);
    if (expr !== null) {
      if (expr === 'wrong') isWhole = false;
      else late[name] = expr;
      continue;
    }
    const found = knownValue(value, at, `The input "${name}"`, here, pass);
    if (!found.ok) {
      isWhole = false;
      continue;
    }
    const marked = markerIn(found.value);
    if (marked !== null) problems.add('RB231', { key: marked }, here.source.value(at));
    for (const flaw of valueFlaws(found.value, schemaOfVar(input)))
      problems.add(
        'RB254',
        { name: pathText(name, placeOf(flaw)), part: part.path, why: whyOf(flaw) },
        here.source.value([...at, ...flaw.path]),
      );
    known[name] = found.value;
  }
  return isWhole && problems.count === before ? { known, late } : null;
};

/** Of what is wrong: the map around a field that nothing expects. */
const placeOf = (flaw: ValueFlaw): Path =>
  flaw.kind === 'unknown-field' ? flaw.path.slice(0, -1) : flaw.path;

const whyOf = (flaw: ValueFlaw): string => {
  switch (flaw.kind) {
    case 'type':
      return `is ${flaw.got}, not ${flaw.expected}`;
    case 'no-field':
      return `has no field "${flaw.name}"`;
    case 'unknown-field':
      return `has an unknown field "${flaw.name}". Fields: ${flaw.known.join(', ')}`;
  }
};

const LATE = new Set(['steps', 'run', 'secrets']);

/**
 * A value that is one expression of what only the run knows, or a secret: it takes the place of `inputs.NAME` as it
 * is. null: it is known at load.
 */
const lateExpression = (value: Json, path: Path, here: Here, pass: Expanding): string | null | 'wrong' => {
  if (typeof value !== 'string' || !hasPlaceholder(value)) return null;
  const rewritten = rewriteText(value, here);
  const split = splitPlaceholders(rewritten.text);
  const [only, ...more] = split.ok ? split.segments : [];
  if (only?.kind !== 'expr' || more.length > 0) return null;
  const ast = syntaxOf(only.expr);
  if (!ast || !findReferences(ast).chains.some(({ root }) => LATE.has(root))) return null;
  reportFaults(rewritten.faults, value, path, here, pass);
  return rewritten.silent.length > 0 ? 'wrong' : only.expr;
};
