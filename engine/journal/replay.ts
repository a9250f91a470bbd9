import type { Recorded } from '../decide/events.ts';
import { apply, initialState } from '../decide/fold.ts';
import type { RunState } from '../decide/state.ts';
import { fail } from '../diagnostic.ts';

/**
 * Folds what was read from the journal at `path`. Throws RB410 at a line that cannot follow those before it (the
 * end of an act that never started): every line may be well formed, and the file still not the engine's.
 */
export const replay = (path: string, events: Iterable<Recorded>): RunState => {
  const state = initialState();
  for (const event of events) {
    try {
      apply(state, event);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return fail(
        'RB410',
        { path, line: event.seq, what: `cannot follow the previous lines: ${why}` },
        { cause: error },
      );
    }
  }
  return state;
};
