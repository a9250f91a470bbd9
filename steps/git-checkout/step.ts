import * as z from 'zod';
import { defineStep } from '../../engine/step.ts';
import { absolutePath } from '../_work/path.ts';
import { supervised } from '../_work/work-before.ts';

const commit = z
  .string()
  .regex(
    /^[0-9a-f]{40}$/,
    'A full commit hash, 40 lower-case hex digits: a branch or a tag may move overnight',
  );

/** It stands on git's command line and in `.git/config`, where a password would be readable. */
const holdsPassword = (repository: string): boolean =>
  // Of https the name alone is often a token.
  /^[a-z][a-z\d+.-]*:\/\/[^/@]*:[^/]*@/i.test(repository) || /^https?:\/\/[^/]*@/i.test(repository);

const input = z.strictObject({
  path: absolutePath,
  commit: commit.describe('Its full hash'),
  repository: z
    .string()
    .regex(/^[^-\s]\S*$/, 'A URL or an absolute path of a repository')
    .refine((text) => !holdsPassword(text), {
      message: 'No password in the URL: use a deploy key or a credential helper of the place',
    })
    .optional()
    .describe(
      'Cloned from where `path` is absent, fetched from where the commit is missing; default: origin',
    ),
});

const output = z.strictObject({
  path: z.string(),
  commit: z.string(),
  /** The commit that was checked out before; null: the checkout was made by this step. */
  previous: z.string().nullable(),
  cloned: z.boolean(),
});

export const checkoutBefore = z.discriminatedUnion('existed', [
  z.strictObject({ existed: z.literal(false), supervised }),
  z.strictObject({
    existed: z.literal(true),
    commit: z.string(),
    /** Full name, such as refs/heads/main; null: detached. */
    branch: z.string().nullable(),
    supervised,
  }),
]);

export type GitCheckoutInput = z.output<typeof input>;
export type GitCheckoutOutput = z.output<typeof output>;
export type CheckoutBefore = z.output<typeof checkoutBefore>;

export const gitCheckout = defineStep({
  type: 'git.checkout',
  summary:
    'Checks out one pinned commit, detached. Where the path is absent it is cloned beside and renamed into place; where it is a checkout, tracked changes are refused and the commit is fetched if need be. Submodules are fetched with it; where one of them, or a file in Git LFS, is missing, it fails. Never pushes, cleans or resets; hooks and prompts are off. The undo returns to the commit and branch that were checked out, or removes the clone; fetched objects stay.',
  input,
  output,
  before: checkoutBefore,
  examples: [
    {
      title: 'Make the new release beside the old one',
      with: {
        path: '/srv/app/releases/2.0.0',
        commit: '8c5c7f5d2f4e1b3a9d6c0e7f8a1b2c3d4e5f6a7b',
        repository: 'git@github.com:example/trading-journal.git',
      },
    },
    {
      title: 'Move an existing checkout to a commit',
      with: { path: '/srv/app', commit: '8c5c7f5d2f4e1b3a9d6c0e7f8a1b2c3d4e5f6a7b' },
    },
  ],
  places: ['local', 'ssh'],
  // A checkout that was cut off is completed; a clone that was cut off is made anew.
  onUnknown: 'rerun',
  undoes: true,
  onInterrupt: () => 'leave',
  effects: () => 'write',
  preview: ({ path, commit, repository }) =>
    repository === undefined
      ? `git -C ${path} checkout --detach ${commit.slice(0, 12)}`
      : `git clone ${repository} ${path} (where absent), checkout --detach ${commit.slice(0, 12)}`,
});
