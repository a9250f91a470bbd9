import type { ActKey } from '../decide/events.ts';
import { type Masked, say } from '../decide/masked.ts';
import type { ActRunner } from './act-runner.ts';
import type { InFlight } from './in-flight.ts';
import type { Clock } from './options.ts';

/** Between the first Ctrl-C and leaving: long enough to press it again. */
const secondThoughtMs = 1_500;

export interface Interrupted {
  readonly inFlight: InFlight;
  readonly runner: ActRunner;
  readonly clock: Clock;
  note(text: Masked): void;
  /** Interrupts so far. */
  count(): number;
}

/**
 * First: what only waits ends, supervised work is left running, the rest may end, after a moment for a second one.
 * Second: all is ended.
 */
export const interrupted = ({ inFlight, runner, clock, note, count }: Interrupted): void => {
  if (count() > 1) {
    inFlight.interrupt('stop', () => true);
    return;
  }
  const waits = (act: ActKey) => runner.waits(act);
  const leaves = (act: ActKey) => runner.detachable(act) || runner.effects(act) === 'read';
  const works = inFlight.some((act) => !waits(act));
  inFlight.interrupt('detach', waits);
  if (!works) return;
  note(say`Running commands continue, or the engine waits for them. Ctrl-C again stops them`);
  void clock.sleep(secondThoughtMs).then(() => {
    if (count() === 1) inFlight.interrupt('detach', leaves);
  });
};
