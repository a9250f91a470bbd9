/** The plan as rows in the order of the list: what every format of it shows. */
import { laneIndexOf } from '../decide/lanes.ts';
import { undoMs } from '../decide/owed.ts';
import { entrySteps, lineOf } from '../decide/queries.ts';
import type { Plan, PlanLine, PlanStep } from '../plan.ts';
import type { PlanTimes, StepTimes } from '../timeline/times.ts';
import { isAtT0, plannedState } from '../timeline/walk.ts';

export interface StepRow {
  readonly kind: 'step';
  readonly step: PlanStep;
  readonly times: StepTimes;
  /** Number of its parallel block, from 1; null: it runs alone. */
  readonly parallel: number | null;
  /** In that block, and in its lane, from 0; null: the block has no lanes of several steps. */
  readonly lane: { readonly lane: number; readonly index: number } | null;
  /** How long after its planned start it starts. */
  readonly lateMs: number;
  readonly afterLine: boolean;
  /** What its own undo is expected to take. */
  readonly undoMs: number;
}

/** The point of no return. */
export interface LineRow {
  readonly kind: 'line';
  readonly line: PlanLine;
  readonly atMs: number | null;
}

export type PlanRow = StepRow | LineRow;

export interface PlanRows {
  readonly plan: Plan;
  readonly times: PlanTimes;
  readonly rows: readonly PlanRow[];
  readonly steps: readonly StepRow[];
  /** T+ counts from it. */
  readonly anchorMs: number;
}

export const planRows = (plan: Plan, times: PlanTimes): PlanRows => {
  const state = plannedState();
  const ends = Object.values(plan.steps).flatMap((step) =>
    isAtT0(step) ? (times.steps[step.id]?.endMs ?? []) : [],
  );
  const anchorMs = ends.reduce((latest, end) => Math.max(latest, end), 0);
  const lateMs = (step: PlanStep, { startMs }: StepTimes): number =>
    step.atMs === null ? 0 : Math.max(0, startMs - step.atMs - (step.atMs > 0 ? anchorMs : 0));
  const lineAt = plan.entries.findIndex((entry) => entry.kind === 'line');
  let blocks = 0;
  const rows = plan.entries.flatMap((entry, index): readonly PlanRow[] => {
    if (entry.kind === 'line') return [{ kind: 'line', line: entry, atMs: times.noReturnMs }];
    const parallel = entry.kind === 'parallel' ? ++blocks : null;
    return entrySteps(entry).flatMap((id): readonly StepRow[] => {
      const [step, of] = [plan.steps[id], times.steps[id]];
      if (!step || !of) return [];
      const undo = step.kind === 'act' ? undoMs(state, step) : 0;
      const afterLine = lineAt !== -1 && index > lineAt;
      const lane = laneIndexOf(plan, id);
      return [
        { kind: 'step', step, times: of, parallel, lane, lateMs: lateMs(step, of), afterLine, undoMs: undo },
      ];
    });
  });
  return { plan, times, rows, steps: rows.filter((row) => row.kind === 'step'), anchorMs };
};

/** What a rollback leaves, before the point of no return: after it there is none. */
export const staysBeforeLine = ({ steps, times }: PlanRows): PlanTimes['stays'] => {
  const after = new Set(steps.filter((row) => row.afterLine).map(({ step }) => step.id));
  return times.stays.filter(({ step }) => !after.has(step));
};

/** The step before T0 that may be delayed least. null: there is none before a planned start. */
export const tightest = ({ steps }: PlanRows): StepRow | null =>
  steps
    .filter(({ times }) => times.startMs < 0 && times.slackMs !== null)
    .reduce<StepRow | null>(
      (least, row) => (least && (least.times.slackMs ?? 0) <= (row.times.slackMs ?? 0) ? least : row),
      null,
    );

/** At the gate before the point of no return, or at the last step where there is none. */
export const rollbackAtTheEnd = ({ plan, times, steps }: PlanRows): StepRow | null => {
  const gate = lineOf(plan)?.gate;
  const row = steps.findLast(({ step }) => gate === undefined || step.id === gate);
  return row && times.steps[row.step.id]?.wayBackMs !== null ? row : null;
};
