/** Which steps of a plan need the output of another one: without it, their expressions fail. */
import type { Json, Plan, PlanStep } from '../plan.ts';
import { syntaxOf } from './environment.ts';
import { ensuredBy, guardsOf } from './guards.ts';
import { findReferences } from './references.ts';

/** Texts that are expressions as they stand, by their keys; those of `with` are in the marked objects. */
const EXPRESSIONS = new Set(['$expr', 'expr', 'when', 'success', 'failure', 'samples', 'criteria']);

const expressionsIn = (value: Json, isExpression = false): readonly string[] => {
  if (typeof value === 'string') return isExpression ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: Json) => expressionsIn(item, isExpression));
  return Object.entries(value).flatMap(([key, inner]) => expressionsIn(inner, EXPRESSIONS.has(key)));
};

const needs = (expr: string, id: string): boolean => {
  const ast = syntaxOf(expr);
  if (ast === null) return false;
  const guards = guardsOf(ast);
  return findReferences(ast).chains.some(
    ({ root, keys, start }) =>
      root === 'steps' && keys[0]?.name === id && keys[1]?.name === 'output' && !guards.get(start)?.has(id),
  );
};

const stepNeeds = (step: PlanStep, id: string): boolean => {
  if (step.id === id) return false;
  const { when, ...rest } = step;
  if (when !== undefined && needs(when, id)) return true;
  // It only starts if the other one has run.
  if (when !== undefined && ensuredBy(when).has(id)) return false;
  return expressionsIn(rest as unknown as Json).some((expr) => needs(expr, id));
};

/** Ids of the steps, in the order of the plan. */
export const unguardedReaders = (plan: Plan, id: string): readonly string[] =>
  Object.values(plan.steps).flatMap((step) => (stepNeeds(step, id) ? [step.id] : []));
