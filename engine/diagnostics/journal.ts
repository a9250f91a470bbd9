import { entry } from './entry.ts';

/** RB4xx. */
export const journal = {} as const;
