import { entry } from './entry.ts';

/** RB340 to RB344: spans. */
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
  RB342: entry<{ step: string; when: string }>({
    exit: 2,
    message: ({ step, when }) => `The span would never end: "${step}" is left out, because ${when} is false`,
    remedy: () => 'End it with a step that runs whenever its beginning does',
  }),
} as const;

const named = (ids: readonly string[]): string => {
  const [first = ''] = ids;
  return ids.length > 1 ? `"${first}" and ${ids.length - 1} more` : `"${first}"`;
};
