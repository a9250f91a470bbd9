/** What people are told who are not at the run. */
import type { Recorded } from '../decide/events.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import { describeEvent } from './event.ts';
import { instant, span } from './format.ts';

/** Told later than this, a message says when it happened. */
const lateFromMs = 60_000;

const mostLines = 14;

const headOf = (event: Recorded, plan: Plan, state: RunState): string => {
  switch (event.type) {
    case 'session-started':
      return `${event.session === 1 ? 'started' : 'resumed'} by ${event.user}@${event.host}`;
    case 'step-started':
      return `step ${event.step} has started${nameOf(plan, event.step)}`;
    default:
      return describeEvent(event, plan, state)?.text ?? event.type;
  }
};

const nameOf = (plan: Plan, id: string): string => {
  const name = plan.steps[id]?.name ?? id;
  return name === id ? '' : `: ${name}`;
};

const deadlineOf = (event: Recorded, plan: Plan): readonly string[] => {
  const step = event.type === 'gate-opened' ? plan.steps[event.step] : undefined;
  if (step?.kind !== 'gate' || step.timeoutMs === null) return [];
  const silence = step.onTimeout === 'hold' ? 'the run is held' : 'it is a no-go';
  return [
    `answer by ${instant(event.at + step.timeoutMs)}, in ${span(step.timeoutMs)}; no answer: ${silence}`,
  ];
};

/** In plain words: which run, what happened, what is asked, by when, and how to answer. */
export const noticeText = (event: Recorded, plan: Plan, state: RunState, now: number): string => {
  const environment = state.environment ? ` (${state.environment})` : '';
  const more = event.type === 'session-started' ? [] : (describeEvent(event, plan, state)?.more ?? []);
  const shown = [...more.flatMap((line) => line.split('\n')).slice(0, mostLines), ...deadlineOf(event, plan)];
  const late = now - event.at >= lateFromMs ? [`told late: it was at ${instant(event.at)}`] : [];
  return [`${plan.name}${environment}: ${headOf(event, plan, state)}`, ...late, ...shown].join('\n');
};
