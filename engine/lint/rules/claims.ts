import type { Path } from '../../load/yaml-source.ts';
import type { Json } from '../../plan.ts';
import type { Rule } from '../rule.ts';

const valueAt = (value: Json, path: Path): Json | undefined =>
  path.reduce<Json | undefined>(
    (at, key) => (at as { [key: string | number]: Json } | undefined)?.[key],
    value,
  );

const squeezed = (text: string): string => text.replaceAll(/\s+/g, '');

/** `a == a`, `a >= a`, `size(x) >= 0`, `... || true`. */
const isAlwaysTrue = (expression: string): boolean => {
  const text = squeezed(expression);
  if (/^(true|!false)$/.test(text) || /\|\|true$|^true\|\|/.test(text)) return true;
  if (/^(size\([^()]*\)|[^()=<>&|]+\.size\(\))>=0$/.test(text)) return true;
  const [, left, right] = /^([^=<>!&|?]+)(?:==|<=|>=)([^=<>!&|?]+)$/.exec(text) ?? [];
  return left !== undefined && left === right;
};

export const claimThatCannotFail: Rule = {
  code: 'RB712',
  name: 'check-that-cannot-fail',
  level: 'error',
  page: {
    what: 'A condition of a check or a gate that is true whatever happens',
    why: 'A check compared the number of rows before and after a migration. By a slip both sides named the same step. It passed in every rehearsal and in the cutover itself, with a third of the rows missing.',
    bad: `steps:
  - id: before
    type: command
    with: { run: [./bin/count, old], effects: read, capture: json }
  - id: same
    type: assert
    with:
      that: "\${{ steps['before'].output.json.rows == steps['before'].output.json.rows }}"
      message: Rows were lost`,
    good: `steps:
  - id: before
    type: command
    with: { run: [./bin/count, old], effects: read, capture: json }
  - id: after
    type: command
    with: { run: [./bin/count, new], effects: read, capture: json }
  - id: same
    type: assert
    with:
      that: "\${{ steps['before'].output.json.rows == steps['after'].output.json.rows }}"
      message: Rows were lost`,
  },
  *check(context) {
    const remedy = 'Compare what was found with what is wanted; a check that cannot fail checks nothing';
    for (const call of context.calls)
      for (const path of call.traits.claims ?? []) {
        const value = valueAt(call.act.with, path);
        const expression = (value as { $expr?: string } | null)?.$expr;
        // What vars decide may fail with other vars.
        const fixed = value === true && !(context.writtenInput(call, path) ?? '').includes('vars');
        if (!fixed && !(expression !== undefined && isAlwaysTrue(expression))) continue;
        yield { at: context.atInput(call, path), step: call.step, message: 'This is always true', remedy };
      }
    for (const step of context.steps)
      if (step.step.kind === 'gate')
        for (const [i, criterion] of step.step.criteria.entries())
          if (isAlwaysTrue(criterion))
            yield {
              at: context.atValue(step, 'with', 'criteria', i),
              step: step.id,
              message: 'This criterion is always true',
              remedy,
            };
  },
};
