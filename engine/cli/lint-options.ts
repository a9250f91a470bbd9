/** Options of `lint` and `explain`; the table of options.ts refers to them. */
import type { OptionSpec } from './spec.ts';

export const lintOptions = {
  failOn: {
    flags: '--fail-on <level>',
    description: 'exit 1 from this level on: note, warning or error (default: error)',
  },
  fix: { flags: '--fix', description: 'make the edits that are surely meant; comments and layout stay' },
  remarkFormat: {
    flags: '--format <format>',
    description: 'text, json, sarif, github or code-quality (default: text)',
  },
  strictReview: { flags: '--strict', description: 'run lint as well; warnings count as errors' },
} as const satisfies Record<string, OptionSpec>;
