/** Whether a plan keeps to the policies. What cannot be judged is a violation. */
import type { Plan } from '../plan.ts';
import { ask, type Context, failingSteps } from './expression.ts';
import { planFacts } from './plan-facts.ts';
import type { Policy, PolicyRule } from './policy.ts';

/**
 * `skipped`: its `when` is false. `unchecked`: it reads T0, which is not known yet; that is never a pass.
 */
export type Verdict = 'passed' | 'violated' | 'skipped' | 'unchecked';

export interface Judged {
  readonly policy: Policy;
  readonly rule: PolicyRule;
  readonly verdict: Verdict;
  /** Why it could not be evaluated; null: it could. */
  readonly why: string | null;
  /** Ids of the steps that violate it, where the rule is about each of them. */
  readonly steps: readonly string[];
}

/** @param t0 epoch ms; null: not known yet */
export const judgePlan = (policies: readonly Policy[], plan: Plan, t0: number | null): readonly Judged[] => {
  const all = policies.flatMap((policy) => policy.rules.map((rule) => ({ policy, rule })));
  if (all.length === 0) return [];
  const context: Context = new Map<string, unknown>([
    ['plan', planFacts(plan)],
    ...(t0 === null ? [] : [['t0', new Date(t0)] as const]),
  ]);
  return all.map(({ policy, rule }) => ({ policy, rule, ...judgeRule(rule, context, t0 !== null) }));
};

const judgeRule = (
  rule: PolicyRule,
  context: Context,
  knowsT0: boolean,
): Pick<Judged, 'verdict' | 'why' | 'steps'> => {
  const is = (verdict: Verdict, why: string | null = null, steps: readonly string[] = []) => ({
    verdict,
    why,
    steps,
  });
  if (rule.readsT0.when && !knowsT0) return is('unchecked');
  const wanted = rule.when === null ? { holds: true } : ask(rule.when, context);
  if ('error' in wanted) return is('violated', wanted.error);
  if (!wanted.holds) return is('skipped');
  if (rule.readsT0.that && !knowsT0) return is('unchecked');
  const answer = ask(rule.that, context);
  if ('error' in answer) return is('violated', answer.error);
  return answer.holds ? is('passed') : is('violated', null, failingSteps(rule.that, context));
};

/** Those that forbid a run. */
export const refusing = (judged: readonly Judged[]): readonly Judged[] =>
  judged.filter(({ verdict, rule }) => rule.level === 'error' && verdict === 'violated');
