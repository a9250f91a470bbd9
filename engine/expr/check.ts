/** Compiles an expression at load: every name exists, every type fits, and what it reads is known. */
import type { Environment } from '@marcbachmann/cel-js';
import { diagnose } from '../diagnostic.ts';
import { nearest } from '../diagnostics/near.ts';
import { baseEnvironment, declareType } from './environment.ts';
import type { Flaw, Report } from './flaw.ts';
import { guardsOf } from './guards.ts';
import type { JsonSchema } from './json-schema.ts';
import { checkOutputPath, checkPath } from './output-path.ts';
import { readSyntax } from './read-syntax.ts';
import type { Chain } from './references.ts';
import { checkStep, isStepField, STEP_FIELDS, type StepMember, type StepNames } from './step-chain.ts';

export interface LocalType {
  /** CEL type; its message types are those of the vars. */
  readonly type: string;
  /** What fields it has for sure. */
  readonly schema: JsonSchema;
}

export interface Names {
  /** What the value of each may be. */
  readonly vars: ReadonlyMap<string, JsonSchema>;
  readonly locals: ReadonlyMap<string, LocalType>;
  readonly secrets: ReadonlySet<string>;
  readonly steps: StepNames;
  /** Expressions of which everything that is wrong is reported. */
  readonly silent?: ReadonlySet<string>;
}

export interface StepRead {
  readonly step: string;
  readonly start: number;
  readonly end: number;
  readonly member: StepMember;
  /** It has a value only if the step has run, and nothing in the expression ensures that it has. */
  readonly needsRan: boolean;
}

export interface Checked {
  readonly expr: string;
  /** CEL type; `dyn` where only the run can tell. */
  readonly type: string;
  /** Steps that it reads something of, each with its position in the expression. */
  readonly reads: readonly StepRead[];
  readonly vars: readonly string[];
  readonly locals: readonly string[];
  /** The secret that the whole expression is. */
  readonly secret: string | null;
  readonly needsRun: boolean;
}

export type CheckResult =
  | { readonly ok: true; readonly checked: Checked }
  | { readonly ok: false; readonly flaws: readonly Flaw[] };

/** What a watch measures: the type of the step, and the schema of its output. */
export interface Result {
  readonly type: string;
  readonly output: JsonSchema;
  readonly sensitive: readonly string[];
}

/** Fields of `run`. All but `now`, the time at which the expression is evaluated, are known before the first act. `environment` is null where no vars file names one. */
export const RUN_FIELDS = {
  id: 'string',
  name: 'string',
  t0: 'string',
  environment: 'dyn',
  now: 'string',
} as const;
const ROOTS = ['vars', 'locals', 'secrets', 'steps', 'run'];

/** Neighbouring expressions read the same steps; thousands of environments would only feed the collector. */
const KEPT_ENVIRONMENTS = 32;

const ANYTHING: JsonSchema = {};

export class ExpressionChecker {
  readonly #names: Names;
  #base: Environment;
  /** Environments by the steps they declare: one with all steps would make a load quadratic. */
  readonly #environments = new Map<string, Environment>();
  /** Types of the base environment by the output that they declare. */
  readonly #types = new Map<JsonSchema, string>();
  readonly #results = new Map<string, CheckResult>();
  /** Of vars, by the name of the message type. */
  readonly #shapes = new Map<string, JsonSchema>();

  constructor(names: Names) {
    this.#names = names;
    const base = baseEnvironment().clone();
    const vars = [...names.vars].map(([name, schema], i) => {
      const type = declareType(base, `Vars${i}`, schema, schema, this.#shapes);
      return [name, type];
    });
    const locals = [...names.locals].map(([name, { type }]) => [name, type]);
    this.#base = base
      .registerType('Vars', { fields: Object.fromEntries(vars) })
      .registerType('Locals', { fields: Object.fromEntries(locals) })
      .registerType('Run', { fields: RUN_FIELDS })
      .registerVariable('vars', 'Vars')
      .registerVariable('locals', 'Locals')
      .registerVariable('run', 'Run');
  }

  /** Of a message type that belongs to the vars. */
  schemaOf(type: string): JsonSchema | undefined {
    return this.#shapes.get(type);
  }

  /** `of`: what `result` is in this expression; without it nothing has that name. */
  check(expr: string, of?: Result): CheckResult {
    if (of) return this.#check(expr, of);
    const known = this.#results.get(expr);
    if (known) return known;
    const result = this.#check(expr);
    this.#results.set(expr, result);
    return result;
  }

  #check(expr: string, of?: Result): CheckResult {
    if (this.#names.silent?.has(expr)) return { ok: false, flaws: [] };
    const flaws: Flaw[] = [];
    const report: Report = ({ start, end }, code, data) =>
      flaws.push({ diagnostic: diagnose(code, data), start, end: Math.max(end, start + 1) });
    const whole = { start: 0, end: expr.length };
    const syntax = readSyntax(expr, this.#base, ROOTS, report);
    if (syntax === null) return { ok: false, flaws };
    const { ast, chains } = syntax;
    const reads: StepRead[] = [];
    const guards = guardsOf(ast);
    let secret: string | null = null;
    for (const chain of chains) {
      if (chain.root === 'vars') this.#checkVar(chain, report);
      else if (chain.root === 'locals') this.#checkLocal(chain, report);
      else if (chain.root === 'secrets') secret = this.#checkSecret(chain, report);
      else if (chain.root === 'steps') {
        const step = checkStep(chain, this.#names.steps, report);
        if (step === null) continue;
        const field = chain.keys[1]?.name;
        const member = isStepField(field) ? field : 'output';
        const needsRan = member !== 'ran' && !guards.get(chain.start)?.has(step);
        reads.push({ step, start: chain.start, end: chain.keys[0]?.end ?? chain.end, member, needsRan });
      } else if (chain.root === 'run') this.#checkRun(chain, report);
      else if (chain.root === 'each') report(chain, 'RB268', {});
      else if (chain.root === 'result' && of) checkOutputPath('result', of, chain.keys, report);
      else if (chain.root !== 'cel') {
        const known = of ? ['result', ...ROOTS] : ROOTS;
        report(chain, 'RB302', { name: chain.root, near: nearest(chain.root, known), known });
      }
    }
    const needsRun = chains.some((c) => c.root === 'steps' || c.root === 'run' || c.root === 'result');
    if (flaws.length > 0) return { ok: false, flaws };
    // All of them where the expression does not say which.
    const named = (root: string, all: ReadonlyMap<string, unknown>) =>
      chains.filter((c) => c.root === root).flatMap(({ keys: [key] }) => key?.name ?? [...all.keys()]);
    const vars = named('vars', this.#names.vars);
    const locals = named('locals', this.#names.locals);
    const found = { expr, reads, vars, locals, secret, needsRun };
    if (secret !== null) return { ok: true, checked: { ...found, type: 'secret' } };

    const steps = this.#environment(reads.map((r) => r.step));
    const typed = (of ? this.#withResult(steps, of.output) : steps).check(expr);
    if (typed.error) {
      const field = /^No such key: (.*)$/s.exec(typed.error.summary)?.[1];
      if (field !== undefined) {
        const known = [...this.#shapes.values()].flatMap(({ properties }) => Object.keys(properties ?? {}));
        report(typed.error.range ?? whole, 'RB329', { name: field, near: nearest(field, known) });
        return { ok: false, flaws };
      }
      const why = typed.error.summary.replace(/^no such overload: (.*)$/, 'there is no $1');
      report(typed.error.range ?? whole, 'RB307', { why });
      return { ok: false, flaws };
    }
    return { ok: true, checked: { ...found, type: typed.type ?? 'dyn' } };
  }

  #checkVar(chain: Chain, report: Report): void {
    const [key, ...path] = chain.keys;
    const name = key?.name ?? null;
    if (!key || name === null) return;
    const schema = this.#names.vars.get(name);
    const known = [...this.#names.vars.keys()];
    if (schema) checkPath(`vars.${name}`, schema, path, report);
    else report(key, 'RB303', { name, near: nearest(name, known), known });
  }

  #checkLocal(chain: Chain, report: Report): void {
    const [key, ...path] = chain.keys;
    const name = key?.name ?? null;
    if (!key || name === null) return;
    const local = this.#names.locals.get(name);
    const known = [...this.#names.locals.keys()];
    if (local) checkPath(`locals.${name}`, local.schema, path, report);
    else report(key, 'RB325', { name, near: nearest(name, known), known });
  }

  #checkRun(chain: Chain, report: Report): void {
    const [key] = chain.keys;
    const known = Object.keys(RUN_FIELDS);
    const name = key?.name ?? null;
    if (key && name !== null && !known.includes(name))
      report(key, 'RB306', { name, of: '`run`', near: nearest(name, known), known });
  }

  #checkSecret(chain: Chain, report: Report): string | null {
    const [key] = chain.keys;
    const name = key?.name ?? null;
    const known = [...this.#names.secrets];
    if (key && name !== null && !this.#names.secrets.has(name)) {
      report(key, 'RB304', { name, near: nearest(name, known), known });
      return null;
    }
    if (chain.whole && chain.keys.length === 1) return name;
    report(chain, 'RB309', { name: `secrets.${name ?? 'NAME'}` });
    return null;
  }

  #environment(steps: readonly string[]): Environment {
    const ids = [...new Set(steps)].sort();
    const key = ids.join(' ');
    const known = this.#environments.get(key);
    if (known) return known;
    const fields = Object.fromEntries(ids.map((id) => [id, this.#typeOf(id)]));
    const env = this.#base.clone();
    if (ids.length > 0) env.registerType('Steps', { fields }).registerVariable('steps', 'Steps');
    if (this.#environments.size >= KEPT_ENVIRONMENTS) this.#environments.clear();
    this.#environments.set(key, env);
    return env;
  }

  #withResult(steps: Environment, output: JsonSchema): Environment {
    const env = steps.clone();
    return env.registerVariable('result', declareType(env, 'Result', output));
  }

  /** Declared once for all the steps of a type: there are thousands of steps, and a dozen types. */
  #typeOf(id: string): string {
    const output = this.#names.steps.get(id)?.output ?? ANYTHING;
    let name = this.#types.get(output);
    if (name === undefined) {
      const index = this.#types.size;
      name = `Step${index}`;
      // An environment that was cloned takes no more types.
      const env = this.#base.clone();
      env.registerType(name, {
        fields: { output: declareType(env, `Output${index}`, output), ...STEP_FIELDS },
      });
      this.#base = env;
      this.#types.set(output, name);
    }
    return name;
  }
}
