import { entry } from './entry.ts';

/** RB5xx. */
export const run = {} as const;
