/** `lint` and `explain`, as the table of commands has them. */
import { lintOptions as l } from './lint-options.ts';
import { options as o } from './options.ts';
import type { CommandSpec } from './spec.ts';

export const lint: CommandSpec = {
  name: 'lint',
  summary: 'What an expert would ask about in a review of runbooks',
  description:
    'No server is touched. Each remark has a code; `runbook explain CODE` says why it matters.\n' +
    'A remark is accepted with its reason: `# runbook-ignore RB701: the reason`, on its line or the line above.\n' +
    'For a whole team: `lint: { RB701: off }` in runbook.policy.yaml (off, note, warning or error). Policies are checked as well.',
  arguments: [
    { name: 'file', description: 'the runbooks', required: true, variadic: true, complete: 'file' },
  ],
  options: [o.vars, o.var, o.trustTypes, o.policy, l.fix, l.failOn, l.remarkFormat, o.json],
  examples: [
    { run: 'runbook lint cutover.yaml --vars prod.yaml', what: 'what to look at before the review' },
    { run: 'runbook lint runbooks/*.yaml --fail-on warning --format github', what: 'in CI' },
    { run: 'runbook lint cutover.yaml --fix', what: 'make the edits that are certain' },
  ],
  exits: [0, 1, 2],
  means: { 1: 'a remark of the level of --fail-on, or above', 2: 'usage, or a runbook that is not valid' },
  load: async () => (await import('./lint.ts')).lint,
};

export const explain: CommandSpec = {
  name: 'explain',
  summary: 'Explain a code: why it matters, what to do, an example',
  arguments: [{ name: 'code', description: 'such as RB701 (default: list the lint rules)' }],
  options: [o.json],
  examples: [
    { run: 'runbook explain RB701', what: 'one rule' },
    { run: 'runbook explain', what: 'all lint rules with their levels' },
  ],
  exits: [0, 2],
  load: async () => (await import('./explain.ts')).explain,
};
