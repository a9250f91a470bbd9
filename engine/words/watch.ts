/** A watch in words: its measurements, its state, why it tripped. */

import type { Event, Measured } from '../decide/events.ts';
import { dueAt, runningWatches, stepState, takenOf, watchState } from '../decide/queries.ts';
import type { RunState, WatchState } from '../decide/state.ts';
import { instantOf } from '../decide/times.ts';
import type { Plan, PlanWatch } from '../plan.ts';
import { clean, offset, span } from './format.ts';
import type { Line, Sentence, Tone } from './sentence.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }> & { at: number };

const verdictWord: { readonly [V in Measured]: string } = {
  success: 'good',
  failure: 'BAD',
  inconclusive: 'inconclusive',
  error: 'not taken',
};

const verdictTone: { readonly [V in Measured]: Tone } = {
  success: 'good',
  failure: 'bad',
  inconclusive: 'warn',
  error: 'warn',
};

/** While the verdict does not change, one line per this many measurements. */
const lineEvery = 10;

export const wordWatch = {
  'watch-measured': (e: Of<'watch-measured'>, _: Plan, state: RunState): Sentence | null => {
    const { streak } = watchState(state, e.step);
    if (streak % lineEvery !== 1) return null;
    const value = e.value === undefined ? '' : `, ${e.value}`;
    return {
      tone: verdictTone[e.verdict],
      text: `${e.step}: measurement ${e.n} ${verdictWord[e.verdict]}${value}`,
      ...(e.why !== undefined && { more: [e.why] }),
    };
  },
  'watch-tripped': (e: Of<'watch-tripped'>, plan: Plan): Sentence => {
    const step = plan.steps[e.step];
    const acts = step?.kind === 'watch' ? step.onTrip.map((act) => `on trip: ${act.preview}`) : [];
    return { tone: 'bad', text: `${e.step} HAS TRIPPED: ${e.message}`, more: acts };
  },
};

const countWords = ({ total }: WatchState): string =>
  `${takenOf(total)} measured: ${[
    `${total.success} good`,
    `${total.failure} bad`,
    ...(total.inconclusive > 0 ? [`${total.inconclusive} inconclusive`] : []),
    ...(total.error > 0 ? [`${total.error} not taken`] : []),
  ].join(', ')}`;

/** `12 measured: 11 good, 1 bad. Last: good. Next in 12s` */
export const watchText = (state: RunState, step: PlanWatch, now: number): string => {
  const watch = watchState(state, step.id);
  const running = stepState(state, step.id).state === 'running';
  const last = watch.last ? `. Last: ${verdictWord[watch.last.verdict]}` : '';
  const suffix = watch.tripped
    ? '. TRIPPED'
    : running && !state.rollback && isAttended(state)
      ? `. ${next(state, step, now)}`
      : '';
  return `${countWords(watch)}${last}${suffix}`;
};

const isAttended = ({ session }: RunState): boolean => session !== null && session.endedAt === null;

const next = (state: RunState, step: PlanWatch, now: number): string => {
  const left = dueAt(state, step, now) - now;
  return left > 0 ? `Next in ${span(Math.ceil(left / 1000) * 1000)}` : 'Measuring';
};

/** The state of a watch, for `status` and `--json`. */
export const watchReport = (plan: Plan, state: RunState, step: PlanWatch, now: number) => {
  const watch = watchState(state, step.id);
  const at = stepState(state, step.id).state;
  const measuring = at === 'running' && !watch.tripped && !state.rollback && isAttended(state);
  return {
    id: step.id,
    state: at,
    background: step.untilMs !== null,
    until: step.untilMs === null ? null : instantOf(plan, state, step.untilMs),
    counts: watch.total,
    last: watch.last,
    tripped: watch.tripped,
    nextAt: measuring ? dueAt(state, step, now) : null,
    text: watchText(state, step, now),
  };
};

/** One line for each watch beside the list. */
export const watchLines = (plan: Plan, state: RunState, now: number): readonly Line[] =>
  state.settled || state.rollback
    ? []
    : runningWatches(plan, state).map((step) => {
        const { tripped, last } = watchState(state, step.id);
        const until = step.untilMs === null ? '' : ` until ${offset(step.untilMs)}`;
        const text = clean(`watching${until}: ${step.name}: ${watchText(state, step, now)}`);
        return { tone: tripped ? 'bad' : last ? verdictTone[last.verdict] : 'plain', text };
      });
