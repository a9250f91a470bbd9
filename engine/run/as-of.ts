/** The level of a dry-run finding, by the position of its call. Pure. */
import type { Finding } from '../step.ts';

/**
 * `now`: nothing acts before the call. `later`: an earlier step does, or the call comes after its own step. `undo`:
 * it belongs to a rollback, so that the world being as it was before the step is the expected answer.
 */
export type AsOf = 'now' | 'later' | 'undo';

export const judged = (asOf: AsOf, findings: readonly Finding[]): readonly Finding[] =>
  findings.map((finding) => {
    const { passing, ...lasting } = finding;
    if (!passing || finding.level === 'verified' || finding.level === 'simulated' || asOf === 'now')
      return lasting;
    if (asOf === 'later') return { ...lasting, level: 'unchecked', passing };
    return { level: 'simulated', what: `${finding.what} (state now; the step has not run yet)` };
  });
