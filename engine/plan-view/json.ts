/** The plan and its times as data. Milliseconds; instants are offsets from T0. */
import type { PlanAct, PlanStep } from '../plan.ts';
import { clockInstant, type T0 } from './clock.ts';
import { type PlanRows, type StepRow, staysBeforeLine } from './rows.ts';
import { criticalPath, stepText, typeWord, warnings } from './words.ts';

const previews = (acts: readonly PlanAct[]): readonly string[] => acts.map(({ preview }) => preview);

const undoRecord = (step: PlanStep, undoMs: number) => {
  if (step.kind !== 'act') return null;
  const { mode, why, preconditions, acts, verify } = step.undo;
  return {
    mode,
    why,
    expectedMs: undoMs,
    acts: previews(acts),
    preconditions: previews(preconditions),
    verify: previews(verify),
  };
};

const answersRecord = (step: PlanStep) => {
  if (step.kind === 'gate') {
    const {
      prompt,
      approvers,
      minApprovals,
      timeoutMs,
      onTimeout,
      onNoGo,
      allowUnattended,
      require,
      criteria,
    } = step;
    return {
      prompt,
      approvers,
      minApprovals,
      timeoutMs,
      onTimeout,
      onNoGo,
      allowUnattended,
      require,
      criteria,
    };
  }
  if (step.kind !== 'checklist') return null;
  const { approvers, timeoutMs, items } = step;
  return {
    approvers,
    timeoutMs,
    items: items.map(({ id, say, check }) => ({ id, say, automatic: check !== null })),
  };
};

const stepRecord = (row: StepRow, rows: PlanRows, t0: T0 | null) => {
  const { step, times, parallel, lane, lateMs, afterLine } = row;
  return {
    step: step.id,
    name: step.name,
    kind: step.kind,
    type: typeWord(step),
    line: step.line,
    parallel,
    /** Number of its lane in that block, from 1. */
    lane: lane === null ? null : lane.lane + 1,
    plannedMs: step.atMs,
    expectedMs: step.expectedMs,
    ...(step.when !== undefined && { when: step.when }),
    ...times,
    lateMs,
    ...(t0 ? { startAt: clockInstant(t0, times.startMs), endAt: clockInstant(t0, times.endMs) } : {}),
    afterPointOfNoReturn: afterLine,
    undo: undoRecord(step, row.undoMs),
    answers: answersRecord(step),
    text: stepText(row, rows.plan),
  };
};

export const planRecord = (rows: PlanRows, t0: T0 | null) => {
  const { plan, times } = rows;
  const line = plan.entries.find((entry) => entry.kind === 'line');
  return {
    runbook: plan.name,
    digest: plan.digest,
    environment: plan.environment,
    t0: t0 ? clockInstant(t0, 0) : null,
    opensMs: plan.timeline.opensMs,
    hardStopMs: plan.timeline.hardStopMs,
    startMs: times.startMs,
    endMs: times.endMs,
    pointOfNoReturn: line
      ? { atMs: times.noReturnMs, gate: line.gate, act: line.act, forwardFix: line.forwardFix.path }
      : null,
    windowHold: times.windowHold,
    warnings: warnings(rows),
    criticalPath: criticalPath(rows),
    steps: rows.steps.map((row) => stepRecord(row, rows, t0)),
    leftOut: plan.leftOut ?? [],
    stays: staysBeforeLine(rows),
    spans: times.spans,
    limited: times.limited,
  };
};
