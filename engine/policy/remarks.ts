/** What a reviewer reads of the policies, in `lint` and in a pull request. */
import type { Plan } from '../plan.ts';
import type { Region, Remark } from '../review/remark.ts';
import { type Judged, judgePlan } from './judge.ts';
import { lintLevels } from './lint-levels.ts';
import type { Policy } from './policy.ts';

/** A runbook that was loaded. */
export interface Reviewed {
  readonly plan: Plan;
  /** Its text. */
  readonly source: string;
  /** As the operator names it. */
  readonly file: string;
}

/** @param t0 epoch ms; null: not known, so that rules which read it are told as unchecked */
export const policyRemarks = (
  policies: readonly Policy[],
  reviewed: Reviewed,
  t0: number | null,
): readonly Remark[] => [
  ...judgePlan(policies, reviewed.plan, t0).flatMap((judged) => remarksOf(judged, reviewed)),
  ...lintLevels(policies).remarks,
];

const remarksOf = (
  { rule, verdict, why, steps }: Judged,
  { plan, source, file }: Reviewed,
): readonly Remark[] => {
  if (verdict === 'passed' || verdict === 'skipped') return [];
  const asked = `rule "${rule.name}" of ${rule.position.file}:${rule.position.line}`;
  const lines = source.split(/\r?\n/);
  const remark = (code: string, message: string, step: string | null): Remark => ({
    code,
    level: verdict === 'unchecked' ? 'note' : rule.level,
    file,
    region: step === null ? nameIn(lines) : regionOf(lines, plan.steps[step]?.line ?? 1),
    step,
    message,
    remedy: verdict === 'unchecked' ? 'It is checked when the run starts' : `See ${asked}`,
  });
  if (verdict === 'unchecked') return [remark('RB752', `Not checked, as T0 is not known: ${asked}`, null)];
  if (why !== null) return [remark('RB751', `${rule.message} (cannot be judged: ${why})`, null)];
  if (steps.length === 0) return [remark('RB750', rule.message, null)];
  return steps.map((id) => remark('RB750', `${rule.message}: "${id}"`, id));
};

/** The line without its indentation and the dash of a list. */
const regionOf = (lines: readonly string[], line: number): Region => {
  const text = lines[line - 1] ?? '';
  const start = /^[\s-]*/.exec(text)?.[0].length ?? 0;
  return { line, col: start + 1, endCol: Math.max(text.trimEnd().length, start + 1) + 1 };
};

const nameIn = (lines: readonly string[]): Region =>
  regionOf(
    lines,
    Math.max(
      0,
      lines.findIndex((text) => text.startsWith('name:')),
    ) + 1,
  );
