/** `review`, as the table of commands has it. */
import { options as o } from './options.ts';
import { reviewOptions as r } from './review-options.ts';
import type { CommandSpec } from './spec.ts';

/** @param commands where it finds `diff`, `lint` and `plan` */
export const reviewCommand = (commands: () => readonly CommandSpec[]): CommandSpec => ({
  name: 'review',
  summary: 'For CI: what a pull request changes, with lint and plans, as one comment',
  description:
    'Runs diff, lint and plan over the runbooks below this folder, and executes nothing. In a workflow of GitHub\n' +
    'Actions, the revisions are those of the pull request, remarks become annotations, and --comment posts one\n' +
    'comment, replaced at the next push. Where the token can only read (a fork), it is the summary of the job instead.\n' +
    'Elsewhere the review is printed as Markdown; GitLab reads code-quality.json of --out.',
  arguments: [
    { name: 'base', description: 'git revision before the change (default: of the pull request)' },
    { name: 'head', description: 'git revision after it (default: of the pull request, else HEAD)' },
  ],
  options: [r.comment, r.pull, r.key, r.author, r.out, r.failOn, o.vars, o.var, o.policy],
  examples: [
    { run: 'runbook review --comment --out review --fail-on high', what: 'in a workflow on pull_request' },
    { run: 'runbook review origin/main HEAD --out review', what: 'anywhere else' },
  ],
  exits: [0, 1, 2],
  means: {
    1: 'a change as dangerous as --fail-on says, a lint error, or the comment could not be posted',
    2: 'usage, or a runbook that is not valid',
  },
  load: async () => (await import('./review.ts')).reviewWith(commands()),
});
