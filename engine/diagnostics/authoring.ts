import { entry } from './entry.ts';

/** RB687-RB692: `runbook fmt` and `runbook init`. */
export const authoring = {
  RB687: entry<{ file: string }>({
    exit: 2,
    message: ({ file }) => `${file} cannot be formatted: a key is written as "? key", or is not one line`,
    remedy: () => 'Write "key: value"',
  }),
  RB688: entry<{ file: string }>({
    exit: 2,
    message: ({ file }) => `${file} would not say the same once formatted; it was not changed`,
    remedy: () => 'This is a bug of runbook: please report it, with the file',
  }),
} as const;
