/** The four questions, answered in words: where are we, are we late, can we roll back, what comes next. */

import { timerId } from '../decide/keys.ts';
import { type Outlook, outlook } from '../decide/outlook.ts';
import { isBackground, openGates, openItems } from '../decide/queries.ts';
import { stepFromMs } from '../decide/run-time.ts';
import type { RunState, StepState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import { offsetNow } from './event.ts';
import { clean, offset, plural, span, timeOfDay } from './format.ts';
import { askedOf, given } from './gate.ts';
import { endWord, rollbackLine } from './rollback.ts';
import type { Line } from './sentence.ts';
import { notRunText } from './skipped.ts';
import { spanLines } from './span.ts';
import { untoldLine } from './told.ts';
import { watchLines } from './watch.ts';

export type RunStateWord =
  | 'running'
  | 'waiting'
  | 'waiting for people'
  | 'held'
  | 'succeeded'
  | 'rolling back'
  | 'rolled back'
  | 'ended, nothing undone'
  | 'stopped';

/** A late start below this is noise of the loop, not slip. */
const slipFromMs = 1000;

export const stateWord = (state: RunState): RunStateWord => {
  if (state.settled) return state.settled.result === 'succeeded' ? 'succeeded' : endWord(state);
  if (state.hold) return 'held';
  if (state.session?.endedAt != null) return 'stopped';
  if (state.rollback) return 'rolling back';
  const running = Object.values(state.steps).filter((s) => s.state === 'running');
  // A gate without people is settled in the same turn in which it opens.
  const asks = (s: StepState) =>
    s.gate?.verdict === null || (s.checklist !== null && s.checklist.openedSession > 0);
  if (running.some(asks)) return 'waiting for people';
  return running.length > 0 ? 'running' : 'waiting';
};

const count = (state: RunState, ...wanted: readonly StepState['state'][]): number =>
  Object.values(state.steps).filter((s) => wanted.includes(s.state)).length;

/** Forward: done steps of all. In a rollback: undone steps of those with an undo. */
const progressOf = (plan: Plan, state: RunState, view: Outlook): string => {
  if (!state.rollback) {
    const without = notRunText(plan, state);
    const all = plural(Object.keys(plan.steps).length, 'step');
    return `${count(state, 'succeeded', 'skipped')} of ${all}${without === null ? '' : `, ${without}`}`;
  }
  const undone = count(state, 'undone');
  const all = undone + view.undoes.length;
  const stays = view.stays.length > 0 ? `, ${view.stays.length} left as it is` : '';
  return `${state.settled ? plural(undone, 'step') : `${undone} of ${plural(all, 'step')}`} undone${stays}`;
};

const whereLine = (plan: Plan, state: RunState, view: Outlook): Line => {
  const word = stateWord(state);
  const targets = Object.entries(plan.targets).map(([name, t]) => `${name} ${t.description}`);
  const parts = [
    `${plan.name}${state.environment ? ` (${state.environment})` : ''}`,
    word === 'stopped' ? 'ENGINE STOPPED' : word.toUpperCase(),
    progressOf(plan, state, view),
    ...targets,
  ];
  const bad = word === 'held' || word === 'stopped';
  return { tone: bad ? 'bad' : word === 'waiting for people' ? 'warn' : 'strong', text: parts.join(' · ') };
};

const reasonLine = ({ rollback }: RunState): Line | null =>
  rollback && {
    tone: 'warn',
    text: `rollback ${rollback.by ? `asked by ${rollback.by}` : 'reason'}: ${rollback.reason}`,
  };

/** The gate that waits for people, and its deadline. */
const peopleLine = (plan: Plan, state: RunState): Line | null => {
  const [id] = openGates(plan, state);
  const asked = id === undefined ? null : askedOf(plan, state, id);
  if (state.hold) return null;
  if (!asked) return itemsLine(plan, state);
  const closes = asked.deadline === null ? '' : `, closes ${timeOfDay(asked.deadline)}`;
  return { tone: 'warn', text: `${id}: ${given(asked)}${closes}` };
};

/** The open items of a checklist. */
const itemsLine = (plan: Plan, state: RunState): Line | null => {
  const open = openItems(plan, state);
  const [first] = open;
  if (!first) return null;
  const { id, approvers } = first.step;
  const round = state.steps[id]?.checklist?.round ?? 0;
  const deadline = state.timers[timerId.items(id, round)]?.until;
  const closes = deadline === undefined ? '' : `, closes ${timeOfDay(deadline)}`;
  return { tone: 'warn', text: `${id}: ${plural(open.length, 'item')} for ${approvers.join(', ')}${closes}` };
};

/** Other clocks show a different time than this screen. */
const clockOffLine = ({ clockOffMs, settled }: RunState): Line | null => {
  if (settled || Math.abs(clockOffMs) < stepFromMs) return null;
  const off = `${span(Math.abs(clockOffMs))} ${clockOffMs < 0 ? 'behind' : 'ahead of'}`;
  return {
    tone: 'warn',
    text: `the clock of this machine is ${off} the time of the run, which T0 and all waits follow`,
  };
};

/** How late T0 will be. */
const t0LateMs = ({ t0, projectedT0 }: Outlook): number =>
  t0 === null || projectedT0 === null ? 0 : projectedT0 - t0;

/** Whether what runs keeps to the plan; null: no step has a planned time, or T0 is already shown as late. */
const slipText = (state: RunState, now: number, view: Outlook): string | null => {
  const { slipMs } = view;
  if (slipMs !== null && slipMs >= slipFromMs) return `${span(slipMs)} LATE`;
  // A held or stopped run is never on time.
  if (state.hold) return `held for ${span(now - state.hold.at)}`;
  if (state.session?.endedAt != null) return `stopped for ${span(now - state.session.endedAt)}`;
  return slipMs === null || t0LateMs(view) >= slipFromMs ? null : 'on time';
};

const clockLine = (state: RunState, now: number, view: Outlook): Line => {
  if (view.t0 === null) return { tone: 'dim', text: `now ${timeOfDay(now)} · the clock is not set` };
  const forward = !state.settled && !state.rollback;
  const late = forward && Math.max(view.slipMs ?? 0, t0LateMs(view)) >= slipFromMs;
  const slip = forward ? slipText(state, now, view) : null;
  const { hardStop, projectedT0, projectedDone, projectedEnd } = view;
  const parts = [`now ${timeOfDay(now)} ${offsetNow(state, now)}`, `T0 ${timeOfDay(view.t0)}`];
  if (projectedT0 !== null && forward && Math.abs(t0LateMs(view)) >= slipFromMs)
    parts.push(`T0 expected ${timeOfDay(projectedT0)}`);
  if (slip !== null) parts.push(slip);
  // Watches and later steps may end after the hard stop: that end would look like a violation of it.
  const shown = projectedEnd !== null && (hardStop === null || projectedEnd <= hardStop);
  if (shown && forward) parts.push(`end expected ${timeOfDay(projectedEnd)}`);
  const overMs = forward && hardStop !== null && projectedDone !== null ? projectedDone - hardStop : 0;
  if (hardStop !== null) parts.push(hardStopText(state, now, hardStop, projectedDone, overMs));
  return { tone: overMs > 0 ? 'bad' : late || state.hold ? 'warn' : 'plain', text: parts.join(' · ') };
};

const hardStopText = (
  state: RunState,
  now: number,
  hardStop: number,
  projectedDone: number | null,
  overMs: number,
): string => {
  const left = hardStop - now;
  const text = `hard stop ${timeOfDay(hardStop)}`;
  // It no longer matters for this run.
  if (state.settled || (!state.rollback && projectedDone === null)) return text;
  if (left < 0) return `${text} PASSED ${span(left)} ago`;
  return overMs > 0
    ? `${text} in ${span(left)}: the steps before it end about ${span(overMs)} later`
    : `${text} in ${span(left)}`;
};

const nextLine = (plan: Plan, state: RunState, now: number, view: Outlook): Line | null => {
  if (!view.next || state.settled) return null;
  const name = plan.steps[view.next.step]?.name ?? view.next.step;
  const at = view.next.plannedAt;
  if (at === null) return { tone: 'dim', text: `next: ${name}` };
  if (state.clock?.skipWaits) return { tone: 'dim', text: `next: ${name}, without waiting` };
  const planned = view.t0 === null ? '' : ` at ${offset(at - view.t0)}`;
  const when = at > now ? `in ${span(at - now)}` : `${span(now - at)} overdue`;
  return { tone: 'dim', text: `next: ${name}${planned}, ${when}` };
};

const namedRunning = 3;

/** Only where several run: one is shown by the list. */
const runningLine = (plan: Plan, state: RunState): Line | null => {
  if (state.settled || state.hold || state.session?.endedAt != null) return null;
  const running = Object.values(plan.steps).filter(({ id }) => {
    const s = state.steps[id];
    if (state.rollback) return s?.undoStartedAt != null && s.state !== 'undone' && s.state !== 'kept';
    return s?.state === 'running' && !isBackground(plan.steps[id]);
  });
  if (running.length < 2) return null;
  const more = running.length - namedRunning;
  const names = running.slice(0, namedRunning).map(({ id }) => id);
  const said = state.rollback ? 'undoing' : 'running';
  return { tone: 'plain', text: `${said}: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}` };
};

/** Safe to print: names and places may come from outside. */
export const standing = (plan: Plan, state: RunState, now: number): readonly Line[] => {
  const view = outlook(plan, state, now);
  return [
    whereLine(plan, state, view),
    reasonLine(state),
    clockLine(state, now, view),
    rollbackLine(plan, state, now, view),
    ...spanLines(plan, state, now),
    untoldLine(state),
    clockOffLine(state),
    peopleLine(plan, state),
    runningLine(plan, state),
    nextLine(plan, state, now, view),
    ...watchLines(plan, state, now),
  ].flatMap((line) => (line ? [{ ...line, text: clean(line.text) }] : []));
};
