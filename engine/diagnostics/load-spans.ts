import { entry } from './entry.ts';

/** RB340 to RB345: spans, and who is told of the run. */
export const loadSpans = {
  RB340: entry<{ key: 'from' | 'to'; step: string; others: readonly string[] }>({
    exit: 2,
    message: ({ key, step, others }) =>
      key === 'to'
        ? `The span ends with "${step}", which does not come after ${named(others)}, where it begins`
        : `The span begins with "${step}", and ${named(others)}, where it ends, comes before it`,
    remedy: () => 'A span begins with a step and ends with the same or a later one: correct `from` or `to`',
  }),
  RB341: entry<{ key: 'from' | 'to'; step: string; others: readonly string[] }>({
    exit: 2,
    message: ({ step, others }) =>
      `"${step}" runs beside ${named(others)}: either may be first, so a span between them means nothing`,
    remedy: () => 'End the span with a step that comes after the parallel block, or in the same lane',
  }),
  RB343: entry<{ name: string; near: string | null; events: readonly string[] }>({
    exit: 2,
    message: ({ name }) => `"${name}" is neither an event of a run nor a step`,
    remedy: ({ near, events }) =>
      `${near === null ? '' : `Did you mean "${near}"?  `}Events: ${events.join(', ')}. Or give the id of a step`,
  }),
  RB344: entry<Record<never, never>>({
    exit: 2,
    message: () => 'The address of a webhook is written out: anyone who reads it can post there',
    remedy: () => 'Declare it under `secrets`, and write ${{ secrets.NAME }} here',
  }),
  RB345: entry<{ name: string }>({
    exit: 2,
    message: ({ name }) => `"${name}" is an event of a run, and a step has the same id`,
    remedy: () => 'Give the step another id: here the event would be meant',
  }),
} as const;

const named = (ids: readonly string[]): string => {
  const [first = ''] = ids;
  return ids.length > 1 ? `"${first}" and ${ids.length - 1} more` : `"${first}"`;
};
