/** Every single fault of a plan: what may go wrong once, where, and under which name. */
import { actKey } from '../decide/keys.ts';
import type { Plan, PlanAct, PlanActStep, PlanChecklist, PlanGate, PlanStep, PlanWatch } from '../plan.ts';

export const faultWords = {
  fails: 'fails, nothing changed',
  'fails-changed': 'fails, something changed',
  'times-out': 'times out, nothing changed',
  'times-out-done': 'times out, found done',
  'times-out-not-done': 'times out, found not done',
  'times-out-partial': 'times out, found half done',
  'times-out-unknown-done': 'times out, outcome unknown, was done',
  'times-out-unknown-not-done': 'times out, outcome unknown, was not done',
  'crash-before': 'the engine dies before it',
  'crash-after': 'the engine dies after it, before its outcome is recorded',
  'lost-hour': 'the engine is lost for an hour before it',
  'check-fails': 'fails',
  'no-go': 'no-go',
  silence: 'nobody answers',
  criterion: 'its criteria are false',
  'gate-lost-hour': 'the engine is lost for an hour while the gate is open',
  'item-fails': 'answered: failed',
  trips: 'trips',
  'when-false': 'its when is false',
  'when-error': 'its when cannot be evaluated',
} as const;
export type FaultKind = keyof typeof faultWords;

export interface Fault {
  /** `freeze:fails`, `freeze.verify.1:check-fails`: part of the ids of stories. */
  readonly id: string;
  readonly step: string;
  /** Where in its step: `verify 1`; null: the step itself. */
  readonly part: string | null;
  readonly kind: FaultKind;
  /** What the world is asked when it strikes: an act key, or `gate:`, `item:`, `watch:`, `when:` and an id. */
  readonly at: string;
  /** Only something else leads there, a rollback or a trip: it is never a single fault. */
  readonly second: boolean;
}

/** `undo precondition 1`: ids have the short words of act keys. */
export const partText = (part: string): string =>
  part.replace('undo-', 'undo ').replace(/\bpre\b/, 'precondition');

export const gatePoint = (step: string): string => `gate:${step}`;
export const itemPoint = (step: string, item: string): string => `item:${step}/${item}`;
export const watchPoint = (step: string): string => `watch:${step}`;
export const conditionPoint = (step: string): string => `when:${step}`;

const writeKinds: readonly FaultKind[] = [
  'fails',
  'fails-changed',
  'times-out-done',
  'times-out-not-done',
  'times-out-partial',
  'times-out-unknown-done',
  'times-out-unknown-not-done',
  'crash-before',
  'crash-after',
  'lost-hour',
];
const readKinds: readonly FaultKind[] = ['fails', 'times-out', 'crash-before', 'crash-after', 'lost-hour'];

const fault = (step: string, part: string | null, kind: FaultKind, at: string, second = false): Fault => ({
  id: `${step}${part === null ? '' : `.${part.replaceAll(' ', '.')}`}:${kind}`,
  step,
  part,
  kind,
  at,
  second,
});

/** In the order of the list. */
export const faultsOf = (plan: Plan): readonly Fault[] =>
  plan.entries
    .flatMap((e) => (e.kind === 'line' ? [] : e.kind === 'step' ? [e.step] : e.steps))
    .flatMap((id) => {
      const step = plan.steps[id];
      return step ? [...ofCondition(step), ...faultsOfStep(step)] : [];
    });

/** What every other story has is that it is true. */
const ofCondition = ({ id, when }: PlanStep): readonly Fault[] =>
  when === undefined
    ? []
    : (['when-false', 'when-error'] as const).map((kind) => fault(id, null, kind, conditionPoint(id)));

const faultsOfStep = (step: PlanStep): readonly Fault[] => {
  switch (step.kind) {
    case 'act':
      return [...ofAct(step), ...ofUndo(step)];
    case 'gate':
      return ofGate(step);
    case 'checklist':
      return ofChecklist(step);
    case 'watch':
      return ofWatch(step);
    case 'wait':
      return [];
  }
};

const checks = (
  { id }: PlanActStep,
  acts: readonly PlanAct[],
  phase: 'pre' | 'verify' | 'undo-pre' | 'undo-verify',
  second = false,
): readonly Fault[] =>
  acts.map((_, i) => fault(id, `${phase} ${i + 1}`, 'check-fails', actKey(id, phase, i), second));

const ofAct = (step: PlanActStep): readonly Fault[] => {
  const kinds = step.act.effects === 'write' ? writeKinds : readKinds;
  return [
    ...checks(step, step.preconditions, 'pre'),
    ...kinds.map((kind) => fault(step.id, null, kind, actKey(step.id, 'do', 0))),
    ...checks(step, step.verify, 'verify'),
  ];
};

const ofUndo = (step: PlanActStep): readonly Fault[] => [
  ...checks(step, step.undo.preconditions, 'undo-pre', true),
  ...step.undo.acts.flatMap((_, i) =>
    writeKinds.map((kind) => fault(step.id, `undo ${i + 1}`, kind, actKey(step.id, 'undo', i), true)),
  ),
  ...checks(step, step.undo.verify, 'undo-verify', true),
];

/** `go` is what every other story has. */
const ofGate = (gate: PlanGate): readonly Fault[] => {
  const asked: readonly FaultKind[] = gate.prompt === null ? [] : ['no-go', 'gate-lost-hour'];
  const read: readonly FaultKind[] = gate.criteria.length > 0 ? ['criterion'] : [];
  const kinds: readonly FaultKind[] = [...read, 'silence', ...asked];
  return kinds.map((kind) => fault(gate.id, null, kind, gatePoint(gate.id)));
};

const ofChecklist = (list: PlanChecklist): readonly Fault[] =>
  list.items.flatMap((item, i) => {
    const part = `item ${item.id}`;
    if (item.check) return [fault(list.id, part, 'check-fails', actKey(list.id, 'item', i))];
    return (['item-fails', 'silence'] as const).map((kind) =>
      fault(list.id, part, kind, itemPoint(list.id, item.id)),
    );
  });

const ofWatch = (watch: PlanWatch): readonly Fault[] => [
  fault(watch.id, null, 'trips', watchPoint(watch.id)),
  ...watch.onTrip.map((_, i) => fault(watch.id, `trip ${i + 1}`, 'fails', actKey(watch.id, 'trip', i), true)),
];
