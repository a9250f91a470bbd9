/**
 * decide(plan, state, now) -> what to do next. Pure: the same core runs on the local journal, in a simulator
 * and inside a workflow. A decision is repeated, with the same id, until an event shows that it was carried out.
 */

import type { Plan, PlanEntry, PlanStep } from '../plan.ts';
import { stopAct } from './advance-act.ts';
import { advanceRollback } from './advance-rollback.ts';
import { advanceStep } from './advance-step.ts';
import { advanceWatch } from './advance-watch.ts';
import type { Decision } from './decisions.ts';
import type { Phase } from './events.ts';
import { firstOpenEntry, isOver, openSteps } from './front.ts';
import { parseActKey } from './keys.ts';
import { placeOf } from './lanes.ts';
import { underLock } from './lock.ts';
import { afterAct, go, holdDecision, type Move } from './move.ts';
import { owedSteps } from './owed.ts';
import { pausesOf } from './pause.ts';
import { isRunning, mayStillWork, runningWatches, stoppingWatches } from './queries.ts';
import { breachedSpans, spanDecisions, spanHold } from './spans.ts';
import type { RunState } from './state.ts';
import { following, together } from './together.ts';
import { openActs } from './touched.ts';

export const decide = (plan: Plan, state: RunState, now: number): readonly Decision[] => {
  if (state.settled || !state.session || state.session.endedAt !== null) return [];
  const spans = spanDecisions(plan, state, now);
  if (state.hold) return [...spans, ...whileHeld(plan, state, now)];
  const move = state.rollback ? advanceRollback(plan, state, now) : forward(plan, state, now);
  // Spans first: nothing is recorded after the end of the run.
  return [...spans, ...underLock(plan, state, carryOut(plan, state, move))];
};

/** Watches keep measuring. A lock that another run has is told once the hold is resolved. */
const whileHeld = (plan: Plan, state: RunState, now: number): readonly Decision[] => {
  if (state.rollback || state.hold?.cause === 'lock') return [];
  const wanted = beside(plan, state, besideMoves(plan, state, now));
  return underLock(plan, state, wanted).filter((d) => d.do !== 'hold');
};

const besideMoves = (plan: Plan, state: RunState, now: number): readonly Move[] =>
  runningWatches(plan, state).map((watch) => advanceWatch(plan, state, watch, now));

/** A trip without acts is a hold at once: steps that can pause are paused while the run is held, too. */
const beside = (plan: Plan, state: RunState, moves: readonly Move[]): readonly Decision[] => [
  ...moves.flatMap((m) => (m.kind === 'go' ? m.decisions : [])),
  ...pausesOf(plan, state),
];

const carryOut = (plan: Plan, state: RunState, move: Move): readonly Decision[] => {
  switch (move.kind) {
    case 'go':
      return move.decisions;
    case 'hold':
      return [holdDecision(state, move.request)];
    case 'roll-back': {
      const owed = owedSteps(plan, state).map((step) => step.id);
      return [{ do: 'roll-back', id: 'roll-back', reason: move.reason, by: null, owed }];
    }
  }
};

/** The list and the background watches. After a trip or a breach, no step starts until a person has chosen. */
const forward = (plan: Plan, state: RunState, now: number): Move => {
  const moves = besideMoves(plan, state, now);
  const list = walk(plan, state, now);
  const tripped = stoppingWatches(plan, state).length > 0;
  const stop = moves.find((m) => m.kind !== 'go');
  if (stop && list.kind !== 'roll-back') return stop;
  // The acts of the trip come before the rollback, which ends all that still runs.
  const telling = tripped && !stop;
  if (list.kind !== 'go' && !telling) return list;
  const wanted = list.kind === 'go' ? list.decisions : [];
  const breached = breachedSpans(plan, state, now);
  const late = tripped ? null : spanHold(state, breached);
  if (late) return late;
  const starts = !tripped && breached.length === 0;
  return go(...beside(plan, state, moves), ...(starts ? wanted : following(wanted)));
};

const walk = (plan: Plan, state: RunState, now: number): Move => {
  for (let i = firstOpenEntry(plan, state); i < plan.entries.length; i++) {
    const left = endLeft(plan, state, i);
    if (left) return left;
    const open = openSteps(plan, state, plan.entries[i] as PlanEntry);
    if (open.length > 0) return advanceLanes(plan, state, open, now);
  }
  // The run ends only after its watches.
  if (runningWatches(plan, state).length > 0) return go();
  return go({ do: 'finish', id: 'finish', result: 'succeeded' });
};

/** A skipped step may still have a running process, which is ended before anything else starts. */
const endLeft = (plan: Plan, state: RunState, entry: number): Move | null => {
  const stops: Decision[] = [];
  for (const act of openActs(state)) {
    const { step: id, phase } = parseActKey(act);
    if (phase !== 'do' || placeOf(plan, id).entry !== entry || !isOver(state, id)) continue;
    const step = plan.steps[id];
    const last = state.acts[act]?.attempts.at(-1);
    if (step?.kind !== 'act' || step.act.effects === 'read' || !last) continue;
    if (last.living && !last.endAgain) {
      return afterAct(state, { id, onFailure: 'hold' }, act, { is: 'living' });
    }
    if (mayStillWork(last) && !state.acts[act]?.done) stops.push(stopAct(act, last.n));
  }
  return stops.length > 0 ? { kind: 'go', decisions: stops } : null;
};

/** One step of each lane. */
const advanceLanes = (plan: Plan, state: RunState, open: readonly PlanStep[], now: number): Move =>
  together(
    open.map((step) => advanceStep(plan, state, step, now)),
    () => areWorking(state, new Set(open.map(({ id }) => id))),
  );

const forwardPhases: readonly Phase[] = ['pre', 'do', 'verify', 'item'];

const areWorking = (state: RunState, ids: ReadonlySet<string>): boolean =>
  openActs(state).some((key) => {
    const { step, phase } = parseActKey(key);
    return ids.has(step) && forwardPhases.includes(phase) && isRunning(state, key);
  });
