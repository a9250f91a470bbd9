/** Expressions at run time. Compiled once, evaluated against plain JSON. */
import type { ParseResult } from '@marcbachmann/cel-js';
import type { Json, JsonObject } from '../plan.ts';
import { dividingSafely } from './division.ts';
import { runEnvironment } from './environment.ts';
import type { JsonSchema } from './json-schema.ts';
import { maskedRead, maskedWords } from './masked.ts';
import { type Chain, findReferences } from './references.ts';
import { fromCel, toCel } from './values.ts';

/** What is not known of a step is absent: reading it is an error. */
export interface StepScope {
  readonly output?: Json;
  readonly ran?: boolean;
  readonly started_at?: string;
  readonly settled_at?: string;
  readonly duration_ms?: number;
}

export interface Scope {
  readonly vars: JsonObject;
  readonly locals?: JsonObject;
  /** `ran`: it did its work; default: it has an output. A step that is not named has not run. */
  readonly steps: { readonly [id: string]: StepScope };
  readonly run: JsonObject;
  /** What a watch measured, with the schema of its output. */
  readonly result?: {
    readonly value: Json;
    readonly schema: JsonSchema;
    readonly masked?: readonly string[];
  };
  /** JSON pointers of what masking has changed in an output, by step id: reading it is an error. */
  readonly masked?: { readonly [id: string]: readonly string[] };
  /**
   * Output schemas by step id (`outputSchemas` of scope.ts). Without one, a whole number counts as an integer,
   * so that 3.0 / 2 would be 1.
   */
  readonly schemas?: { readonly [id: string]: JsonSchema };
}

/** One line; the expression is in it, values are not. */
export class ExprError extends Error {
  readonly expr: string;
  /** What to do about it; undefined: the message says it. */
  readonly remedy: string | undefined;
  constructor(expr: string, why: string, { remedy, ...options }: ErrorOptions & { remedy?: string } = {}) {
    super(`${expr}: ${why}`, options);
    this.name = 'ExprError';
    this.expr = expr;
    this.remedy = remedy;
  }
}

interface Compiled {
  readonly run: ParseResult;
  /** Only these outputs are converted: a run of thousands of steps has expressions that read a few. */
  readonly steps: readonly string[];
  readonly chains: readonly Chain[];
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
  const { chains } = findReferences(parsed.ast);
  const named = chains.filter((c) => c.root === 'steps');
  const steps = new Set(named.flatMap((c) => c.keys.slice(0, 1).flatMap((k) => k.name ?? [])));
  const compiled = { run, steps: [...steps], chains };
  cache.set(expr, compiled);
  return compiled;
};

const contextOf = (steps: readonly string[], scope: Scope): Map<string, unknown> => {
  const outputs = new Map<string, unknown>();
  for (const id of steps) {
    const step = Object.hasOwn(scope.steps, id) ? scope.steps[id] : undefined;
    const fields = new Map<string, unknown>([['ran', step?.ran ?? step?.output !== undefined]]);
    for (const field of ['started_at', 'settled_at', 'duration_ms'] as const) {
      const value = step?.[field];
      if (value !== undefined) fields.set(field, toCel(value, {}));
    }
    if (step?.output !== undefined) fields.set('output', toCel(step.output, scope.schemas?.[id] ?? {}));
    outputs.set(id, fields);
  }
  return new Map<string, unknown>([
    ['vars', toCel(scope.vars, {})],
    ['locals', toCel(scope.locals ?? {}, {})],
    ['steps', outputs],
    ['run', toCel(scope.run, {})],
    ...(scope.result ? [['result', toCel(scope.result.value, scope.result.schema)] as const] : []),
  ]);
};

export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const summary = 'summary' in error ? error.summary : undefined;
  return (typeof summary === 'string' ? summary : error.message).split('\n', 1)[0] ?? '';
};

/** Of a step that has not run, its name says more than the missing key. */
const noOutput = (why: string, expr: string, scope: Scope): string => {
  if (why !== 'No such key: output') return why;
  const absent = compile(expr).steps.find((id) => scope.steps[id]?.output === undefined);
  return absent === undefined ? why : `step "${absent}" has no output`;
};

const refuseMasked = (expr: string, chains: readonly Chain[], { masked, result }: Scope): void => {
  if (masked === undefined && result?.masked === undefined) return;
  const read = maskedRead(chains, { steps: masked ?? {}, result: result?.masked ?? [] });
  if (!read) return;
  const { why, remedy } = maskedWords(read);
  throw new ExprError(expr, why, { remedy });
};

/** Ids of the steps that a checked expression names. */
export const stepsOf = (expr: string): readonly string[] => compile(expr).steps;

/** One line, what to do about it with it: for where an error has no place of its own for that. */
export const errorLine = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error instanceof ExprError && error.remedy ? `${error.message}. ${error.remedy}` : error.message;
};

/** Throws ExprError. */
export const evaluate = (expr: string, scope: Scope): Json => {
  try {
    const { run, steps, chains } = compile(expr);
    refuseMasked(expr, chains, scope);
    return fromCel(run(contextOf(steps, scope)));
  } catch (error) {
    if (error instanceof ExprError) throw error;
    throw new ExprError(expr, noOutput(reasonOf(error), expr, scope), { cause: error });
  }
};
