/** How far a long computation is: one line of stderr that is written over, on a terminal only. */
import type { Host } from './host.ts';

/** What is over sooner says nothing. */
const patienceMs = 1_000;
const everyMs = 200;

export const progressLine = (host: Pick<Host, 'stderr' | 'now'>, what: string) => {
  const begun = host.now();
  let shownAt: number | null = null;
  return {
    report: (done: number, total: number): void => {
      const now = host.now();
      if (!host.stderr.isTTY || now - begun < patienceMs || now - (shownAt ?? 0) < everyMs) return;
      shownAt = now;
      host.stderr.write(`\r\u001b[K${done} of ${total} ${what}`);
    },
    end: (): void => {
      if (shownAt !== null) host.stderr.write('\r\u001b[K');
    },
  };
};
