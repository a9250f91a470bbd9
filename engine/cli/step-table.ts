/** The plan as a reviewer reads it: one row a step, so that a missing `run_on` or undo is visible. */
import { laneIndexOf } from '../decide/lanes.ts';
import { entrySteps } from '../decide/queries.ts';
import type { Plan, PlanLine, PlanStep } from '../plan.ts';
import { clean, offset, plural, span } from '../words/format.ts';
import { quorum } from '../words/gate.ts';
import { untilText } from '../words/until.ts';
import { columns } from './table.ts';

export interface StepRow {
  /** `T-30m`; null: right after the one before. */
  readonly at: string | null;
  /** null: the point of no return. */
  readonly step: string | null;
  readonly type: string;
  /** Runs beside the other rows of the same number; null: alone. */
  readonly parallel: number | null;
  /** It begins a lane of several steps. */
  readonly beginsLane: boolean;
  /** Where it runs, and its target; a gate: who decides. */
  readonly where: string;
  readonly onFailure: string;
  readonly wayBack: string;
}

export const stepRows = (plan: Plan): readonly StepRow[] =>
  plan.entries.flatMap((entry, i): readonly StepRow[] => {
    if (entry.kind === 'line') return [lineRow(entry)];
    const parallel = entry.kind === 'parallel' ? i : null;
    return entrySteps(entry).flatMap((id) => {
      const step = plan.steps[id];
      const at = step?.atMs == null ? null : offset(step.atMs);
      const beginsLane = laneIndexOf(plan, id)?.index === 0;
      return step ? [{ at, step: id, parallel, beginsLane, ...rest(step) }] : [];
    });
  });

const lineRow = (line: PlanLine): StepRow => ({
  at: null,
  step: null,
  type: 'POINT OF NO RETURN',
  parallel: null,
  beginsLane: false,
  where: '',
  onFailure: '',
  wayBack: `forward fix: ${line.forwardFix.path}`,
});

const rest = (step: PlanStep): Pick<StepRow, 'type' | 'where' | 'onFailure' | 'wayBack'> => {
  switch (step.kind) {
    case 'act': {
      const { type, runOn, target, until } = step.act;
      const waits = until ? `, ${untilText(until)}` : '';
      const where = `${target === null ? runOn : `${runOn} -> ${target}`}${waits}`;
      return { type, where, onFailure: step.onFailure, wayBack: wayBack(step.undo) };
    }
    case 'gate': {
      const no = `no-go: ${step.onNoGo}`;
      const late = step.timeoutMs === null ? '' : `, after ${span(step.timeoutMs)}: ${word(step.onTimeout)}`;
      return { type: 'gate', where: quorum(step), onFailure: `${no}${late}`, wayBack: '' };
    }
    case 'watch': {
      const { type, runOn, target } = step.measure;
      const until = step.untilMs === null ? '' : `, in the background until ${offset(step.untilMs)}`;
      const where = `${target === null ? runOn : `${runOn} -> ${target}`}, every ${span(step.intervalMs)}${until}`;
      return { type: `watch ${type}`, where, onFailure: step.onFailure, wayBack: '' };
    }
    case 'checklist': {
      const read = step.items.filter((item) => item.check !== null).length;
      const people = step.approvers.length > 0 ? `, asks ${step.approvers.join(', ')}` : '';
      const where = `${plural(step.items.length, 'item')}, ${read} automatic${people}`;
      return { type: 'checklist', where, onFailure: step.onFailure, wayBack: '' };
    }
    case 'wait':
      return { type: 'wait', where: step.forMs > 0 ? span(step.forMs) : '', onFailure: '', wayBack: '' };
  }
};

const word = (onTimeout: 'hold' | 'no_go'): string => (onTimeout === 'hold' ? 'hold' : 'no-go');

const wayBack = (undo: Extract<PlanStep, { kind: 'act' }>['undo']): string => {
  const guarded =
    undo.preconditions.length > 0
      ? `, if ${plural(undo.preconditions.length, 'check passes', 'checks pass')}`
      : '';
  switch (undo.mode) {
    case 'auto':
      return `auto${guarded}`;
    case 'own':
      return `own, ${plural(undo.acts.length, 'act')}${guarded}`;
    case 'none':
      return `NONE: ${undo.why ?? ''}`;
    case 'nothing':
      return 'nothing to undo';
  }
};

export const stepTable = (plan: Plan): string =>
  columns(
    [
      ['AT', 'STEP', 'TYPE', 'WHERE', 'ON FAILURE', 'ROLLBACK'],
      ...stepRows(plan).map(({ at, step, type, parallel, beginsLane, where, onFailure, wayBack: back }) =>
        step === null
          ? ['', `---- ${type} ----`, '', '', '', back]
          : [
              at ?? '',
              `${parallel === null ? '' : beginsLane ? '+ ' : '| '}${step}`,
              type,
              where,
              onFailure,
              back,
            ],
      ),
    ].map((row) => row.map(clean)),
  );
