/** Sentences about single acts. A read that passed gets no line. */

import { plannedAct } from '../decide/act-of.ts';
import type { Effect, Event, Phase, Polled } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import { plural } from './format.ts';
import type { Sentence } from './sentence.ts';
import { undoPreview } from './step-word.ts';
import { untilText } from './until.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }> & { at: number };

/** `dump-mysql`, `dump-mysql, precondition 1`, `undo of dump-mysql`. */
export const actName = (key: Of<'act-started'>['act']): string => {
  const { step, phase, index } = parseActKey(key);
  const n = index + 1;
  const names: { [P in Phase]: string } = {
    pre: `${step}, precondition ${n}`,
    do: step,
    verify: `${step}, verify ${n}`,
    'undo-pre': `undo of ${step}, precondition ${n}`,
    undo: n === 1 ? `undo of ${step}` : `undo of ${step}, act ${n}`,
    'undo-verify': `undo of ${step}, verify ${n}`,
    measure: `${step}, measurement`,
    trip: `${step}, on trip ${n}`,
    item: `${step}, item ${n}`,
  };
  return names[phase];
};

/** What is known about the target after a failure. */
export const effectWord: { readonly [E in Effect]: string } = {
  none: 'nothing was changed',
  some: 'it may have changed something before it failed',
  unknown: 'outcome unknown',
};

/** What was waited for has come true. */
const waited = (act: Of<'act-started'>['act'], { reads, value }: Polled): Sentence => ({
  tone: 'dim',
  text: `${actName(act)}: ${value ?? 'true'} (${plural(reads, 'read')})`,
});

const isRead = (key: Of<'act-started'>['act']): boolean => {
  const { phase } = parseActKey(key);
  return phase !== 'do' && phase !== 'undo' && phase !== 'trip';
};

export const wordAct = {
  'act-started': (e: Of<'act-started'>, plan: Plan): Sentence | null => {
    if (isRead(e.act) && e.attempt === 1) return null;
    const attempt = e.attempt > 1 ? `, attempt ${e.attempt}` : '';
    const act = plannedAct(plan, e.act);
    const where = act && act.runOn !== 'local' ? ` on ${act.runOn}` : '';
    const until = act?.until ? `; ${untilText(act.until)}` : '';
    const doing = act ? `${undoPreview(plan, e.act, act.preview)}${until}` : 'started';
    return { tone: 'dim', text: `${actName(e.act)}${attempt}${where}: ${doing}` };
  },
  'act-finished': (e: Of<'act-finished'>, plan: Plan): Sentence | null => {
    if (e.result === 'done') return e.polled ? waited(e.act, e.polled) : null;
    const { error } = e;
    const hint = isRead(e.act) ? (plannedAct(plan, e.act)?.message ?? null) : null;
    const more = [
      ...(hint ? [hint] : []),
      ...(isRead(e.act) ? [] : [effectWord[e.effect]]),
      ...(e.living ? ['it is not proven that its process has ended'] : []),
      ...(error.remedy ? [`-> ${error.remedy}`] : []),
    ];
    return { tone: 'bad', text: `${actName(e.act)} failed: ${error.short}`, more };
  },
  'act-probed': (e: Of<'act-probed'>, _: Plan): Sentence => {
    const found = {
      done: 'yes',
      failed: 'it ended and failed',
      'not-done': 'no',
      alive: 'still running: waiting for its end',
      partial: 'in part',
      unknown: 'unknown',
    }[e.state];
    const why = 'why' in e ? `: ${e.why}` : e.state === 'failed' ? `: ${e.error.short}` : '';
    const bad = e.state === 'failed' || e.state === 'partial' || e.state === 'unknown';
    return { tone: bad ? 'bad' : 'plain', text: `${actName(e.act)}: did it happen? ${found}${why}` };
  },
} satisfies { [type: string]: (e: never, plan: Plan, state: RunState) => Sentence | null };
