import type { PlanUntil } from '../plan.ts';
import { span } from './format.ts';

/** `reads every 5s, for 1m at most, until result.rows[0].lag == 0` */
export const untilText = ({ expr, everyMs, forMs }: PlanUntil): string =>
  `reads every ${span(everyMs)}, for ${span(forMs)} at most, until ${expr}`;
