/** After the point of no return a rollback is refused; the runbook's own read shows what it would lose. */
import { lineOf } from '../decide/queries.ts';
import { DiagnosticError } from '../diagnostic.ts';
import { registryOfPlan } from '../load/own-types/own-types.ts';
import { systemClock } from '../run/clock.ts';
import { wouldLose } from '../run/would-lose.ts';
import { clean } from '../words/format.ts';
import { trustedTypes } from './given.ts';
import type { Host } from './host.ts';
import type { RecordedRun } from './recorded-run.ts';
import { secretsOf } from './secrets-of.ts';

/** Best effort: if the read fails, its reason is printed; the rollback is refused in any case. */
export const sayWhatWouldBeLost = async (host: Host, { plan, state, run }: RecordedRun): Promise<void> => {
  const spec = lineOf(plan)?.wouldLose;
  if (!spec) return;
  const runbookDir = run.about.runbookPath.replace(/\/[^/]*$/, '');
  const lost = await secretsOf(host, plan, runbookDir)
    .then(async (secrets) => {
      const registry = await registryOfPlan(plan, { ...(await trustedTypes(host)), folder: runbookDir });
      return wouldLose({ plan, state, registry, runbookDir, secrets, clock: systemClock }, spec);
    })
    .catch((error: unknown) => {
      if (error instanceof DiagnosticError) return 'unknown: its secrets are not set here';
      throw error;
    });
  host.stderr.write(`A rollback would lose: ${clean(lost)}\n`);
};
