import type { Duplex } from 'node:stream';
import { TargetError } from '../../../engine/target.ts';
import type { DialFailed, Shell } from '../../_work/shell.ts';

/** `Shell.dial` that gives up with the signal; a connection that comes too late is closed. */
export const dialUntil = (shell: Shell, host: string, port: number, signal: AbortSignal): Promise<Duplex> => {
  signal.throwIfAborted();
  const dialled = shell.dial(host, port);
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      reject(signal.reason);
      dialled.then(
        (late) => late.destroy(),
        () => undefined,
      );
    };
    signal.addEventListener('abort', giveUp, { once: true });
    dialled.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
};

/** What it means for the target behind the place: the place is well, the target's address is not. */
export const unreachableBehind = (target: string, error: DialFailed): TargetError =>
  new TargetError(target, 'unreachable', error.message, `Check host and port of target ${target}`, {
    cause: error,
  });
