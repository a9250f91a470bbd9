/** Signals as counts: the first detaches, the second ends the work (design: Failure, rollback, resume). */
import type { Interrupts } from './host.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export const listenForInterrupts = (process: NodeJS.Process): Interrupts => {
  const listeners: ((count: number) => void)[] = [];
  let count = 0;
  const heard = (): void => {
    count += 1;
    for (const listener of listeners) listener(count);
  };
  for (const signal of signals) process.on(signal, heard);
  return {
    on: (listener) => void listeners.push(listener),
    get count() {
      return count;
    },
    close() {
      for (const signal of signals) process.off(signal, heard);
    },
  };
};
