/**
 * The inputs of this session's acts, before masking. It is never journaled: after a crash only
 * the masked text is left, and that is no data. Until then a rollback can still use the real values.
 */

import type { ActKey, MaskedIntent } from '../decide/events.ts';
import { mayHaveActed } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import { fail } from '../diagnostic.ts';
import type { Json, JsonObject } from '../plan.ts';
import type { Masking } from './masking.ts';

export interface Intent {
  readonly input: JsonObject;
  readonly before: Json;
}

export class Intents {
  readonly #real = new Map<ActKey, Intent>();

  /** The intent as it is journaled. Called before its event is folded. */
  journal(state: RunState, act: ActKey, real: Intent, masking: Masking): Intent & { masked?: MaskedIntent } {
    const input = masking.record(real.input);
    const before = masking.record(real.before);
    const masked = {
      ...(input.masked.length > 0 && { input: input.masked }),
      ...(before.masked.length > 0 && { before: before.masked }),
    };
    const changed = Object.keys(masked).length > 0;
    // As the fold does: the first image is restored.
    if ((state.acts[act]?.attempts ?? []).every((earlier) => !mayHaveActed(earlier))) {
      if (changed) this.#real.set(act, real);
      else this.#real.delete(act);
    }
    return { input: input.value as JsonObject, before: before.value, ...(changed && { masked }) };
  }

  /** Of an act that started in this session, where masking changed what was journaled. */
  real(act: ActKey): Intent | undefined {
    return this.#real.get(act);
  }
}

/** Throws RB527 where masking has changed it. */
export const refuseMasked = (state: RunState, act: ActKey, what: 'input' | 'before'): void => {
  const [pointer] = state.acts[act]?.masked[what] ?? [];
  if (pointer !== undefined) fail('RB527', { act, what, pointer });
};
