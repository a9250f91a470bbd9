/** `diff`, as the table of commands has it. */
import { diffOptions as d } from './diff-options.ts';
import { options as o } from './options.ts';
import type { CommandSpec } from './spec.ts';

export const diffCommand: CommandSpec = {
  name: 'diff',
  summary: 'What a change of a runbook means, and how dangerous it is',
  description:
    'BASE and HEAD are two files, or paths in git revisions (main:runbooks/cutover.yaml), or two revisions: then\n' +
    'every runbook that changed is compared, also by the files, vars files and policies that belong to it.\n' +
    'Revisions are read from the objects of git: the work tree is not touched, and no hook or filter runs.\n' +
    'Steps are matched by what they do, so that a rename is one. Layout, comments, the order of keys and the\n' +
    'spelling of expressions do not count. Vars without a value are compared as expressions; with --vars, their\n' +
    'values are compared as well. Secrets are only known by name.\n' +
    'High danger: a protection is taken away (an undo, a check, a demand of a gate, a limit), or a command\n' +
    'overrides one. Medium: something is changed in another way. Low: times, and more protection.',
  arguments: [
    {
      name: 'base',
      description: 'before: a file, REVISION:PATH or a revision',
      required: true,
      complete: 'file',
    },
    {
      name: 'head',
      description: 'after: a file, REVISION:PATH or a revision',
      required: true,
      complete: 'file',
    },
  ],
  options: [d.format, d.failOn, d.whatIf, d.noWhatIf, o.vars, o.var, o.policy, o.json],
  examples: [
    { run: 'runbook diff main HEAD --fail-on high', what: 'every runbook that a branch changes' },
    { run: 'runbook diff main:cutover.yaml cutover.yaml', what: 'what is not committed yet' },
    { run: 'runbook diff main HEAD --format markdown', what: 'for a pull request' },
  ],
  exits: [0, 1, 2],
  means: { 1: 'a change is as dangerous as --fail-on says' },
  load: async () => (await import('./diff.ts')).diff,
};
