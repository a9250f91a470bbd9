import { entry } from './entry.ts';

/** RB6xx. */
export const cli = {} as const;
