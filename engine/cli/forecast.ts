/** `runbook forecast FILE`: no server is touched; durations are drawn, and earlier runs are read. */
import { resolve } from 'node:path';
import { fail } from '../diagnostic.ts';
import { learn } from '../forecast/earlier-runs.ts';
import { forecast as draw, type Forecast } from '../forecast/forecast.ts';
import { forecastMarkdown } from '../forecast/markdown.ts';
import { forecastText } from '../forecast/text.ts';
import { loadRunbook } from '../load/load.ts';
import type { Plan } from '../plan.ts';
import { jsonText } from '../text.ts';
import { timesOf } from '../timeline/times-of.ts';
import { t0Of } from './clock.ts';
import { comparableRuns, measuredUndos } from './comparable-runs.ts';
import { asExec, defaultDraws } from './forecast-line.ts';
import { formatOf, wholeNumber } from './format.ts';
import { givenRunsDir, givenTypes, givenVars, givenVarsFiles } from './given.ts';
import { options } from './options.ts';
import type { Handler } from './spec.ts';

const views = {
  text: (found: Forecast, { name, environment }: Plan) => forecastText(found, name, environment),
  markdown: (found: Forecast, { name, environment }: Plan) => forecastMarkdown(found, name, environment),
  json: (found: Forecast, { name, digest, environment }: Plan) =>
    `${jsonText({ runbook: name, digest, environment, ...found })}\n`,
} as const;

/** Reading the journals of this many runs is what a person waits for; older ones say less. */
const runsLookedAt = 100;

const [leastDraws, mostDraws] = [100, 100_000];

export const forecast: Handler = async (host, input) => {
  const format = formatOf(input, views);
  const draws = wholeNumber(input, '--runs', options.draws, defaultDraws);
  if (draws < leastDraws || draws > mostDraws)
    return fail('RB665', { given: draws, least: leastDraws, most: mostDraws });
  const seed = wholeNumber(input, '--seed', options.forecastSeed, 1);
  const { plan } = await loadRunbook(resolve(host.cwd, input.needed(0)), {
    ...(await givenTypes(host, input)),
    varsFiles: givenVarsFiles(host, input),
    vars: givenVars(input),
  });
  const now = host.now();
  const t0 = t0Of(input.text(options.t0), plan, now);
  const runs = [...comparableRuns(givenRunsDir(host, input), plan, runsLookedAt)];
  const state = asExec(plan, { t0, now, measuredUndoMs: measuredUndos(runs) });
  const found = draw(plan, state, now, learn(plan, runs), {
    draws,
    seed,
    causes: true,
    spans: timesOf(plan).spans,
  });
  host.stdout.write(views[format](found, plan));
  return 0;
};
