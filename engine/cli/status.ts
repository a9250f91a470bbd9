/** `runbook status [RUN]`. */
import { dirname } from 'node:path';
import { withoutEngine } from '../decide/queries.ts';
import { oneLine } from '../forecast/words.ts';
import { whoHolds } from '../journal/lock.ts';
import { jsonText } from '../text.ts';
import { locatedPlan } from '../views/located-plan.ts';
import { painter } from '../views/paint.ts';
import { statusReport, statusText } from '../views/status.ts';
import { comparableRuns } from './comparable-runs.ts';
import { statusForecast } from './forecast-line.ts';
import { givenRunsDir } from './given.ts';
import { options } from './options.ts';
import { placeNotes } from './place-note.ts';
import { readRun } from './recorded-run.ts';
import { runNow } from './run-now.ts';
import type { Handler } from './spec.ts';

export const status: Handler = async (host, input) => {
  const recorded = readRun(givenRunsDir(host, input), input.argument(0));
  const { run, events, state, plan: asWritten, head } = recorded;
  const plan = locatedPlan(asWritten, dirname(run.about.runbookPath));
  const engine = whoHolds(run.path);
  const now = runNow(host, state);
  // Also reports what the engine has not noticed yet.
  const seen = { ...state, clockOffMs: host.now() - now };
  const standing = engine.live ? state : withoutEngine(state);
  const forecast = statusForecast(plan, standing, now, () =>
    comparableRuns(dirname(run.path), plan).filter(({ id }) => id !== run.id),
  );
  const told = statusReport({ plan, state: seen, events, now, live: engine.live });
  const line = { tone: 'plain', text: oneLine(forecast) } as const;
  const report = { ...told, lines: state.settled ? told.lines : [...told.lines, line], forecast };
  const directory = placeNotes(recorded);
  const text = input.flag(options.json)
    ? `${jsonText({ ...report, journal: run.journal, logs: run.logs, head, directory })}\n`
    : statusText(report, { journal: run.journal, logs: run.logs }, painter(host.stdout));
  host.stdout.write(text);
  if (!input.flag(options.json)) for (const note of directory) host.stderr.write(`${note}\n`);
  return 0;
};
