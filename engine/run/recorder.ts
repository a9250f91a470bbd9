/**
 * Events on their way into the journal. They change the state at once, so the decider sees them, but nothing
 * acts on them before `flush` has made them durable: one write and one fsync for all that gathered.
 */
import type { Event, Recorded } from '../decide/events.ts';
import { apply, fold } from '../decide/fold.ts';
import type { RunState } from '../decide/state.ts';
import type { Journal } from '../journal/journal.ts';
import type { Clock } from './options.ts';

export class Recorder {
  readonly state: RunState;
  readonly #journal: Pick<Journal, 'append'>;
  readonly #clock: Clock;
  readonly #written: (event: Recorded) => void;
  #gathered: Event[] = [];
  #at = 0;

  constructor(journal: Pick<Journal, 'append' | 'events'>, clock: Clock, written: (event: Recorded) => void) {
    this.#journal = journal;
    this.#clock = clock;
    this.#written = written;
    this.state = fold(journal.events);
  }

  add(...events: readonly Event[]): void {
    for (const event of events) {
      // One instant for all that is written together: the journal stamps a batch once.
      if (this.#gathered.length === 0) this.#at = Math.max(this.#clock.now(), this.state.lastAt);
      this.#gathered.push(event);
      apply(this.state, { ...event, seq: this.state.seq + 1, at: this.#at });
    }
  }

  /** Throws DiagnosticError when the journal cannot take it: the run is over then. */
  flush(): void {
    if (this.#gathered.length === 0) return;
    const batch = this.#gathered;
    this.#gathered = [];
    for (const event of this.#journal.append(batch, this.#at)) this.#written(event);
  }
}
