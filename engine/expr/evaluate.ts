/** Expressions at run time. Compiled once, evaluated against plain JSON. */
import type { ParseResult } from '@marcbachmann/cel-js';
import type { Json, JsonObject } from '../plan.ts';
import { runEnvironment } from './environment.ts';
import type { JsonSchema } from './json-schema.ts';
import { fromCel, toCel } from './values.ts';

export interface Scope {
  readonly vars: JsonObject;
  readonly steps: { readonly [id: string]: { readonly output: Json } };
  readonly run: JsonObject;
  /**
   * Output schemas by step id (`outputSchemas` of scope.ts). Without one, a whole number counts as an integer,
   * so that 3.0 / 2 would be 1.
   */
  readonly schemas?: { readonly [id: string]: JsonSchema };
}

/** One line; the expression is in it, values are not. */
export class ExprError extends Error {
  readonly expr: string;
  constructor(expr: string, why: string, options?: ErrorOptions) {
    super(`${expr}: ${why}`, options);
    this.name = 'ExprError';
    this.expr = expr;
  }
}

const LARGEST_CACHE = 20_000;
const compiled = new Map<string, ParseResult>();

const compile = (expr: string): ParseResult => {
  const known = compiled.get(expr);
  if (known) return known;
  if (compiled.size >= LARGEST_CACHE) compiled.clear();
  const parsed = runEnvironment().parse(expr);
  compiled.set(expr, parsed);
  return parsed;
};

const contexts = new WeakMap<Scope, Map<string, unknown>>();

/** Outputs are converted when first read: a run of thousands of steps has expressions that read a few. */
const contextOf = (scope: Scope): Map<string, unknown> => {
  const known = contexts.get(scope);
  if (known) return known;
  const converted = new Map<string, unknown>();
  const steps = new (class extends Map<string, unknown> {
    override get(id: string): unknown {
      if (!Object.hasOwn(scope.steps, id)) return undefined;
      const known = converted.get(id);
      if (known) return known;
      const output = toCel(scope.steps[id]?.output ?? null, scope.schemas?.[id] ?? {});
      const step = new Map([['output', output]]);
      converted.set(id, step);
      return step;
    }
  })();
  const context = new Map<string, unknown>([
    ['vars', toCel(scope.vars, {})],
    ['steps', steps],
    ['run', toCel(scope.run, {})],
  ]);
  contexts.set(scope, context);
  return context;
};

const reason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const summary = 'summary' in error ? error.summary : undefined;
  return (typeof summary === 'string' ? summary : error.message).split('\n', 1)[0] ?? '';
};

/** Throws ExprError. */
export const evaluate = (expr: string, scope: Scope): Json => {
  try {
    return fromCel(compile(expr)(contextOf(scope)));
  } catch (error) {
    throw new ExprError(expr, reason(error), { cause: error });
  }
};
