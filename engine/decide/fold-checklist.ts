/** The events of a checklist. */
import type { ActKey, Event } from './events.ts';
import { parseActKey } from './keys.ts';
import type { ActState, ChecklistState, RunState, StepState } from './state.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }> & { readonly at: number };

const newChecklist = (): ChecklistState => ({ round: 0, openedAt: 0, openedSession: 0, items: {} });

export const foldOpened = (step: StepState, session: number, e: Of<'checklist-opened'>): void => {
  step.checklist ??= newChecklist();
  Object.assign(step.checklist, { round: e.round, openedAt: e.at, openedSession: session });
};

export const foldChecked = (step: StepState, e: Of<'item-checked'>): void => {
  step.checklist ??= newChecklist();
  const { passed, by, user, reason, at } = e;
  step.checklist.items[e.item] = { passed, by, user, reason, at };
};

/** Retry: failed items are checked again; passed ones are kept. */
export const checkAgain = (state: RunState, id: string): void => {
  const checklist = state.steps[id]?.checklist;
  if (!checklist) return;
  // No session opened it: the decider asks again, in a new round.
  checklist.openedSession = 0;
  for (const [item, { passed }] of Object.entries(checklist.items)) {
    if (!passed) delete checklist.items[item];
  }
  readAgain(state, (act, step) => step === id && !act.done);
};

/**
 * Checks are keyed by index, which may belong to another item after an amendment. Decided items are kept by name; the
 * others are checked again.
 */
export const readItemsAnew = (state: RunState): void => readAgain(state, () => true);

const readAgain = (state: RunState, which: (act: ActState, step: string) => boolean): void => {
  for (const key of Object.keys(state.acts) as ActKey[]) {
    const { step, phase } = parseActKey(key);
    const act = state.acts[key];
    const last = act?.attempts.at(-1);
    if (phase !== 'item' || !act || !last || !which(act, step)) continue;
    act.done = false;
    last.waived = true;
    act.countFrom = last.n;
  }
};
