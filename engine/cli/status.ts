/** `runbook status [RUN]`. */
import { dirname } from 'node:path';
import { whoHolds } from '../journal/lock.ts';
import { jsonText } from '../text.ts';
import { locatedPlan } from '../views/located-plan.ts';
import { painter } from '../views/paint.ts';
import { statusReport, statusText } from '../views/status.ts';
import { givenRunsDir } from './given.ts';
import { options } from './options.ts';
import { readRun } from './recorded-run.ts';
import type { Handler } from './spec.ts';

export const status: Handler = async (host, input) => {
  const { run, events, state, plan: asWritten } = readRun(givenRunsDir(host, input), input.argument(0));
  const plan = locatedPlan(asWritten, dirname(run.about.runbookPath));
  const engine = whoHolds(run.path);
  const report = statusReport({ plan, state, events, now: host.now(), live: engine.live });
  const text = input.flag(options.json)
    ? `${jsonText({ ...report, journal: run.journal, logs: run.logs })}\n`
    : statusText(report, { journal: run.journal, logs: run.logs }, painter(host.stdout));
  host.stdout.write(text);
  return 0;
};
