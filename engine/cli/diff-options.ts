/** Options of `diff`. */
import type { OptionSpec } from './spec.ts';

export const diffOptions = {
  format: {
    flags: '--format <format>',
    description: 'text, markdown (a comment of a pull request), json, sarif or github (default: text)',
  },
  failOn: {
    flags: '--fail-on <danger>',
    description: 'exit with 1 from this danger of a change on: high, medium or low',
  },
  whatIf: {
    flags: '--what-if',
    description:
      'compare how each single fault ends, however long it takes (default: if it takes a few seconds)',
  },
  noWhatIf: { flags: '--without-what-if', description: 'do not compare how faults end' },
} as const satisfies Record<string, OptionSpec>;
