/** The team's policies at the start of a session: they refuse it, or are recorded with it. */
import { relative, resolve } from 'node:path';
import type { AppliedPolicy, Event } from '../decide/events.ts';
import { DiagnosticError, diagnose } from '../diagnostic.ts';
import type { Plan } from '../plan.ts';
import { type Judged, judgePlan, refusing } from '../policy/judge.ts';
import type { Policy } from '../policy/policy.ts';
import type { Finding } from '../step.ts';

export interface UnderPolicies {
  /** For the journal. */
  readonly applied: { readonly policies?: readonly AppliedPolicy[] };
  /** For the operator. */
  readonly notes: readonly string[];
}

export interface Start {
  readonly plan: Plan;
  readonly runbookDir: string;
  /** Epoch ms. */
  readonly t0: number;
}

/** A rollback is not checked. */
export const unchecked: UnderPolicies = { applied: {}, notes: [] };

/**
 * Throws RB681 for each rule of level error that is violated.
 * @param before of the last session; null: there was none
 */
export const underPolicies = (
  policies: readonly Policy[],
  { plan, runbookDir, t0 }: Start,
  before: readonly AppliedPolicy[] | null = null,
): UnderPolicies => {
  const judged = judgePlan(policies, plan, t0);
  const refused = refusing(judged);
  if (refused.length > 0)
    throw new DiagnosticError(
      refused.map(({ rule, why, steps }) =>
        diagnose('RB681', { name: rule.name, message: rule.message, steps, why }, rule.position),
      ),
    );
  const violated = judged.filter(({ verdict }) => verdict === 'violated');
  const applied = policies.map((policy) => appliedOf(policy, judged, runbookDir));
  return {
    applied: applied.length > 0 ? { policies: applied } : {},
    notes: [
      ...violated.map((each) => `Policy (${each.rule.level}): ${sentence(each)}`),
      ...(before === null ? [] : changesSince(before, applied)),
    ],
  };
};

const appliedOf = (
  { file, digest, rules }: Policy,
  judged: readonly Judged[],
  runbookDir: string,
): AppliedPolicy => ({
  file: relative(runbookDir, resolve(file)),
  digest,
  rules: rules.map((rule) => ({
    name: rule.name,
    level: rule.level,
    verdict: judged.find((each) => each.rule === rule)?.verdict ?? 'unchecked',
  })),
});

/** Of the last session that was checked; null: none was. */
export const appliedBefore = (events: readonly Event[]): readonly AppliedPolicy[] | null =>
  events.flatMap((e) => (e.type === 'session-started' && e.policies ? [e.policies] : [])).at(-1) ?? null;

const changesSince = (before: readonly AppliedPolicy[], now: readonly AppliedPolicy[]): readonly string[] => [
  ...before.flatMap(({ file, digest }) => {
    const is = now.find((policy) => policy.file === file);
    if (is === undefined) return [`The policy ${file} no longer applies: it did in an earlier session`];
    return is.digest === digest ? [] : [`The policy ${file} changed since the last session`];
  }),
  ...now
    .filter(({ file }) => !before.some((policy) => policy.file === file))
    .map(({ file }) => `The policy ${file} applies now: it did not in the last session`),
];

const sentence = ({ rule, why, steps }: Judged): string => {
  const named = steps.length > 0 ? ` (${steps.join(', ')})` : '';
  return `${rule.name}: ${rule.message}${named}${why === null ? '' : `; it cannot be judged: ${why}`}`;
};

/** For a dry run. */
export const policyFindings = (judged: readonly Judged[]): readonly Finding[] => judged.flatMap(findingsOf);

const findingsOf = (each: Judged): readonly Finding[] => {
  const { rule, verdict } = each;
  const remedy = `See ${rule.position.file}:${rule.position.line}`;
  switch (verdict) {
    case 'passed':
      return [{ level: 'verified', what: rule.name }];
    case 'skipped':
      return [];
    case 'unchecked':
      return [{ level: 'unchecked', what: `${rule.name}: it reads T0`, remedy: 'Add --t0 to check it' }];
    case 'violated':
      return rule.level === 'error'
        ? [{ level: 'problem', what: sentence(each), remedy }]
        : [{ level: 'verified', what: `${sentence(each)} (${rule.level} only)`, remedy }];
  }
};
