/** What the names in a runbook mean, known before any of it is judged. */
import { ExpressionChecker, type LocalType } from '../expr/check.ts';
import type { JsonSchema } from '../expr/json-schema.ts';
import type { Json, JsonObject } from '../plan.ts';
import type { Registry } from '../registry.ts';
import type { LeftOutStep } from './expand/left-out.ts';
import { isMap } from './is-map.ts';
import { schemaOfVar } from './item-types.ts';
import { namesIn } from './sections.ts';
import { StepIndex } from './step-index.ts';
import type { Variables } from './vars.ts';

export interface Names {
  /** `steps` as written. */
  readonly list: readonly Json[];
  readonly steps: StepIndex;
  /** `locals`: types of those that are known by now; the others may be anything. */
  checkerWith(locals: ReadonlyMap<string, LocalType>): ExpressionChecker;
}

export interface Known {
  /** Expressions of which everything that is wrong is reported. */
  readonly silent?: ReadonlySet<string>;
  /** Steps that are not in the list, since their `when` is false. */
  readonly leftOut?: readonly LeftOutStep[];
}

export const namesOf = (
  root: JsonObject,
  variables: Variables,
  registry: Registry,
  { silent = new Set(), leftOut = [] }: Known = {},
): Names => {
  const list: readonly Json[] = Array.isArray(root.steps) ? root.steps : [];
  const defaults = isMap(root.defaults) ? root.defaults : {};
  const steps = new StepIndex(list, registry, String(defaults.on_failure ?? 'hold'), leftOut);
  const vars = new Map<string, JsonSchema>([
    ...namesIn(root.vars).map((name): [string, JsonSchema] => [name, {}]),
    ...Object.entries(variables).map(([name, v]): [string, JsonSchema] => [name, schemaOfVar(v)]),
  ]);
  const secrets = new Set(namesIn(root.secrets));
  return {
    list,
    steps,
    checkerWith: (locals) => new ExpressionChecker({ vars, locals, secrets, steps, silent }),
  };
};
