import type { ActContext } from '../../engine/step.ts';
import { temporaryBeside } from '../_work/path.ts';
import { readByScript } from '../_work/script.ts';
import { lookScript } from './scripts.ts';
import type { CheckoutBefore, GitCheckoutInput } from './step.ts';

export type CheckoutState = { readonly unfinished: boolean } & (
  | { readonly kind: 'absent' }
  | { readonly kind: 'other'; readonly what: string }
  | {
      readonly kind: 'repo';
      readonly commit: string;
      readonly branch: string | null;
      /** Which step of which run cloned it, if one did. */
      readonly made: string | null;
      /** As `git status --porcelain` tells them. */
      readonly changes: readonly string[];
      /** Submodules and files in Git LFS that the commit points to and that are not there. */
      readonly missing: readonly string[];
    }
);

/** What the clone is marked with, so that no undo removes another one. */
export const madeBy = ({ runId, stepId }: ActContext): string => `${runId}/${stepId}`;

/** No line of `git status --porcelain` begins with it: it has a blank at its third place. */
const missing = 'missing ';

const orNull = (word: string): string | null => (word === '-' ? null : word);

/** What is at the path now; nothing is written, not even git's own index. Throws when it cannot be told. */
export const look = async (ctx: ActContext, { path }: GitCheckoutInput): Promise<CheckoutState> => {
  const shell = await ctx.connect('shell');
  const lines = await readByScript(shell, lookScript, [path, temporaryBeside(path, ctx)], {
    signal: ctx.signal,
  });
  const unfinished = lines.at(-1) === 'unfinished';
  const [kind, ...words] = (lines[0] ?? '').split(' ');
  if (kind === 'absent') return { kind, unfinished };
  if (kind === 'other') return { kind, what: words.join(' '), unfinished };
  const [commit = '', branch = '-', ...made] = words;
  const rest = lines.slice(1, -1);
  return {
    kind: 'repo',
    commit,
    branch: orNull(branch),
    made: orNull(made.join(' ')),
    changes: rest.filter((line) => !line.startsWith(missing)),
    missing: rest.filter((line) => line.startsWith(missing)).map((line) => line.slice(missing.length)),
    unfinished,
  };
};

export const isAsBefore = (now: CheckoutState, before: CheckoutBefore): boolean =>
  before.existed
    ? now.kind === 'repo' &&
      now.changes.length === 0 &&
      now.commit === before.commit &&
      now.branch === before.branch
    : now.kind === 'absent';
