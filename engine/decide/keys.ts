/** Ids that stay the same when a decision is made again. */
import type { ActKey, Phase } from './events.ts';

export const actKey = (step: string, phase: Phase, index: number): ActKey => `${step}/${phase}/${index}`;

/** Indices that belong to one trip of a watch, whose list of acts may be amended between two of them. */
export const actsPerTrip = 100;

export const attemptId = (act: ActKey, attempt: number): string => `${act}#${attempt}`;

export const parseActKey = (act: ActKey): { step: string; phase: Phase; index: number } => {
  // From the right: the id of a step in a group or a part has slashes of its own.
  const last = act.lastIndexOf('/');
  const first = act.lastIndexOf('/', last - 1);
  return {
    step: act.slice(0, first),
    phase: act.slice(first + 1, last) as Phase,
    index: Number(act.slice(last + 1)),
  };
};

/** What a timer is for, as its id begins. */
export type TimerKind = keyof typeof timerId;

export const timerId = {
  at: (step: string) => `at:${step}`,
  window: (step: string) => `window:${step}`,
  wait: (step: string) => `wait:${step}`,
  retry: (act: ActKey, attempt: number) => `retry:${attemptId(act, attempt)}`,
  gate: (step: string, round: number) => `gate:${step}#${round}`,
  measure: (step: string) => `measure:${step}`,
  items: (step: string, round: number) => `items:${step}#${round}`,
  span: (span: string, n: number) => `span:${span}#${n}`,
};

/** `of`: the step, with the round or the attempt that the timer belongs to. `kind` null: of a newer engine. */
export const parseTimerId = (timer: string): { kind: TimerKind | null; of: string } => {
  const [kind = '', of = ''] = timer.split(/:(.*)/s);
  return { kind: Object.hasOwn(timerId, kind) ? (kind as TimerKind) : null, of };
};

export const isUndo = (phase: Phase): boolean => phase.startsWith('undo');
