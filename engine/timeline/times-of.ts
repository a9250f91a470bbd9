import type { PlanTimes } from './times.ts';
export const timesOf = (_: unknown): Pick<PlanTimes, 'spans'> => ({ spans: [] });
