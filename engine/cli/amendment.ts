/**
 * The runbook changed between two sessions: what a resume may accept, and the text that is recorded.
 * Steps that ran must not change. Later steps may change, but a weaker gate or undo needs an explicit acceptance.
 */

import { actKey } from '../decide/keys.ts';
import { lanesOf } from '../decide/lanes.ts';
import { entrySteps } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import { type Diagnostic, DiagnosticError, diagnose } from '../diagnostic.ts';
import { digestOf } from '../digest.ts';
import type { Json, Plan, PlanSpan, PlanStep } from '../plan.ts';

export interface Amendment {
  readonly changes: readonly string[];
  readonly accepted: readonly { readonly step: string; readonly reason: string }[];
}

interface Change {
  readonly step: string;
  readonly text: string;
  /** Why a person has to accept it; null: it is only shown. */
  readonly refusal: Diagnostic | null;
}

export interface Acceptance {
  readonly steps: readonly string[];
  readonly reason: string;
}

/** null: nothing changed. Throws RB630 to RB634, all problems at once. */
export const amend = (before: Plan, after: Plan, state: RunState, accept: Acceptance): Amendment | null => {
  if (before.digest === after.digest && accept.steps.length === 0) return null;
  const ids = [...new Set([...Object.keys(before.steps), ...Object.keys(after.steps)])];
  const types = changedTypes(before, after);
  const changes = ids.flatMap((id) => changesOf(before.steps[id], after.steps[id], state));
  const problems = [
    ...structureProblems(before, after, state),
    ...changes.flatMap((c) => (c.refusal && !accept.steps.includes(c.step) ? [c.refusal] : [])),
    ...accept.steps
      .filter((step) => !changes.some((c) => c.step === step && c.refusal))
      .map((step) => diagnose('RB633', { step })),
  ];
  if (problems.length > 0) throw new DiagnosticError(problems);
  return {
    changes: [
      ...types,
      ...changes.map((c) => c.text),
      ...orderChanges(before, after),
      ...timelineChanges(before, after),
      ...provenChanges(before, after),
      ...spanChanges(before, after),
      ...(tellsOf(before) === tellsOf(after) ? [] : ['the notifications of the run changed']),
    ],
    accepted: accept.steps.map((step) => ({ step, reason: accept.reason })),
  };
};

/** Steps of such a type are among those whose action changed. */
const changedTypes = (before: Plan, after: Plan): string[] => {
  const shown = (plan: Plan, name: string): string | null => {
    const of = plan.stepTypes?.[name];
    if (of === undefined) return null;
    return 'template' in of
      ? digestOf({ ...of })
      : digestOf({ ...of, digests: of.files.map((path) => plan.files[path] ?? null) });
  };
  const names = new Set([before, after].flatMap(({ stepTypes }) => Object.keys(stepTypes ?? {})));
  return [...names].sort().flatMap((name) => {
    const [was, is] = [shown(before, name), shown(after, name)];
    if (was === is) return [];
    if (was === null) return [`step type ${name} added`];
    const of = after.stepTypes?.[name];
    if (is === null || !of) return [`step type ${name} removed`];
    return [`step type ${name} changed (${'template' in of ? of.template : of.module})`];
  });
};

const hasStarted = (state: RunState, id: string): boolean =>
  (state.steps[id]?.state ?? 'pending') !== 'pending';

const changesOf = (before: PlanStep | undefined, after: PlanStep | undefined, state: RunState): Change[] => {
  if (!before) return after ? [{ step: after.id, text: `${after.id} added`, refusal: null }] : [];
  const { id, line } = before;
  const started = hasStarted(state, id);
  if (!after) {
    const refusal = started
      ? diagnose('RB631', { step: id })
      : isGuard(before)
        ? diagnose('RB634', { step: id, line, what: 'The existence' })
        : null;
    return [{ step: id, text: `${id} removed`, refusal }];
  }
  const changes: Change[] = [];
  if (before.digest.forward !== after.digest.forward) {
    const refusal = started
      ? diagnose('RB630', { step: id, line: after.line, change: 'its action was changed' })
      : isGuard(before)
        ? diagnose('RB634', { step: id, line: after.line, what: 'The decision' })
        : null;
    changes.push({ step: id, text: `${id}: its action changed`, refusal });
  }
  if (before.digest.undo !== after.digest.undo) {
    const weaker = undoOf(before) !== 'none' && undoOf(after) === 'none';
    const refusal = weaker ? diagnose('RB634', { step: id, line: after.line, what: 'The undo' }) : null;
    changes.push({ step: id, text: `${id}: its undo changed`, refusal });
  }
  if (before.digest.cosmetic !== after.digest.cosmetic) {
    changes.push({ step: id, text: `${id}: its texts or times changed`, refusal: null });
  }
  return changes;
};

/** Kinds that may stop a run: a change to one needs an explicit acceptance. */
const guards = {
  act: false,
  wait: false,
  gate: true,
  watch: true,
  checklist: true,
} satisfies Record<PlanStep['kind'], boolean>;

const isGuard = ({ kind }: PlanStep): boolean => guards[kind];

const undoOf = (step: PlanStep): string => (step.kind === 'act' ? step.undo.mode : 'nothing');

const order = (plan: Plan): readonly string[] =>
  plan.entries.flatMap((e) => (e.kind === 'line' ? [':line'] : entrySteps(e)));

/** Started steps keep their position, with nothing new before them. */
const structureProblems = (before: Plan, after: Plan, state: RunState): Diagnostic[] => {
  const problems: Diagnostic[] = [];
  const wasOrder = order(before);
  const isOrder = order(after);
  const lastStarted = wasOrder.findLastIndex((id) => hasStarted(state, id));
  const moved = wasOrder.slice(0, lastStarted + 1).find((id, i) => isOrder[i] !== id);
  if (moved !== undefined && isOrder.includes(moved)) {
    problems.push(diagnose('RB632', { what: `something was added or moved before "${moved}"` }));
  }
  if (wasOrder.includes(':line') && !isOrder.includes(':line')) {
    problems.push(diagnose('RB632', { what: 'the point of no return was removed' }));
  }
  const nowBefore = isOrder.slice(0, Math.max(0, isOrder.indexOf(':line')));
  const passed = wasOrder.slice(wasOrder.indexOf(':line') + 1).find((id) => nowBefore.includes(id));
  if (wasOrder.includes(':line') && passed !== undefined) {
    problems.push(diagnose('RB632', { what: `"${passed}" was after the point of no return` }));
  }
  for (const id of Object.keys(state.steps).filter((step) => undoneOtherwise(before, after, state, step))) {
    problems.push(diagnose('RB632', { what: `the undo of "${id}" has started, and it was changed` }));
  }
  return problems;
};

/** Acts are keyed by their index: an undo act that is done or may be running must keep its index. */
const undoneOtherwise = (before: Plan, after: Plan, state: RunState, id: string): boolean => {
  const [was, is] = [before.steps[id], after.steps[id]];
  if (was?.kind !== 'act' || is?.kind !== 'act' || was.digest.undo === is.digest.undo) return false;
  return was.undo.acts.some((act, i) => {
    const begun = state.acts[actKey(id, 'undo', i)];
    const counts = begun && (begun.done || begun.attempts.at(-1)?.result === null);
    return counts && digestOf(act) !== digestOf(is.undo.acts[i] ?? null);
  });
};

/** Nothing of it changes what the run does. */
const provenChanges = (before: Plan, after: Plan): string[] => {
  const proven = ({ facts = {}, invariants = [] }: Plan) =>
    digestOf({ facts, invariants: invariants.map((i) => ({ ...i })) });
  return proven(before) === proven(after) ? [] : ['facts or invariants changed'];
};

const tellsOf = ({ notify = [] }: Plan): string =>
  digestOf(notify.map(({ line: _, ...each }) => each) as unknown as Json);

const spanChanges = (before: Plan, after: Plan): string[] => {
  const text = ({ name, from, to, limitMs, onBreach }: PlanSpan) =>
    digestOf({ name, from, to, limitMs, onBreach });
  const [was, is] = [before, after].map(({ spans = [] }) => new Map(spans.map((each) => [each.id, each])));
  return [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].flatMap((id) => {
    const [old, now] = [was?.get(id), is?.get(id)];
    if (!old) return [`span ${id} added`];
    if (!now) return [`span ${id} removed`];
    return text(old) === text(now) ? [] : [`span ${id} changed`];
  });
};

const orderChanges = (before: Plan, after: Plan): string[] => {
  const both = (plan: Plan, other: Plan): string => {
    const known = new Set(order(other));
    return order(plan)
      .filter((id) => known.has(id))
      .join();
  };
  const side = (plan: Plan): string =>
    plan.entries
      .flatMap((e) =>
        e.kind === 'parallel'
          ? [
              lanesOf(e)
                .map((lane) => lane.join())
                .join('|'),
            ]
          : [],
      )
      .join(';');
  return [
    ...(both(before, after) === both(after, before) ? [] : ['the order of the steps changed']),
    ...(side(before) === side(after) ? [] : ['the parallel blocks changed']),
  ];
};

const timelineChanges = (before: Plan, after: Plan): string[] => {
  const changes: string[] = [];
  if (before.timeline.hardStopMs !== after.timeline.hardStopMs) changes.push('the hard stop changed');
  if (before.timeline.opensMs !== after.timeline.opensMs)
    changes.push('the start of the maintenance window changed');
  return changes;
};
