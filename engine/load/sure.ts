/** Whether what an expression reads of a step is there when it is evaluated. */
import type { Position } from '../diagnostic.ts';
import type { StepRead } from '../expr/check.ts';
import type { LoadContext } from './context.ts';
import type { Reader } from './step-index.ts';

/** The step whose expression it is, null for the point of no return, and its place in the list. */
interface By {
  readonly step: string | null;
  readonly entry: number;
}

/** Its own verify knows when it started, and no more. */
const AFTERWARDS: ReadonlySet<StepRead['member']> = new Set(['settled_at', 'duration_ms']);

/** false: reported. */
export const isSure = (
  { step, member, needsRan }: StepRead,
  by: By,
  reader: Reader,
  at: Position,
  { steps, problems }: Pick<LoadContext, 'steps' | 'problems'>,
): boolean => {
  const early =
    steps.doubt(step, { id: by.step, entry: by.entry }, reader) ??
    (step === by.step && AFTERWARDS.has(member) ? 'it is the step itself' : null);
  if (early !== null) problems.add('RB308', { step, member, why: early }, at);
  const absent = early === null && needsRan ? steps.mayNotRun(step, by.step, reader) : null;
  if (absent !== null) problems.add('RB285', { step, member, why: absent }, at);
  return early === null && absent === null;
};
