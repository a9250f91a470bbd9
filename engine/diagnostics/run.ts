import { entry } from './entry.ts';

/** RB5xx. */
export const run = {
  RB510: entry<{ path: string }>({
    exit: 1,
    message: ({ path }) => `${path} changed since the plan was made`,
    remedy: () => 'Restore the file that was reviewed, then resume',
  }),
} as const;
