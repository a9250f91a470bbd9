import type { Path } from '../../expr/json-schema.ts';
import { splitPlaceholders } from '../../expr/placeholders.ts';
import type { Expanding, Here } from './here.ts';
import type { Fault } from './rewrite.ts';

/** Of the text at `path`, as it is written there. */
export const reportFaults = (
  faults: readonly Fault[],
  text: string,
  path: Path,
  here: Here,
  { problems }: Expanding,
): void => {
  if (faults.length === 0) return;
  const split = splitPlaceholders(text);
  const openOf = (start: number): number | null =>
    split.ok
      ? ((
          split.segments.findLast((s) => s.kind === 'expr' && s.start <= start) as
            | { open: number }
            | undefined
        )?.open ?? null)
      : null;
  for (const { code, data, start, end } of faults) {
    const at = here.source.within(path, { start, end, open: openOf(start) });
    problems.addDiagnostic({ code, data } as Parameters<typeof problems.addDiagnostic>[0], at);
  }
};
