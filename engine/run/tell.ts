import type { Recorded } from '../decide/events.ts';
import type { RunState } from '../decide/state.ts';
import type { Teller } from '../tell.ts';

/** What the composition root knows. */
export interface Tell {
  readonly teller: () => Promise<Teller>;
  readonly text: (event: Recorded, state: RunState, now: number) => string;
}
