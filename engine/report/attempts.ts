import type { ActKey, Phase } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import type { ActState, RunState } from '../decide/state.ts';

/** Every act that started, in the order in which the journal names them first. */
export const actsOf = (state: RunState): readonly { readonly key: ActKey; readonly act: ActState }[] =>
  Object.entries(state.acts).map(([key, act]) => ({ key: key as ActKey, act }));

/** Attempts that followed a failed one. A check that a later session reads anew is no retry. */
export const retriesOf = (act: ActState): number =>
  act.attempts.filter((_, i) => act.attempts[i - 1]?.result === 'failed').length;

/** Of a step's acts in these phases: how often the one that needed most was attempted. */
export const mostAttempts = (state: RunState, step: string, phases: readonly Phase[]): number =>
  Math.max(
    0,
    ...actsOf(state)
      .filter(({ key }) => {
        const of = parseActKey(key);
        return of.step === step && phases.includes(of.phase);
      })
      .map(({ act }) => act.attempts.length),
  );
