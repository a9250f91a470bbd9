/** The answers of what-if as rows: faults of a step that end alike stand together. */
import type { Fault, FaultKind } from './faults.ts';
import { faultWords, partText } from './faults.ts';
import type { Ending, Question } from './story.ts';
import type { FaultAnswer, StoryAnswer, WhatIf } from './what-if.ts';

export interface AnswerRow {
  /** `failed: retry`; a story in which nobody is asked has none. */
  readonly asked: readonly string[];
  readonly end: Ending['end'];
  /** The latest of its stories, offset from T0; null: not before somebody decides. */
  readonly backMs: number | null;
  readonly hardStopKept: boolean | null;
  readonly undone: readonly string[];
  readonly crossed: boolean;
  readonly stays: readonly string[];
  readonly broken: readonly string[];
  /** One story of it, to be told with --story. */
  readonly story: string;
}

export interface FaultRow {
  /** `verify 1: fails`. */
  readonly faults: readonly string[];
  readonly answers: readonly AnswerRow[];
}

export interface StepRow {
  readonly step: string;
  readonly atMs: number | null;
  readonly faults: readonly FaultRow[];
}

export const faultText = ({ part, kind }: { part: string | null; kind: FaultKind }): string =>
  `${part === null ? '' : `${partText(part)} `}${faultWords[kind]}`;

const askedText = (
  { cause, step, choice }: Pick<Question, 'cause' | 'step' | 'choice'>,
  of: string,
): string => {
  const where = step === null || step === of ? '' : ` at ${step}`;
  return `${cause}${where}: ${choice ?? 'nobody'}`;
};

const rowOf = ({ id, ending, broken }: StoryAnswer, fault: Fault): AnswerRow => {
  const { end, backMs, hardStopKept, undone, crossed, stays } = ending;
  const asked = ending.asked.map((question) => askedText(question, fault.step));
  return { asked, end, backMs, hardStopKept, undone, crossed, stays, broken, story: id };
};

/** Everything but the instant and the story, which may differ. */
const likeness = (rows: readonly AnswerRow[]): string =>
  JSON.stringify(rows.map(({ backMs: _, story: __, ...rest }) => rest));

const later = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : Math.max(a, b);

export const stepRows = ({ plan, faults }: WhatIf): readonly StepRow[] => {
  const steps = new Map<string, Map<string, { faults: string[]; answers: readonly AnswerRow[] }>>();
  for (const { fault, stories } of faults) addFault(steps, { fault, stories });
  return [...steps].map(([step, groups]) => ({
    step,
    atMs: plan.steps[step]?.atMs ?? null,
    faults: [...groups.values()],
  }));
};

const addFault = (
  steps: Map<string, Map<string, { faults: string[]; answers: readonly AnswerRow[] }>>,
  { fault, stories }: FaultAnswer,
): void => {
  const groups = steps.get(fault.step) ?? new Map();
  steps.set(fault.step, groups);
  const rows = stories.map((story) => rowOf(story, fault));
  // An hour would hide how long the others take.
  const key = `${fault.kind.endsWith('lost-hour')} ${likeness(rows)}`;
  const known = groups.get(key);
  if (!known) {
    groups.set(key, { faults: [faultText(fault)], answers: rows });
    return;
  }
  known.faults.push(faultText(fault));
  known.answers = known.answers.map((row: AnswerRow, i: number) => ({
    ...row,
    backMs: later(row.backMs, rows[i]?.backMs ?? null),
  }));
};
