/** `runbook exec FILE`. */
import { resolve } from 'node:path';
import { fail } from '../diagnostic.ts';
import { createJournal } from '../journal/journal.ts';
import { createRun } from '../journal/run-dir.ts';
import { placeOf } from '../journal/run-place.ts';
import { loadRunbook } from '../load/load.ts';
import { policiesOf } from '../policy/find.ts';
import { judgePlan } from '../policy/judge.ts';
import { createMasking } from '../run/masking.ts';
import { refuseSecretVars } from '../run/weak-secrets.ts';
import { leftOutNotes } from '../words/left-out.ts';
import { t0Of } from './clock.ts';
import { comparableRuns, measuredUndos } from './comparable-runs.ts';
import { drive, lockRun } from './drive.ts';
import { rehearse } from './dry-run.ts';
import { asExec, execForecastLine } from './forecast-line.ts';
import { givenPolicies, givenRunsDir, givenVars, givenVarsFiles, trustedTypes } from './given.ts';
import { refuseOthers } from './in-the-way.ts';
import { options } from './options.ts';
import { policyFindings, underPolicies } from './policies.ts';
import { secretsOf } from './secrets-of.ts';
import { checkSkips, skipCommands } from './skips.ts';
import type { Handler } from './spec.ts';
import { checkYesToGates } from './unattended.ts';

export const exec: Handler = async (host, input) => {
  const dryRun = input.flag(options.dryRun);
  if (input.flag(options.strict) && !dryRun) fail('RB608', { flag: '--strict', needs: '--dry-run' });
  const runbookPath = resolve(host.cwd, input.needed(0));
  const varsFiles = givenVarsFiles(host, input);
  const vars = givenVars(input);
  const types = await trustedTypes(host);
  const { plan, registry, runbookDir, source } = await loadRunbook(runbookPath, {
    ...types,
    varsFiles,
    vars,
  });

  // All that can be refused is refused before the run exists.
  const yesToGates = checkYesToGates(plan, input.list(options.yesToGate));
  const skips = [...new Set(input.list(options.skipAhead))];
  const commands = skipCommands(host, input, skips, host.now());
  checkSkips(plan, null, skips);
  const t0 = t0Of(input.text(options.t0), plan, host.now());
  const secrets = await secretsOf(host, plan, runbookDir);
  refuseSecretVars(vars, secrets);
  const given = givenPolicies(host, input);
  const policies = await policiesOf(runbookPath, given);
  if (dryRun) {
    // Without --t0 it says nothing about the planned run, only about now.
    const planned = input.text(options.t0) === undefined ? null : t0;
    const policy = policyFindings(judgePlan(policies, plan, planned));
    return rehearse(host, input, { plan, registry, runbookDir, secrets, policy, skips });
  }
  const { applied, notes } = underPolicies(policies, { plan, runbookDir, t0 });

  const runsDir = givenRunsDir(host, input);
  const beside = await refuseOthers(input, runsDir, { plan, registry, runbookDir, secrets });
  const earlier = [...comparableRuns(runsDir, plan)];
  const measuredUndoMs = measuredUndos(earlier);
  const reason = input.text(options.reason)?.trim();
  const now = host.now();
  const skipWaits = input.flag(options.skipWaits);
  // A rehearsal without waits has no planned times to keep, and a program asks with `runbook forecast --json`.
  const forecast =
    skipWaits || input.flag(options.json)
      ? []
      : [execForecastLine(plan, asExec(plan, { t0, now, measuredUndoMs }), now, earlier)];
  const run = createRun(runsDir, {
    plan,
    source,
    runbookPath,
    varsFiles,
    vars,
    now,
    recorded: true,
    policies: given,
  });
  const lock = lockRun(host, run.path);
  try {
    lock.record.keepPlace(placeOf(run.path));
    const journal = createJournal(run.journal, undefined, lock.record);
    const created = {
      type: 'run-created',
      runId: run.id,
      runbook: plan.name,
      planDigest: plan.digest,
      environment: plan.environment,
      engine: host.version,
      user: host.user,
      measuredUndoMs,
      ...(beside && { beside: { ...beside, reason: createMasking(secrets).text(beside.reason) } }),
    } as const;
    journal.append([created], now);
    return await drive(host, input, {
      plan,
      registry,
      run,
      journal,
      heads: lock.record,
      runbookDir,
      secrets,
      yesToGates,
      commands,
      applied,
      notes: [...notes, ...leftOutNotes(plan), ...forecast],
      setClock: { t0, skipWaits },
      ...(reason !== undefined && { lockReason: reason }),
    });
  } finally {
    lock.release();
  }
};
