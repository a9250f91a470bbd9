/** Options of `review`. */
import type { OptionSpec } from './spec.ts';

export const reviewOptions = {
  comment: {
    flags: '--comment',
    description: 'post it as one comment of the pull request, with the token in GITHUB_TOKEN',
  },
  pull: { flags: '--pull <number>', description: 'the pull request (default: the one of the GitHub event)' },
  key: {
    flags: '--key <name>',
    description: 'a pull request has one comment for each key (default: runbooks)',
  },
  author: {
    flags: '--author <login>',
    description: 'login that the token writes as (default: github-actions[bot])',
  },
  out: {
    flags: '--out <dir>',
    description: 'folder for review.md, plans/*.svg, review.sarif and code-quality.json',
    complete: 'directory',
  },
  failOn: {
    flags: '--fail-on <danger>',
    description: 'exit with 1 from this danger of a change on: high, medium or low (default: never)',
  },
} as const satisfies Record<string, OptionSpec>;
