/** What the flagship's folder shows of its cutover: the plan as a picture, and where every single fault would lead. */
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadRunbook } from '../engine/load/load.ts';
import type { Plan } from '../engine/plan.ts';
import { timelineSvg } from '../engine/plan-view/svg/svg.ts';
import { timesOf } from '../engine/timeline/times-of.ts';
import { whatIfMarkdown } from '../engine/what-if/markdown.ts';
import { whatIf } from '../engine/what-if/what-if.ts';
import { registry } from '../steps/index.ts';

export const flagshipDir = fileURLToPath(new URL('../runbooks/trading-journal/', import.meta.url));

/** With the vars that are in the repository, and in place of the one file that a team makes itself one that exists. */
export const flagshipPlanOf = async (path: string): Promise<Plan> => {
  const { plan } = await loadRunbook(path, {
    registry,
    varsFiles: [`${flagshipDir}vars/production.example.yaml`],
    vars: { vps_known_hosts: './README.md' },
    // Where an edited copy stands, nothing else does.
    readFile: (named) => readFile(join(flagshipDir, relative(dirname(path), named))),
  });
  return plan;
};

export const flagshipPlan = (): Promise<Plan> => flagshipPlanOf(`${flagshipDir}cutover.yaml`);

const note = '<!-- Written by `npm run docs`. Do not edit: a test compares it. -->';

/** By file name. */
export const flagshipDocs = async (): Promise<{ readonly [file: string]: string }> => {
  const plan = await flagshipPlan();
  return {
    'plan.svg': timelineSvg(plan, timesOf(plan)),
    'what-if.md': `${note}\n\n${whatIfMarkdown(whatIf(plan, { pairs: 0, seed: 1 }))}`,
  };
};
