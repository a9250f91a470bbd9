/** Detects and reports that the machine's clock was set; the run's own time is not affected. */
import type { Event } from '../decide/events.ts';
import { stepFromMs } from '../decide/run-time.ts';
import type { Clock } from './options.ts';
import type { Recorder } from './recorder.ts';

const lookEveryMs = 1_000;

export class ClockSteps {
  readonly #clock: Clock;
  readonly #recorder: Recorder;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** What lies before the session is seen at once. */
  #suspected = true;

  constructor(clock: Clock, recorder: Recorder) {
    this.#clock = clock;
    this.#recorder = recorder;
  }

  /** For the journal: a later session, and other processes, find the run's time by it. */
  booted(): Pick<Extract<Event, { type: 'session-started' }>, 'booted'> {
    const boot = this.#clock.machine?.boot();
    return boot ? { booted: { id: boot.id, at: this.#clock.now() - boot.upMs } } : {};
  }

  /** At most once a second; a step counts after it was seen twice. */
  look(): void {
    const { machine } = this.#clock;
    const now = this.#clock.now();
    if (!machine || now - this.#lookedAt < lookEveryMs) return;
    this.#lookedAt = now;
    const byMs = machine.wall() - now - this.#recorder.state.clockOffMs;
    const stepped = Math.abs(byMs) >= stepFromMs;
    // Right after a suspension the run's time may still lag behind for a moment.
    if (stepped && this.#suspected) this.#recorder.add({ type: 'clock-stepped', byMs });
    this.#suspected = stepped;
  }
}
