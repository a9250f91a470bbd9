import * as z from 'zod';
import { defineStep } from '../../engine/step.ts';

const that = z.boolean().describe('An expression: "${{ steps.dump.output.bytes > 1000 }}"');
const message = z.string().min(1).describe('What is wrong when it is not true');

// No union at the root: zod would report one issue for the whole, with the place of the mistake lost.
const input = z
  .strictObject({
    that: that.optional(),
    message: message.optional(),
    all: z.array(z.strictObject({ that, message })).min(1).optional().describe('Several at once'),
  })
  .refine((w) => (w.that === undefined) !== (w.all === undefined), {
    message: 'Give either that (with its message) or all',
    path: ['that'],
  })
  .refine((w) => (w.that === undefined) === (w.message === undefined), {
    message: '`that` needs a message; in `all` each has its own',
    path: ['message'],
  });
const output = z.strictObject({});

export type AssertInput = z.output<typeof input>;
export type AssertOutput = z.output<typeof output>;

export const claimsOf = ({
  that,
  message,
  all,
}: AssertInput): readonly { that: boolean; message: string }[] =>
  all ?? [{ that: that ?? false, message: message ?? '' }];

/** `${{ a == 1 }}` -> `a == 1`. */
const bare = (expression: string): string => expression.replace(/^\$\{\{\s*([\s\S]*?)\s*\}\}$/, '$1');

export const assert = defineStep({
  type: 'assert',
  summary: 'Holds when its expression is true, or all of several; names every one that is not.',
  input,
  output,
  examples: [
    {
      title: 'The dump is not empty (that: "${{ steps.dump.output.bytes > 1000 }}")',
      with: { that: true, message: 'The dump is too small' },
    },
    {
      title: 'Several at once',
      with: {
        all: [
          { that: true, message: 'The dump is too small' },
          { that: true, message: 'The users table is not in the dump' },
        ],
      },
    },
  ],
  places: ['local'],
  onUnknown: 'rerun',
  effects: () => 'read',
  traits: ({ all }) => ({ claims: all?.map((_, i) => ['all', i, 'that']) ?? [['that']] }),
  preview: (w, written = () => undefined) =>
    claimsOf(w)
      .map(({ that, message }, i) => {
        const expression = written(w.all === undefined ? ['that'] : ['all', i, 'that']) ?? String(that);
        return `assert ${bare(expression)}, else: ${message}`;
      })
      .join('; '),
});
