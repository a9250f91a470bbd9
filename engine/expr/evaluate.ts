/** Expressions at run time. Compiled once, evaluated against plain JSON. */
import type { ParseResult } from '@marcbachmann/cel-js';
import type { Json, JsonObject } from '../plan.ts';
import { dividingSafely } from './division.ts';
import { runEnvironment } from './environment.ts';
import type { JsonSchema } from './json-schema.ts';
import { findReferences } from './references.ts';
import { fromCel, toCel } from './values.ts';

export interface Scope {
  readonly vars: JsonObject;
  readonly steps: { readonly [id: string]: { readonly output: Json } };
  readonly run: JsonObject;
  /** What a watch measured, with the schema of its output. */
  readonly result?: { readonly value: Json; readonly schema: JsonSchema };
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

interface Compiled {
  readonly run: ParseResult;
  /** Only these outputs are converted: a run of thousands of steps has expressions that read a few. */
  readonly steps: readonly string[];
}

const LARGEST_CACHE = 20_000;
const cache = new Map<string, Compiled>();

const compile = (expr: string): Compiled => {
  const known = cache.get(expr);
  if (known) return known;
  if (cache.size >= LARGEST_CACHE) cache.clear();
  const parsed = runEnvironment().parse(expr);
  const safe = dividingSafely(parsed.ast);
  const run = safe === null ? parsed : runEnvironment().parse(safe);
  const chains = findReferences(parsed.ast).chains.filter((c) => c.root === 'steps');
  const steps = new Set(chains.flatMap((c) => c.keys.slice(0, 1).flatMap((k) => k.name ?? [])));
  const compiled = { run, steps: [...steps] };
  cache.set(expr, compiled);
  return compiled;
};

const contextOf = (steps: readonly string[], scope: Scope): Map<string, unknown> => {
  const outputs = new Map<string, unknown>();
  for (const id of steps) {
    if (!Object.hasOwn(scope.steps, id)) continue;
    const output = toCel(scope.steps[id]?.output ?? null, scope.schemas?.[id] ?? {});
    outputs.set(id, new Map([['output', output]]));
  }
  return new Map<string, unknown>([
    ['vars', toCel(scope.vars, {})],
    ['steps', outputs],
    ['run', toCel(scope.run, {})],
    ...(scope.result ? [['result', toCel(scope.result.value, scope.result.schema)] as const] : []),
  ]);
};

const reason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const summary = 'summary' in error ? error.summary : undefined;
  return (typeof summary === 'string' ? summary : error.message).split('\n', 1)[0] ?? '';
};

/** Throws ExprError. */
export const evaluate = (expr: string, scope: Scope): Json => {
  try {
    const { run, steps } = compile(expr);
    return fromCel(run(contextOf(steps, scope)));
  } catch (error) {
    throw new ExprError(expr, reason(error), { cause: error });
  }
};
