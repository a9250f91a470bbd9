/** Can we roll back, until when, and what stays: the same words on every screen. */

import type { Event } from '../decide/events.ts';
import { placeOf } from '../decide/lanes.ts';
import { type Outlook, staysOf } from '../decide/outlook.ts';
import { owedLeftMs } from '../decide/owed.ts';
import { openLineGate, standsStill, undoneCount } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import type { RollbackLimit } from '../decide/until.ts';
import type { Plan } from '../plan.ts';
import { plural, span, timeOfDay } from './format.ts';
import type { Line, Sentence, Tone } from './sentence.ts';

/** A moment this close is shown as now. */
const nowMs = 1000;
/** The rest is only counted: the header has no room for more. */
const shownStays = 3;

type Stay = Outlook['stays'][number];

/** Of a run that was ended by a rollback: one in which nothing was undone was not rolled back. */
export const endWord = (state: RunState): 'rolled back' | 'ended, nothing undone' =>
  undoneCount(state) > 0 ? 'rolled back' : 'ended, nothing undone';

/** `stays: Announce the cutover (a mail cannot be recalled)`; null: nothing does. */
export const staysText = (plan: Plan, stays: readonly Stay[]): string | null => {
  if (stays.length === 0) return null;
  const named = stays.slice(0, shownStays).map(({ step, why }) => {
    const name = plan.steps[step]?.name ?? step;
    return why === null || why === '' ? name : `${name} (${why})`;
  });
  const more = stays.length > shownStays ? [`${stays.length - shownStays} more`] : [];
  return `stays: ${[...named, ...more].join(', ')}`;
};

/** `3 steps to undo, about 4m` */
export const costText = (undoes: number, owedMs: number): string =>
  `${plural(undoes, 'step')} to undo${owedMs > 0 ? `, about ${span(owedMs)}` : ''}`;

const because: { readonly [B in RollbackLimit['because']]: string } = {
  'point-of-no-return': 'point of no return',
  'hard-stop': 'hard stop minus the rollback',
};

const untilText = (
  plan: Plan,
  state: RunState,
  now: number,
  { at, because: why, fixed }: RollbackLimit,
): string => {
  const left = at - now;
  if (!fixed && standsStill(state))
    return `rollback possible ${state.hold ? 'while the run is held' : 'until the run is resumed'} (point of no return after that)`;
  if (left >= nowMs) return `rollback possible until ${timeOfDay(at)} (${because[why]}), in ${span(left)}`;
  if (left <= -nowMs) return `a rollback now would end ${span(left)} after the hard stop`;
  const gate = why === 'hard-stop' ? null : openLineGate(plan, state);
  return gate === null
    ? `rollback possible until now (${because[why]})`
    : `rollback possible until ${gate} says GO (${because[why]})`;
};

const parts = (tone: Tone, ...texts: readonly (string | null)[]): Line => ({
  tone,
  text: texts.filter((text) => text !== null).join(' · '),
});

export const rollbackLine = (plan: Plan, state: RunState, now: number, view: Outlook): Line => {
  const stays = staysText(plan, view.stays);
  if (state.settled?.result === 'rolled_back') return parts('dim', endedText(state), stays);
  if (state.line) {
    const line = plan.entries.find((e) => e.kind === 'line');
    const fix = line ? `forward fix: ${line.forwardFix.path}` : null;
    return parts(state.settled ? 'dim' : 'warn', 'no rollback: after the point of no return', fix);
  }
  if (state.rollback) return rollingBack(plan, state, now, view, stays);
  if (!view.canGoBack.yes) return parts('warn', `no rollback: ${view.canGoBack.why}`, stays);
  const cost =
    view.undoes.length === 0 ? 'nothing to undo' : costText(view.undoes.length, view.rollbackOwedMs);
  const until = view.rollbackUntil;
  if (until === null) return parts(state.settled ? 'dim' : 'good', 'rollback possible', cost, stays);
  const tone =
    until.at - now >= nowMs
      ? 'good'
      : until.because === 'hard-stop'
        ? 'bad'
        : standsStill(state)
          ? 'good'
          : 'warn';
  return parts(tone, untilText(plan, state, now, until), cost, stays);
};

const endedText = (state: RunState): string =>
  undoneCount(state) > 0 ? 'rollback complete' : 'nothing was undone';

const rollingBack = (plan: Plan, state: RunState, now: number, view: Outlook, stays: string | null): Line => {
  const leftMs = owedLeftMs(plan, state, now);
  const left = view.undoes.length === 0 ? 'nothing left to undo' : costText(view.undoes.length, leftMs);
  const end = now + leftMs;
  const over = view.hardStop === null || state.hold ? 0 : end - view.hardStop;
  const late = over >= nowMs ? `ends about ${span(over)} after the hard stop` : null;
  return parts(late ? 'bad' : 'warn', `rolling back: ${left}`, late, stays);
};

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

export const wordRollback = (e: Of<'rollback-started'>, plan: Plan, state: RunState): Sentence => {
  const undone = e.owed.filter((id) => isUndoable(plan, id));
  const stays = staysText(plan, staysOf(plan, state));
  const what = undone.length > 0 ? ` ${plural(undone.length, 'step')}` : ', nothing to undo';
  return {
    tone: 'warn',
    text: `ROLLING BACK${what}${e.by ? `, asked by ${e.by}` : ''}: ${e.reason}`,
    more: [...(undone.length > 0 ? [orderText(plan, undone)] : []), ...(stays === null ? [] : [stays])],
  };
};

/** `(a2 <- a1 | b1) <- z`: lanes are undone beside each other. */
const orderText = (plan: Plan, undone: readonly string[]): string =>
  [...Map.groupBy(undone, (id) => placeOf(plan, id).entry).values()]
    .map((ids) => {
      const lanes = [...Map.groupBy(ids, (id) => placeOf(plan, id).lane).values()];
      const text = lanes.map((lane) => lane.join(' <- ')).join(' | ');
      return lanes.length > 1 ? `(${text})` : text;
    })
    .join(' <- ');

const isUndoable = (plan: Plan, id: string): boolean => {
  const step = plan.steps[id];
  return step?.kind === 'act' && step.undo.mode !== 'none';
};

export const wordRolledBack = (plan: Plan, state: RunState): Sentence => {
  const undone = undoneCount(state);
  const stays = staysText(plan, staysOf(plan, state));
  return {
    tone: undone > 0 ? 'good' : 'warn',
    text: undone > 0 ? `rollback complete: ${plural(undone, 'step')} undone` : 'nothing was undone',
    ...(stays !== null && { more: [stays] }),
  };
};
