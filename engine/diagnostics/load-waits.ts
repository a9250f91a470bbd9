import { entry } from './entry.ts';

/** RB29x: reads that are repeated until a condition is true, and the lock of a run. */
export const loadWaits = {
  RB290: entry<{ key: string; type: string; why: string; write: boolean }>({
    exit: 2,
    message: ({ key, type, why }) => `\`${key}\` has no meaning here (${type}): ${why}`,
    remedy: ({ key, write }) =>
      write
        ? `Put the read that you wait for into \`verify\`, or into a step of its own after this one, and \`${key}\` there`
        : `Remove \`${key}\``,
  }),
  RB291: entry<{ key: string }>({
    exit: 2,
    message: ({ key }) => `\`${key}\` belongs to \`until\`, which is missing`,
    remedy: ({ key }) =>
      `Add \`until\`, a condition over \`result\`, or remove \`${key}\`. To repeat after a failure only, use \`retry\``,
  }),
  RB292: entry<Record<never, never>>({
    exit: 2,
    message: () => '`until` has no limit: `for` is missing',
    remedy: () => 'Add `for`, the longest time that it may take, for example `for: 10m`',
  }),
  RB293: entry<Record<never, never>>({
    exit: 2,
    message: () => '`retry` and `until` exclude each other: `until` already repeats a read that fails',
    remedy: () => 'Remove `retry`: `every` says how often it is read, and `for` how long',
  }),
  RB294: entry<{ every: string; for: string; given: boolean }>({
    exit: 2,
    message: ({ every, for: limit, given }) =>
      `\`every\` (${every}${given ? '' : ' by default'}) is longer than \`for\` (${limit})`,
    remedy: () => 'Make `every` shorter than `for`: it says how often the read is repeated within that time',
  }),
  RB295: entry<{ step: string }>({
    exit: 2,
    message: ({ step }) => `This verify judges the output of "${step}", which stays the same while it waits`,
    remedy: () => 'Put `until` on the step itself: its read is then repeated until the condition is true',
  }),
  RB296: entry<{ ttl: string; least: string }>({
    exit: 2,
    message: ({ ttl, least }) => `The \`ttl\` of a lock (${ttl}) is shorter than ${least}`,
    remedy: () =>
      'Give it minutes: a living engine keeps its lock all the time, and after a crash the run needs time to be resumed',
  }),
} as const;
