/**
 * The places where acts leave files: host, user and folder, checked before the first intent there and whenever an
 * answer depends on a missing file.
 */
import { randomBytes } from 'node:crypto';
import type { Event } from '../decide/events.ts';
import type { Masked } from '../decide/masked.ts';
import { type FoundPlace, isSamePlace, placeAsOf, whatDiffers } from '../decide/place.ts';
import type { OpenTarget } from '../target.ts';
import type { Connections } from './connections.ts';
import type { Masking } from './masking.ts';
import type { Recorder } from './recorder.ts';

type Known = Extract<Event, { type: 'place-known' }>;

/** The place is lost or was replaced. */
export interface Otherwise {
  /** The difference. */
  readonly short: Masked;
  readonly remedy: Masked;
}

interface Parts {
  readonly connections: Pick<Connections, 'open'>;
  readonly recorder: Recorder;
  readonly masking: Pick<Masking, 'text'>;
}

export class Places {
  readonly #masking: Parts['masking'];
  readonly #connections: Pick<Connections, 'open'>;
  readonly #recorder: Recorder;
  /** Of this session: what is to be journaled with the next intent there; null: nothing, or it is. */
  readonly #known = new Map<string, Known | null>();
  readonly #looking = new Map<string, Promise<void>>();

  constructor({ connections, recorder, masking }: Parts) {
    this.#connections = connections;
    this.#recorder = recorder;
    this.#masking = masking;
  }

  /** Once for each place and session; undefined: it is known already. Throws what opening the place throws. */
  look(place: string): Promise<void> | undefined {
    if (this.#known.has(place)) return undefined;
    const looking = this.#looking.get(place) ?? this.#look(place);
    this.#looking.set(place, looking);
    return looking.finally(() => this.#looking.delete(place));
  }

  /** What the next intent at the place has to be journaled with, once. */
  news(place: string): readonly Event[] {
    const event = this.#known.get(place);
    if (!event) return [];
    this.#known.set(place, null);
    return [event];
  }

  /** null: the place is as it was known before the event `seq`. Asked anew each time. */
  async otherThan(place: string, seq: number): Promise<Otherwise | null> {
    const was = placeAsOf(this.#recorder.state, place, seq);
    const text = this.#masking.text;
    if (!was)
      return {
        short: text(`the journal does not record where this attempt left its files on ${place}`),
        remedy: text(`Check ${place} by hand`),
      };
    const found = await this.#found(place);
    if (found && isSamePlace(was, found)) return null;
    const right = `${was.user}@${was.host}, state folder ${was.stateDir}`;
    return {
      short: text(found ? whatDiffers(place, was, found) : `the host of ${place} cannot be determined`),
      remedy: text(
        `Restore ${place} (${right}): set HOME, XDG_STATE_HOME or \`state_dir\`, then run \`runbook resume\`. Or check by hand whether the act happened`,
      ),
    };
  }

  async #look(place: string): Promise<void> {
    const found = await this.#found(place);
    if (found === null) this.#known.set(place, null);
    else this.#known.set(place, await this.#event(place, found));
  }

  async #event(place: string, found: FoundPlace): Promise<Known | null> {
    const entries = this.#recorder.state.places[place] ?? [];
    const last = entries.at(-1);
    if (last && isSamePlace(last, found) && last.boot === found.boot) return null;
    // A place that was used before keeps its marker: it identifies earlier attempts.
    const earlier = entries.find((was) => isSamePlace(was, found));
    const marker = earlier?.marker ?? randomBytes(16).toString('hex');
    if (!earlier) await (await this.#connections.open(place)).mark?.(this.#recorder.state.runId, marker);
    return { type: 'place-known', place, ...found, marker };
  }

  async #found(place: string): Promise<FoundPlace | null> {
    const target: OpenTarget = await this.#connections.open(place);
    return (await target.identify?.(this.#recorder.state.runId)) ?? null;
  }
}
