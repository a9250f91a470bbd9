/** The verdict of a measurement. Evaluated here, since the core evaluates no expression. */
import type { Measured } from '../decide/events.ts';
import { errorLine, evaluate, type Scope } from '../expr/evaluate.ts';
import type { PlanWatch } from '../plan.ts';

export interface Verdict {
  readonly verdict: Measured;
  readonly why?: string;
}

type Terms = Pick<PlanWatch, 'success' | 'failure' | 'samples' | 'minSamples' | 'noData'>;

/** An expression that cannot be evaluated, or gives something else than it should: the measurement is an error. */
class NoVerdict extends Error {}

const holds = (expr: string, scope: Scope): boolean => {
  const value = evaluate(expr, scope);
  if (typeof value !== 'boolean') throw new NoVerdict(`${expr}: neither true nor false`);
  return value;
};

/** Too little was seen to say anything; null: enough. */
const tooFew = ({ samples, minSamples, noData }: Terms, scope: Scope): Verdict | null => {
  if (samples === null) return null;
  const n = evaluate(samples, scope);
  if (typeof n !== 'number' || !(n >= 0)) throw new NoVerdict(`${samples}: not a number of samples`);
  if (n === 0) return { verdict: noData, why: `no data (${samples} is 0)` };
  return n < minSamples ? { verdict: 'inconclusive', why: `${n} samples, ${minSamples} are needed` } : null;
};

/** As an AnalysisTemplate's: the failure condition comes first; with both given, neither is inconclusive. */
const judged = ({ success, failure }: Terms, scope: Scope): Verdict => {
  if (failure !== null && holds(failure, scope)) {
    return { verdict: 'failure', why: `failure_condition is true: ${failure}` };
  }
  if (success === null || holds(success, scope)) return { verdict: 'success' };
  return failure === null
    ? { verdict: 'failure', why: `success_condition is not true: ${success}` }
    : { verdict: 'inconclusive', why: 'neither success_condition nor failure_condition is true' };
};

/** `scope` holds the measured output as `result`. */
export const verdictOf = (terms: Terms, scope: Scope): Verdict => {
  try {
    return tooFew(terms, scope) ?? judged(terms, scope);
  } catch (error) {
    return { verdict: 'error', why: errorLine(error) };
  }
};
