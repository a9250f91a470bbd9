/** A `when` that only vars decide, with the items of the loops around it: what is false is left out of the plan. */
import { syntaxOf } from '../../expr/environment.ts';
import { ExprError, evaluate } from '../../expr/evaluate.ts';
import type { Path } from '../../expr/json-schema.ts';
import { findReferences } from '../../expr/references.ts';
import type { JsonObject } from '../../plan.ts';
import { Problems } from '../problems.ts';
import { bareCondition } from '../when-text.ts';
import type { Expanding, Here } from './here.ts';
import { rewriteExpression } from './rewrite.ts';

export interface Settled {
  /** Without its `when`, where that is decided. */
  readonly value: JsonObject;
  readonly here: Here;
  readonly pass: Expanding;
}

/** @param of the whole entry, or one item of its loop */
export const settleWhen = (
  value: JsonObject,
  path: Path,
  here: Here,
  pass: Expanding,
  of: 'entry' | 'item' = 'entry',
): Settled => {
  if (value.when === undefined) return { value, here, pass };
  const decided = here.leftOut === null ? decide(value, path, here, pass, of) : false;
  if (decided === null) return { value, here, pass };
  pass.left.decided = true;
  const { when, ...rest } = value;
  if (decided || here.leftOut !== null) return { value: rest, here, pass };
  // What is wrong in a step that is left out is nobody's problem; its names still mean something.
  const muted = {
    ...pass,
    problems: new Problems(),
    needed: new Set<string>(),
    silent: new Set<string>(),
    outputs: [],
  };
  return { value: rest, here: { ...here, leftOut: String(when) }, pass: muted };
};

/** Only the run can decide it. */
const KNOWN = ['vars', 'locals', 'cel'];

/** null: only the run can tell, or what is wrong is reported, here or where it is compiled. */
const decide = (
  value: JsonObject,
  path: Path,
  here: Here,
  pass: Expanding,
  of: 'entry' | 'item',
): boolean | null => {
  const { when } = value;
  if (typeof when === 'boolean') return when;
  const bare = typeof when === 'string' ? bareCondition(when) : null;
  if (bare === null || bare.mixed !== null) return null;
  const isLoop = of === 'entry' && value.for_each !== undefined;
  const ast = syntaxOf(bare.expr);
  // Of the loop that it stands on itself, each item is decided on its own.
  if (isLoop && ast && findReferences(ast).chains.some(({ root }) => root === 'each')) return null;
  const { text, faults, silent } = rewriteExpression(bare.expr, here);
  const known = faults.length === 0 && silent.length === 0 ? syntaxOf(text) : null;
  if (!known || findReferences(known).chains.some(({ root }) => !KNOWN.includes(root))) return null;
  const checked = pass.checker.check(text);
  if (!checked.ok || !['bool', 'dyn'].includes(checked.checked.type)) return null;
  const { vars, locals = {} } = pass.values;
  if (checked.checked.vars.some((name) => !Object.hasOwn(vars, name))) return null;
  if (checked.checked.locals.some((name) => !Object.hasOwn(locals, name))) return null;
  const at = here.source.value([...path, 'when']);
  try {
    const found = evaluate(text, pass.values);
    if (typeof found === 'boolean') return found;
    const got = found === null ? 'null' : Array.isArray(found) ? 'a list' : `a ${typeof found}`;
    pass.problems.add('RB318', { field: 'when', got, expected: ['true or false'] }, at);
  } catch (error) {
    if (!(error instanceof ExprError)) throw error;
    pass.problems.add('RB320', { why: error.message.slice(text.length + 2) }, at);
  }
  return null;
};

/** A step that is left out, under the id that it would have. */
export const leaveOut = (
  id: string | null,
  value: JsonObject,
  path: Path,
  here: Here,
  { left }: Expanding,
): void => {
  if (id === null || here.leftOut === null) return;
  const name = typeof value.name === 'string' && !value.name.includes('${{') ? value.name : id;
  left.steps.push({
    id,
    name,
    when: here.leftOut,
    line: here.source.lineOf(path),
    after: left.last,
    type: typeof value.type === 'string' ? value.type : '',
    inLane: here.inLane,
  });
};
