import { existsSync, readFileSync } from 'node:fs';

/**
 * Bytes that this process ever held in memory. Not `maxRSS` where there is a better source: Linux counts what
 * the parent held when it forked.
 */
export const peakMemory = (): number => {
  const status = '/proc/self/status';
  const kib = existsSync(status) && /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1];
  return 1024 * (kib ? Number(kib) : process.resourceUsage().maxRSS);
};
