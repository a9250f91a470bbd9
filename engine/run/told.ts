/** The dry run of who is told: each place is reached, and nothing is sent. */
import type { PlanNotify } from '../plan.ts';
import type { Finding } from '../step.ts';
import type { Channel } from '../tell.ts';
import { thrownFailure } from './failure.ts';
import type { Reader, ReaderOptions } from './reader.ts';
import { tellContext } from './tell-context.ts';

const checkMs = 60_000;

/** Whoever answers there need not take a message: that is not tried. */
export const told = async (
  { channel, on, steps }: PlanNotify,
  { plan, registry, runbookDir }: ReaderOptions,
  { masking, connections }: Reader,
): Promise<readonly Finding[]> => {
  if (!registry.tell) return [{ level: 'unchecked', what: 'nothing here can tell anybody' }];
  const what = `that it takes a message: none was sent (${[...on, ...steps].join(', ')})`;
  try {
    const teller = await registry.tell();
    const signal = AbortSignal.timeout(checkMs);
    const context = tellContext({ plan, runbookDir, masking, connections }, signal);
    const found = await teller.check(context, channel as unknown as Channel);
    return [...found, { level: 'unchecked', what }];
  } catch (error) {
    const { short, remedy } = thrownFailure(error, masking);
    return [{ level: 'problem', what: short, ...(remedy && { remedy }) }];
  }
};
