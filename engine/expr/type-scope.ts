/** Expressions inside a template type: over its `input`, what was there `before`, and the `result` of its calls. */
import type { Environment, ParseResult } from '@marcbachmann/cel-js';
import { diagnose } from '../diagnostic.ts';
import { nearest } from '../diagnostics/near.ts';
import type { Json } from '../plan.ts';
import type { CheckResult } from './check.ts';
import { dividingSafely, withDivision } from './division.ts';
import { baseEnvironment, declareType } from './environment.ts';
import { ExprError, reasonOf } from './evaluate.ts';
import type { Flaw, Report } from './flaw.ts';
import type { JsonSchema } from './json-schema.ts';
import { checkOutputPath } from './output-path.ts';
import { readSyntax } from './read-syntax.ts';
import { type Chain, findReferences } from './references.ts';
import { fromCel, toCel } from './values.ts';

export const typeRoots = ['input', 'before', 'result'] as const;
export type TypeRoot = (typeof typeRoots)[number];

/** What the output of a call may be read of. */
export interface Readable {
  /** Of the step type that is called. */
  readonly type: string;
  readonly output: JsonSchema;
  readonly sensitive: readonly string[];
}

export interface TypeNames {
  /** Name of the template type, for messages. */
  readonly type: string;
  readonly input: JsonSchema;
  /** Fields of the input that may hold a secret. */
  readonly secrets: ReadonlySet<string>;
  /** One call, or several by their ids; null: nothing has that name here. */
  readonly before: Readable | ReadonlyMap<string, Readable> | null;
  readonly result: Readable | ReadonlyMap<string, Readable> | null;
}

const isSeveral = (of: Readable | ReadonlyMap<string, Readable>): of is ReadonlyMap<string, Readable> =>
  of instanceof Map;

/** As one schema: that of the call, or a map by id. */
export const schemaOfCalls = (of: TypeNames['before']): JsonSchema => {
  if (of === null) return {};
  if (!isSeveral(of)) return of.output;
  const properties = Object.fromEntries([...of].map(([id, { output }]) => [id, output]));
  return { type: 'object', properties, additionalProperties: false };
};

export class TypeChecker {
  readonly #names: TypeNames;
  readonly #env: Environment;

  constructor(names: TypeNames) {
    this.#names = names;
    this.#env = baseEnvironment().clone();
    for (const root of this.#roots) {
      const schema = root === 'input' ? names.input : schemaOfCalls(names[root]);
      const name = `${root[0]?.toUpperCase()}${root.slice(1)}`;
      this.#env.registerVariable(root, declareType(this.#env, name, schema));
    }
  }

  check(expr: string): CheckResult {
    const flaws: Flaw[] = [];
    const report: Report = ({ start, end }, code, data) =>
      flaws.push({ diagnostic: diagnose(code, data), start, end: Math.max(end, start + 1) });
    const whole = { start: 0, end: expr.length };
    const syntax = readSyntax(expr, this.#env, this.#roots, report);
    if (syntax === null) return { ok: false, flaws };
    const { chains } = syntax;
    const secrets = chains.map((chain) => this.#checkChain(chain, report));
    if (flaws.length > 0) return { ok: false, flaws };
    const found = { expr, reads: [], vars: [], locals: [], needsRun: true };
    const secret = secrets.find((name) => name !== null) ?? null;
    if (secret !== null) return { ok: true, checked: { ...found, secret, type: 'secret' } };
    const typed = this.#env.check(expr);
    if (!typed.error) return { ok: true, checked: { ...found, secret: null, type: typed.type ?? 'dyn' } };
    const why = typed.error.summary.replace(/^no such overload: (.*)$/, 'there is no $1');
    report(typed.error.range ?? whole, 'RB307', { why });
    return { ok: false, flaws };
  }

  get #roots(): readonly TypeRoot[] {
    return typeRoots.filter((root) => root === 'input' || this.#names[root] !== null);
  }

  /** The secret field that it is; null: none. */
  #checkChain(chain: Chain, report: Report): string | null {
    const [key, ...path] = chain.keys;
    const root = this.#roots.find((known) => known === chain.root);
    if (root === undefined) {
      if (chain.root === 'cel') return null;
      const known = [...this.#roots];
      report(chain, 'RB302', { name: chain.root, near: nearest(chain.root, known), known });
      return null;
    }
    if (root === 'input') return this.#checkInput(chain, report);
    const of = this.#names[root];
    if (of === null) return null;
    if (!isSeveral(of)) {
      checkOutputPath(root, of, chain.keys, report);
      return null;
    }
    const call = key && key.name !== null ? of.get(key.name) : undefined;
    if (call && key) checkOutputPath(`${root}.${key.name}`, call, path, report);
    else if (key) this.#unknown(key, `\`${root}\``, [...of.keys()], report);
    return null;
  }

  #checkInput(chain: Chain, report: Report): string | null {
    const [key] = chain.keys;
    const fields = Object.keys(this.#names.input.properties ?? {});
    if (!key) {
      if (this.#names.secrets.size > 0) report(chain, 'RB309', { name: 'input.NAME' });
      return null;
    }
    if (key.name === null || !fields.includes(key.name)) {
      this.#unknown(key, `The input of "${this.#names.type}"`, fields, report);
      return null;
    }
    if (!this.#names.secrets.has(key.name)) return null;
    if (chain.whole && chain.keys.length === 1) return secretName(key.name);
    report(chain, 'RB309', { name: `input.${key.name}` });
    return null;
  }

  #unknown(key: Chain['keys'][number], of: string, known: readonly string[], report: Report): void {
    const name = key.name ?? '';
    report(key, 'RB306', { name, of, near: nearest(name, known), known });
  }
}

/** How a compiled `with` names a secret of the input, in place of one of the runbook. */
export const secretName = (field: string): string => `input.${field}`;

export type TypeScope = {
  readonly [root in TypeRoot]?: { readonly value: Json; readonly schema: JsonSchema };
};

const compiled = new Map<string, ParseResult>();
let running: Environment | undefined;

const compile = (expr: string): ParseResult => {
  running ??= typeRoots.reduce(
    (env, root) => env.registerVariable(root, 'dyn'),
    withDivision(baseEnvironment().clone()),
  );
  const known = compiled.get(expr);
  if (known) return known;
  const parsed = running.parse(expr);
  const safe = dividingSafely(parsed.ast);
  const run = safe === null ? parsed : running.parse(safe);
  compiled.set(expr, run);
  return run;
};

/** Throws ExprError. */
export const evaluateTyped = (expr: string, scope: TypeScope): Json => {
  try {
    const values = Object.entries(scope).map(
      ([root, { value, schema }]) => [root, toCel(value, schema)] as const,
    );
    return fromCel(compile(expr)(new Map<string, unknown>(values)));
  } catch (error) {
    throw new ExprError(expr, reasonOf(error), { cause: error });
  }
};

/** Which names an expression reads, each with its first key; null: all of it, or not known. */
export const typeReads = (expr: string): readonly { readonly root: string; readonly key: string | null }[] =>
  findReferences(compile(expr).ast).chains.map(({ root, keys }) => ({ root, key: keys[0]?.name ?? null }));
