import * as z from 'zod';

/**
 * A member of the before-image of a step whose work is supervised. Where it is absent, an engine without a supervisor
 * has started the act: that no job is found says nothing then.
 */
export const supervised = z.literal(true).optional();

export interface WorkBefore {
  readonly supervised?: true | undefined;
}
