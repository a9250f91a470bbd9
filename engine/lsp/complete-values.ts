/** Names and fields of vars and locals. */
import type { JsonSchema } from '../expr/json-schema.ts';
import { splitPlaceholders } from '../expr/placeholders.ts';
import { isMap } from '../load/is-map.ts';
import { schemaOfVar } from '../load/item-types.ts';
import { type LocalType, typeOfExpression, typeOfValue } from '../load/local-types.ts';
import type { Outline } from '../load/outline.ts';
import type { Offer } from './offer.ts';

type Name = string | number | undefined;

export const varOffers = ({ root, vars }: Outline): readonly Offer[] =>
  Object.entries(isMap(root.vars) ? root.vars : {}).map(([name, v]): Offer => {
    const { type, description } = vars[name] ?? (isMap(v) ? v : {});
    return {
      label: name,
      kind: 'name',
      detail: String(type ?? ''),
      ...(typeof description === 'string' && { documentation: description }),
    };
  });

/** undefined: not declared. */
export const varSchema = ({ vars }: Outline, name: Name): JsonSchema | undefined => {
  const variable = Object.hasOwn(vars, String(name)) ? vars[String(name)] : undefined;
  return variable && schemaOfVar(variable);
};

export const localOffers = ({ root }: Outline): readonly Offer[] =>
  Object.entries(isMap(root.locals) ? root.locals : {}).map(([name, value]) => ({
    label: name,
    kind: 'name',
    detail: typeof value === 'string' ? value : 'local',
  }));

/** Without the values of vars: what the expression alone tells. undefined: not declared. */
export const localSchema = (outline: Outline, name: Name): JsonSchema | undefined => {
  const written = isMap(outline.root.locals) ? outline.root.locals[String(name)] : undefined;
  if (written === undefined) return undefined;
  const split = typeof written === 'string' ? splitPlaceholders(written) : null;
  const [only, ...more] = split?.ok ? split.segments : [];
  if (only?.kind !== 'expr' || more.length > 0) return typeOfValue(written).schema;
  const others = Object.keys(outline.root.locals as object).map((each): [string, LocalType] => [
    each,
    { type: 'dyn', schema: {} },
  ]);
  const checker = outline.checkerWith(new Map(others));
  const checked = checker.check(only.expr);
  return checked.ok ? typeOfExpression(checked.checked.type, undefined, checker).schema : undefined;
};
