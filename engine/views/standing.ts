/** The four questions, answered in words: where are we, are we late, can we go back, what comes next. */
import { openItems } from '../decide/advance-checklist.ts';
import { openGates } from '../decide/answer.ts';
import { timerId } from '../decide/keys.ts';
import { type Outlook, outlook } from '../decide/outlook.ts';
import { stepFromMs } from '../decide/run-time.ts';
import type { RunState, StepState } from '../decide/state.ts';
import type { Plan, PlanLine } from '../plan.ts';
import { clean, offset, plural, span, timeOfDay } from './format.ts';
import { askedOf, given } from './gate-terms.ts';
import type { Tone } from './paint.ts';
import { watchLines } from './watch-wording.ts';
import { offsetNow } from './wording.ts';

export type RunStateWord =
  | 'running'
  | 'waiting'
  | 'waiting for people'
  | 'held'
  | 'succeeded'
  | 'rolling back'
  | 'rolled back'
  | 'stopped';

export interface Line {
  readonly tone: Tone;
  readonly text: string;
}

/** A late start below this is noise of the loop, not slip. */
const slipFromMs = 1000;

/** A killed engine could not write that its session is over. */
export const withoutEngine = (state: RunState): RunState =>
  state.session && state.session.endedAt === null
    ? { ...state, session: { ...state.session, endedAt: state.lastAt } }
    : state;

export const stateWord = (state: RunState): RunStateWord => {
  if (state.settled) return state.settled.result === 'succeeded' ? 'succeeded' : 'rolled back';
  if (state.hold) return 'held';
  if (state.session?.endedAt != null) return 'stopped';
  if (state.rollback) return 'rolling back';
  const running = Object.values(state.steps).filter((s) => s.state === 'running');
  // One that its criteria decide is settled in the turn in which it opens.
  const asks = (s: StepState) =>
    s.gate?.verdict === null || (s.checklist !== null && s.checklist.openedSession > 0);
  if (running.some(asks)) return 'waiting for people';
  return running.length > 0 ? 'running' : 'waiting';
};

export const lineEntry = (plan: Plan): PlanLine | undefined => plan.entries.find((e) => e.kind === 'line');

const count = (state: RunState, ...wanted: readonly StepState['state'][]): number =>
  Object.values(state.steps).filter((s) => wanted.includes(s.state)).length;

/** Forward: what is done of the whole. Back: what is undone of what was owed. */
const progressOf = (plan: Plan, state: RunState): string => {
  if (!state.rollback)
    return `${count(state, 'succeeded', 'skipped')} of ${plural(Object.keys(plan.steps).length, 'step')}`;
  const kept = count(state, 'kept');
  const undone = plural(count(state, 'undone'), 'step');
  const owed = state.settled ? '' : ` of ${state.rollback.owed.length}`;
  return `${undone}${owed} undone${kept > 0 ? `, ${kept} left as it is` : ''}`;
};

const whereLine = (plan: Plan, state: RunState): Line => {
  const word = stateWord(state);
  const targets = Object.entries(plan.targets).map(([name, t]) => `${name} ${t.description}`);
  const parts = [
    `${plan.name}${state.environment ? ` (${state.environment})` : ''}`,
    word === 'stopped' ? 'STOPPED, no engine' : word.toUpperCase(),
    progressOf(plan, state),
    ...targets,
  ];
  const bad = word === 'held' || word === 'stopped';
  return { tone: bad ? 'bad' : word === 'waiting for people' ? 'warn' : 'strong', text: parts.join(' · ') };
};

const reasonLine = ({ rollback, settled }: RunState): Line | null =>
  rollback && {
    tone: 'warn',
    text: `${settled ? 'rolled' : 'rolling'} back${rollback.by ? `, asked by ${rollback.by}` : ''}, because: ${rollback.reason}`,
  };

/** Which gate waits for whom, and until when. */
const peopleLine = (plan: Plan, state: RunState): Line | null => {
  const [id] = openGates(plan, state);
  const asked = id === undefined ? null : askedOf(plan, state, id);
  if (state.hold) return null;
  if (!asked) return itemsLine(plan, state);
  const closes = asked.deadline === null ? '' : `, closes ${timeOfDay(asked.deadline)}`;
  return { tone: 'warn', text: `${id}: ${given(asked)}${closes}` };
};

/** What a checklist still waits for. */
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

/** Every other clock in the room shows something else than this screen. */
const clockOffLine = ({ clockOffMs, settled }: RunState): Line | null => {
  if (settled || Math.abs(clockOffMs) < stepFromMs) return null;
  const off = `${span(Math.abs(clockOffMs))} ${clockOffMs < 0 ? 'behind' : 'ahead of'}`;
  return {
    tone: 'warn',
    text: `the clock of this machine is ${off} the time of the run, which T0 and all waits follow`,
  };
};

const clockLine = (state: RunState, now: number, view: Outlook): Line => {
  if (view.t0 === null) return { tone: 'dim', text: `now ${timeOfDay(now)} · the clock is not set` };
  const late = view.slipMs >= slipFromMs;
  const parts = [`now ${timeOfDay(now)} ${offsetNow(state, now)}`, `T0 ${timeOfDay(view.t0)}`];
  const forward = !state.settled && !state.rollback;
  if (view.projectedT0 !== null && forward) parts.push(`doors expected ${timeOfDay(view.projectedT0)}`);
  if (forward) parts.push(late ? `${span(view.slipMs)} LATE` : 'on time');
  if (view.projectedEnd !== null && forward) parts.push(`end expected ${timeOfDay(view.projectedEnd)}`);
  if (view.hardStop !== null) {
    const left = view.hardStop - now;
    parts.push(`hard stop ${timeOfDay(view.hardStop)} ${left >= 0 ? `in ${span(left)}` : 'PASSED'}`);
  }
  const overrun = view.hardStop !== null && (view.projectedEnd ?? now) > view.hardStop;
  return { tone: overrun ? 'bad' : late ? 'warn' : 'plain', text: parts.join(' · ') };
};

const backLine = (plan: Plan, state: RunState, now: number, view: Outlook): Line => {
  const { yes, why } = view.canGoBack;
  if (!yes) {
    const fix = state.line ? lineEntry(plan)?.forwardFix.path : undefined;
    return {
      tone: state.settled ? 'dim' : 'warn',
      text: `go back? NO, ${why}${fix ? ` · forward fix: ${fix}` : ''}`,
    };
  }
  const parts = [`go back? YES, ${why}`];
  if (view.rollbackOwedMs > 0) parts.push(`takes about ${span(view.rollbackOwedMs)}`);
  if (view.latestSafeAbort !== null && !state.settled) {
    const left = view.latestSafeAbort - now;
    parts.push(
      left >= 0
        ? `decide by ${timeOfDay(view.latestSafeAbort)}, in ${span(left)}`
        : `the safe moment passed ${span(left)} ago`,
    );
  }
  const passed = view.latestSafeAbort !== null && view.latestSafeAbort < now;
  return { tone: passed && !state.settled ? 'bad' : 'good', text: parts.join(' · ') };
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

/** Safe to print: names and places may come from outside. */
export const standing = (plan: Plan, state: RunState, now: number): readonly Line[] => {
  const view = outlook(plan, state, now);
  return [
    whereLine(plan, state),
    reasonLine(state),
    clockLine(state, now, view),
    backLine(plan, state, now, view),
    clockOffLine(state),
    peopleLine(plan, state),
    nextLine(plan, state, now, view),
    ...watchLines(plan, state, now),
  ].flatMap((line) => (line ? [{ ...line, text: clean(line.text) }] : []));
};
