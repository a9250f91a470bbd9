/** `runbook what-if FILE`: no server is touched; the core is run over every single fault. */
import { resolve } from 'node:path';
import { fail } from '../diagnostic.ts';
import { nearest } from '../diagnostics/near.ts';
import { loadRunbook } from '../load/load.ts';
import type { Plan } from '../plan.ts';
import { jsonText } from '../text.ts';
import { whatIfRecord } from '../what-if/json.ts';
import { whatIfMarkdown } from '../what-if/markdown.ts';
import { replay } from '../what-if/replay.ts';
import { tellStory } from '../what-if/tell.ts';
import { storyLines, whatIfText } from '../what-if/text.ts';
import { whatIf as askWhatIf, type WhatIf } from '../what-if/what-if.ts';
import type { ExitCode } from './exit-codes.ts';
import { formatOf, wholeNumber } from './format.ts';
import { givenTypes, givenVars, givenVarsFiles } from './given.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import { progressLine } from './progress-line.ts';
import type { Handler } from './spec.ts';

const views = {
  text: whatIfText,
  markdown: whatIfMarkdown,
  json: (found: WhatIf) => `${jsonText(whatIfRecord(found))}\n`,
} as const;
type Format = keyof typeof views;

/** Few enough that they take about as long as the single faults of a long runbook. */
const usualPairs = 200;

export const whatIf: Handler = async (host, input) => {
  const format = formatOf(input, views);
  const pairs = wholeNumber(input, '--pairs', options.pairs, usualPairs);
  const seed = wholeNumber(input, '--seed', options.seed, 1);
  const { plan } = await loadRunbook(resolve(host.cwd, input.needed(0)), {
    ...(await givenTypes(host, input)),
    varsFiles: givenVarsFiles(host, input),
    vars: givenVars(input),
  });
  const story = input.text(options.story);
  if (story !== undefined) return tell(host, plan, story, format);
  const progress = progressLine(host, 'faults played');
  const found = askWhatIf(plan, { pairs, seed, onPlayed: progress.report });
  progress.end();
  host.stdout.write(views[format](found));
  return found.broken.length === 0 ? 0 : 1;
};

const tell = (host: Host, plan: Plan, id: string, format: Format): ExitCode => {
  const replayed = replay(plan, id);
  if (!replayed.ok) {
    const { unknown, known } = replayed;
    return fail('RB661', { story: id, unknown, near: nearest(unknown, known), known });
  }
  const { world, ending } = replayed.told;
  const lines = tellStory(world, true);
  const broken = world.broken.map(({ invariant }) => invariant.name);
  host.stdout.write(
    format === 'json'
      ? `${jsonText({ story: id, ...ending, broken, lines })}\n`
      : `${storyLines(lines).join('\n')}\n`,
  );
  return broken.length === 0 ? 0 : 1;
};
