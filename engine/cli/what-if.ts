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
import { givenVars, givenVarsFiles } from './given.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import type { Handler, Input, OptionSpec } from './spec.ts';

const views = {
  text: whatIfText,
  markdown: whatIfMarkdown,
  json: (found: WhatIf) => `${jsonText(whatIfRecord(found))}\n`,
} as const;
type Format = keyof typeof views;

const formatOf = (input: Input): Format => {
  if (input.flag(options.json)) return 'json';
  const given = input.text(options.format) ?? 'text';
  const allowed = Object.keys(views);
  return Object.hasOwn(views, given)
    ? (given as Format)
    : fail('RB651', { flag: '--format', given, allowed });
};

const wholeNumber = (
  input: Input,
  flag: '--pairs' | '--seed',
  option: OptionSpec,
  otherwise: number,
): number => {
  const given = input.text(option);
  if (given === undefined) return otherwise;
  const number = /^\d{1,9}$/.test(given) ? Number(given) : null;
  return number ?? fail('RB660', { flag, given });
};

/** Few enough that they take about as long as the single faults of a long runbook. */
const usualPairs = 200;

export const whatIf: Handler = async (host, input) => {
  const format = formatOf(input);
  const pairs = wholeNumber(input, '--pairs', options.pairs, usualPairs);
  const seed = wholeNumber(input, '--seed', options.seed, 1);
  const { plan } = await loadRunbook(resolve(host.cwd, input.needed(0)), {
    registry: await host.loadRegistry(),
    varsFiles: givenVarsFiles(host, input),
    vars: givenVars(input),
  });
  const story = input.text(options.story);
  if (story !== undefined) return tell(host, plan, story, format);
  const found = askWhatIf(plan, { pairs, seed });
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
