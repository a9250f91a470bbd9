/** Plans are stored beside the journal, named by their digest: the reviewed plan is the one that runs. */
import { existsSync, readFileSync } from 'node:fs';
import { fail } from '../diagnostic.ts';
import { planDigest } from '../digest.ts';
import type { Plan } from '../plan.ts';
import { writeDurably } from './durable.ts';
import { layout } from './layout.ts';
import { isSystemError, reasonOf } from './system-error.ts';

/** A plan that is there already is the same plan. Throws RB420 where it cannot be written. */
export const savePlan = (runDir: string, plan: Plan): void => {
  try {
    writePlan(runDir, plan);
  } catch (error) {
    fail('RB420', { path: runDir, why: reasonOf(error) }, { cause: error });
  }
};

/** Throws the system's error. */
export const writePlan = (runDir: string, plan: Plan): void => {
  const actual = planDigest(plan);
  if (actual !== plan.digest) throw new Error(`engine bug: plan ${plan.digest} has the content of ${actual}`);
  const path = layout(runDir).plan(plan.digest);
  if (!existsSync(path)) writeDurably(path, `${JSON.stringify(plan)}\n`);
};

/**
 * @param digest as the journal names it: the hash chain of the journal proves it, and it proves the plan
 * Throws RB414 where the file is missing or no JSON, RB415 where its content differs.
 */
export const readPlan = (runDir: string, digest: string): Plan => {
  const path = layout(runDir).plan(digest);
  const plan = parse(path);
  const actual = planDigest(plan);
  if (actual !== digest || plan.digest !== digest) fail('RB415', { path, expected: digest, actual });
  return plan;
};

const parse = (path: string): Plan => {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = isSystemError(error) ? reasonOf(error) : 'it is not JSON';
    return fail('RB414', { path, why }, { cause: error });
  }
  if (typeof value !== 'object' || value === null) return fail('RB414', { path, why: 'it is not a plan' });
  return value as Plan;
};
