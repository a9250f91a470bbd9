import type { Json, PlanAct } from '../plan.ts';
import { foreignText, thrownFailure } from './failure.ts';
import { Reader, type ReaderOptions } from './reader.ts';

/**
 * What a rollback after the point of no return would lose, by the runbook's own read. One line or some; a read
 * that fails says so: it is shown to a person, and decides nothing.
 */
export const wouldLose = async (options: ReaderOptions, spec: PlanAct): Promise<string> => {
  const reader = new Reader(options);
  try {
    const outcome = await reader.call(spec, 'line/pre/0', (acts, context, input) =>
      acts.run(context, input, null),
    );
    if (outcome.done) return JSON.stringify(reader.masking.json(outcome.output as Json), null, 2);
    return `unknown: ${foreignText(outcome.short, reader.masking)}`;
  } catch (error) {
    return `unknown: ${thrownFailure(error, reader.masking).short}`;
  } finally {
    await reader.close();
  }
};
