import type { Rule } from '../rule.ts';

/** What it finds is found while the comments are applied (ignores.ts). */
export const commentRule: Rule = {
  code: 'RB700',
  name: 'useless-ignore',
  level: 'warning',
  page: {
    what: 'A `# runbook-ignore` comment that hides nothing, has no reason, or names no rule that exists',
    why: 'A team accepted a force push with a comment. The step was rewritten a year later, the comment stayed, and the next force push that someone added to it was never shown to a reviewer.',
    bad: `steps:
  - id: look
    # runbook-ignore RB720: the mirror has no history of its own
    type: command
    with: { run: [git, status], effects: read }`,
    good: `steps:
  - id: look
    type: command
    with: { run: [git, status], effects: read }`,
  },
  check: () => [],
};
