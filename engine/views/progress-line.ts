import { amount, span } from '../words/format.ts';
import type { Progress, Reading } from './meter.ts';

const width = 20;

/** `1.2 GB of 4.8 GB`, `15s of 1m: lag was 12` */
export const progressText = ({ done, total, unit, said }: Progress): string => {
  const of = total === undefined ? '' : ` of ${amount(total, unit)}`;
  return `${amount(done, unit)}${of}${said === undefined ? '' : `: ${said}`}`;
};

/** `[#####---------------] 25%  1.2 GB of 4.8 GB  38 MB/s  1m 30s left` */
export const progressLine = ({ last, fraction, perSecond, leftMs }: Reading & { last: Progress }): string => {
  const filled = fraction === null ? 0 : Math.floor(fraction * width);
  const bar = '#'.repeat(filled).padEnd(width, '-');
  return [
    ...(fraction === null ? [] : [`[${bar}] ${Math.floor(fraction * 100)}%`]),
    progressText(last),
    ...(perSecond === null ? [] : [`${amount(perSecond, last.unit)}/s`]),
    ...(leftMs === null ? [] : [`${span(leftMs)} left`]),
  ].join('  ');
};
