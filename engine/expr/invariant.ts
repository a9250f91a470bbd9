/** Invariants: CEL over the facts of a runbook and the state of a run, checked at load and asked by what-if. */
import { type ASTNode, type Environment, ParseError } from '@marcbachmann/cel-js';
import type { Code, DataOf } from '../diagnostic.ts';
import { diagnose } from '../diagnostic.ts';
import { nearest } from '../diagnostics/near.ts';
import type { Facts, FactValue } from '../plan.ts';
import { dividingSafely, withDivision } from './division.ts';
import { baseEnvironment } from './environment.ts';
import { ExprError } from './evaluate.ts';
import type { Flaw } from './flaw.ts';
import { type Chain, deepestMacro, findReferences } from './references.ts';

export const invariantStates = ['running', 'rolling-back', 'held', 'succeeded', 'rolled-back'] as const;

export interface InvariantRun {
  readonly state: (typeof invariantStates)[number];
  /** The point of no return is crossed. */
  readonly crossed: boolean;
  /** Ids of the steps that have succeeded, and were not undone. */
  readonly succeeded: readonly string[];
}

const runFields = { state: 'string', crossed: 'bool', succeeded: 'list<string>' } as const;

/** Every value that a fact can have, by its name: the initial one and those that steps set. */
export type FactDomain = ReadonlyMap<string, readonly FactValue[]>;

const celType = (values: readonly FactValue[]): string => {
  if (values.some((v) => typeof v === 'string')) return 'string';
  if (values.some((v) => typeof v === 'boolean')) return 'bool';
  return values.every((v) => Number.isInteger(v)) ? 'int' : 'double';
};

type Report = <C extends Code>(
  span: { readonly start: number; readonly end: number },
  code: C,
  data: DataOf<C>,
) => void;

/** Checks many expressions over the same facts. */
export class InvariantChecker {
  readonly #domain: FactDomain;
  readonly #env: Environment;

  constructor(domain: FactDomain) {
    this.#domain = domain;
    const fields = Object.fromEntries([...domain].map(([name, values]) => [name, celType(values)]));
    this.#env = baseEnvironment()
      .clone()
      .registerType('InvariantRun', { fields: runFields })
      .registerVariable('run', 'InvariantRun');
    if (domain.size > 0) this.#env.registerType('Facts', { fields }).registerVariable('facts', 'Facts');
  }

  check(expr: string): { readonly type: string | null; readonly flaws: readonly Flaw[] } {
    const flaws: Flaw[] = [];
    const report: Report = ({ start, end }, code, data) =>
      flaws.push({ diagnostic: diagnose(code, data), start, end: Math.max(end, start + 1) });
    const whole = { start: 0, end: expr.length };
    const ast = this.#parse(expr, report);
    if (ast === null) return { type: null, flaws };
    const { chains, usesMatches, tooDeep } = findReferences(ast);
    if (usesMatches) report(usesMatches, 'RB311', {});
    if (tooDeep)
      report(tooDeep, 'RB301', {
        fault: { kind: 'macros-too-deep', limit: deepestMacro },
      });
    for (const chain of chains) this.#checkChain(chain, report);
    if (flaws.length > 0) return { type: null, flaws };
    const typed = this.#env.check(expr);
    if (!typed.error) {
      this.#checkValues(ast, report);
      return { type: typed.type ?? 'dyn', flaws };
    }
    const why = typed.error.summary.replace(/^no such overload: (.*)$/, 'there is no $1');
    report(typed.error.range ?? whole, 'RB307', { why });
    return { type: null, flaws };
  }

  #parse(expr: string, report: Report): ASTNode | null {
    try {
      return this.#env.parse(expr).ast;
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      report(error.range ?? { start: 0, end: expr.length }, 'RB301', {
        fault: { kind: 'syntax', summary: error.summary },
      });
      return null;
    }
  }

  #checkChain(chain: Chain, report: Report): void {
    const roots = ['facts', 'run'];
    if (chain.root === 'cel') return;
    if (!roots.includes(chain.root)) {
      report(chain, 'RB302', { name: chain.root, near: nearest(chain.root, roots), known: roots });
      return;
    }
    const [key] = chain.keys;
    const name = key?.name ?? null;
    if (!key || name === null) {
      report(chain, 'RB301', { fault: { kind: 'field-not-literal', root: chain.root } });
      return;
    }
    const known = chain.root === 'run' ? Object.keys(runFields) : [...this.#domain.keys()];
    if (known.includes(name)) return;
    const near = nearest(name, known);
    if (chain.root === 'run') report(key, 'RB306', { name, of: '`run`', near, known });
    else report(key, 'RB212', { kind: 'fact', name, near, known });
  }

  /** A misspelt value would make the invariant true of everything, or false of everything. */
  #checkValues(ast: ASTNode, report: Report): void {
    const visit = (node: unknown): void => {
      if (Array.isArray(node)) for (const each of node) visit(each);
      if (!isNode(node)) return;
      for (const { name, values } of comparisons(node)) {
        const known = name === 'run.state' ? invariantStates : this.#domain.get(name.replace('facts.', ''));
        for (const value of values) this.#checkValue(name, value, known ?? [], report);
      }
      visit(node.args);
    };
    visit(ast);
  }

  #checkValue(name: string, node: ASTNode, known: readonly FactValue[], report: Report): void {
    const value: unknown = node.op === 'value' ? node.args : undefined;
    // Numbers are compared by order as well, and both yes and no are always meant.
    if (typeof value !== 'string' || known.length === 0 || known.includes(value)) return;
    const words = known.map(String);
    const data = { name, value: JSON.stringify(value), near: nearest(value, words), known: words };
    report({ start: node.start, end: node.end }, 'RB261', data);
  }
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

/** What a node compares with written values: a fact, or `run.state`. */
const comparisons = (node: ASTNode): readonly { name: string; values: readonly ASTNode[] }[] => {
  if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return [];
  const [left, right] = node.args as unknown as [ASTNode, ASTNode];
  const listed = (side: ASTNode) =>
    side.op === 'list' ? (side.args as unknown as readonly ASTNode[]) : [side];
  return [
    { name: fieldOf(left), values: listed(right) },
    { name: fieldOf(right), values: listed(left) },
  ].flatMap(({ name, values }) => (name === null ? [] : { name, values }));
};

/** `facts.x` or `run.x`; null: something else. */
const fieldOf = (node: ASTNode): string | null => {
  if (!isNode(node) || (node.op !== '.' && node.op !== '[]')) return null;
  const [of, key] = node.args as unknown as [ASTNode, string | ASTNode];
  if (!isNode(of) || of.op !== 'id') return null;
  const name = typeof key === 'string' ? key : key.op === 'value' ? key.args : null;
  return typeof name === 'string' ? `${String(of.args)}.${name}` : null;
};

let asking: Environment | undefined;
const askingEnvironment = (): Environment => {
  asking ??= withDivision(baseEnvironment().clone())
    .registerVariable('facts', 'dyn')
    .registerVariable('run', 'dyn');
  return asking;
};

/** An expression that was checked, ready to be asked many times. Throws ExprError where it cannot be judged. */
export const compileInvariant = (
  expr: string,
  domain: FactDomain,
): ((facts: Facts, run: InvariantRun) => boolean) => {
  const parsed = askingEnvironment().parse(expr);
  const safe = dividingSafely(parsed.ast);
  const judge = safe === null ? parsed : askingEnvironment().parse(safe);
  const doubles = new Set([...domain].filter(([, values]) => celType(values) === 'double').map(([n]) => n));
  const toCel = (name: string, value: FactValue): unknown =>
    typeof value === 'number' && !doubles.has(name) ? BigInt(value) : value;
  return (facts, run) => {
    const given = new Map(Object.entries(facts).map(([name, value]) => [name, toCel(name, value)]));
    let answer: unknown;
    try {
      answer = judge(
        new Map<string, unknown>([
          ['facts', given],
          ['run', new Map(Object.entries(run))],
        ]),
      );
    } catch (error) {
      throw new ExprError(
        expr,
        error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error),
      );
    }
    if (typeof answer !== 'boolean') throw new ExprError(expr, 'it gives neither true nor false');
    return answer;
  };
};
