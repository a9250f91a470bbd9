/** An expression of a policy is checked when the policy is loaded: names, types, time zones. */
import { type ASTNode, ParseError } from '@marcbachmann/cel-js';
import { diagnose } from '../diagnostic.ts';
import { nearest } from '../diagnostics/near.ts';
import type { Flaw, Report } from '../expr/flaw.ts';
import { deepestMacro, findReferences } from '../expr/references.ts';
import { checkEnvironment, roots } from './environments.ts';
import { localFields, slotFault, zoneFault } from './local-time.ts';
import { planTypes } from './plan-facts.ts';

export interface CheckedRule {
  readonly readsT0: boolean;
  readonly flaws: readonly Flaw[];
}

export const checkExpression = (expr: string, field: string): CheckedRule => {
  const flaws: Flaw[] = [];
  const report: Report = ({ start, end }, code, data) =>
    flaws.push({ diagnostic: diagnose(code, data), start, end: Math.max(end, start + 1) });
  const whole = { start: 0, end: expr.length };
  const ast = parse(expr, report);
  if (ast === null) return { readsT0: false, flaws };
  const { chains, usesMatches, tooDeep } = findReferences(ast);
  if (usesMatches) report(usesMatches, 'RB311', {});
  if (tooDeep) report(tooDeep, 'RB301', { fault: { kind: 'macros-too-deep', limit: deepestMacro } });
  for (const chain of chains)
    if (!isRoot(chain.root) && chain.root !== 'cel')
      report(chain, 'RB302', { name: chain.root, near: nearest(chain.root, roots), known: [...roots] });
  checkCalls(ast, report);
  const readsT0 = chains.some(({ root }) => root === 't0');
  if (flaws.length > 0) return { readsT0, flaws };
  const typed = checkEnvironment().check(expr);
  if (typed.error) report(typed.error.range ?? whole, 'RB307', { why: reasonOf(typed.error.summary) });
  else if (typed.type !== 'bool' && typed.type !== 'dyn')
    report(whole, 'RB318', { field, got: typed.type ?? 'nothing', expected: ['true or false'] });
  return { readsT0, flaws };
};

const isRoot = (name: string): boolean => roots.some((root) => root === name);

const parse = (expr: string, report: Report): ASTNode | null => {
  const open = expr.indexOf('${{');
  if (open !== -1) {
    const what = 'a rule of a policy';
    report({ start: open, end: open + 3 }, 'RB301', { fault: { kind: 'marked', what } });
    return null;
  }
  try {
    return checkEnvironment().parse(expr).ast;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    report(error.range ?? { start: 0, end: expr.length }, 'RB301', {
      fault: { kind: 'syntax', summary: error.summary },
    });
    return null;
  }
};

const fieldNames = [...Object.values(planTypes).flatMap(Object.keys), ...Object.keys(localFields)];

const reasonOf = (summary: string): string => {
  const key = /^No such key: (.*)$/.exec(summary)?.[1];
  const near = key === undefined ? null : nearest(key, fieldNames);
  if (near !== null) return `there is no field "${key}"; did you mean "${near}"`;
  return summary.replace(/^no such overload: (.*)$/, 'there is no $1');
};

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

const textOf = (node: ASTNode | undefined): string | null =>
  node?.op === 'value' && typeof node.args === 'string' ? node.args : null;

/** Methods of an instant that take a time zone; see local-time.ts. */
const zoned = /^get(Date|DayOf(Week|Month|Year)|FullYear|Month|Hours|Minutes|Seconds|Milliseconds)$/;

const checkCalls = (ast: ASTNode, report: Report): void => {
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) visit(each);
    if (!isNode(node)) return;
    if (node.op === 'call') checkCall(node.args[0], node.args[1], report);
    if (node.op === 'rcall' && zoned.test(node.args[0]) && node.args[2].length > 0)
      report(node, 'RB682', {
        why: `${node.args[0]}() with a time zone depends on the clock of the machine`,
        remedy: 'Use local(t, "Europe/Paris"): it has weekday, date, time, year, month, day, hour and minute',
      });
    visit(node.args);
  };
  visit(ast);
};

const checkCall = (name: string, args: readonly ASTNode[], report: Report): void => {
  const check = (node: ASTNode | undefined, faultOf: (text: string) => string | null, remedy: string) => {
    const text = textOf(node);
    const why = text === null ? null : faultOf(text);
    if (node && why !== null) report(node, 'RB682', { why, remedy });
  };
  const zoneRemedy = 'Write a name of the tz database, like "Europe/Paris" or "UTC"';
  if (name === 'local') check(args[1], zoneFault, zoneRemedy);
  if (name === 'within') {
    check(args[2], slotFault, 'Without days, the span applies to every day');
    check(args[3], zoneFault, zoneRemedy);
  }
};
