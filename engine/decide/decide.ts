/**
 * decide(plan, state, now) -> what to do next. Pure: the same core runs on the local journal, in a simulator
 * and inside a workflow. A decision is repeated, with the same id, until an event shows that it was carried out.
 */

import type { Plan, PlanEntry } from '../plan.ts';
import { stopAct } from './advance-act.ts';
import { advanceRollback } from './advance-rollback.ts';
import { advanceStep } from './advance-step.ts';
import { advanceWatch } from './advance-watch.ts';
import type { Decision } from './decisions.ts';
import { actKey } from './keys.ts';
import { underLock } from './lock.ts';
import { afterAct, go, holdDecision, type Move } from './move.ts';
import { owedSteps } from './owed.ts';
import { pausesOf } from './pause.ts';
import { perPlan } from './per-plan.ts';
import {
  entrySteps,
  isBackground,
  isRunning,
  mayStillWork,
  runningWatches,
  stepState,
  stoppingWatches,
} from './queries.ts';
import type { RunState } from './state.ts';

export const decide = (plan: Plan, state: RunState, now: number): readonly Decision[] => {
  if (state.settled || !state.session || state.session.endedAt !== null) return [];
  if (state.hold) return whileHeld(plan, state, now);
  const move = state.rollback ? advanceRollback(plan, state, now) : forward(plan, state, now);
  return underLock(plan, state, carryOut(plan, state, move));
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

/** A failed step that is settled has on_failure: continue. */
const isOver = (state: RunState, id: string): boolean => {
  const { state: current } = stepState(state, id);
  return current !== 'pending' && current !== 'running';
};

/** The list and the background watches. After a trip, no step starts until a person has chosen. */
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
  return go(...beside(plan, state, moves), ...(tripped ? following(wanted) : wanted));
};

/** Open acts of an earlier session: probe them, or follow them. */
const following = (decisions: readonly Decision[]): readonly Decision[] =>
  decisions.filter((d) => d.do === 'probe' || (d.do === 'act' && d.attach));

const walk = (plan: Plan, state: RunState, now: number): Move => {
  for (let i = firstOpenEntry(plan, state); i < plan.entries.length; i++) {
    const entry = plan.entries[i] as PlanEntry;
    const ids = entrySteps(entry);
    const left = endLeft(plan, state, ids);
    if (left) return left;
    const open = ids.filter((id) => !isOver(state, id) && !isBeside(plan, state, id));
    if (open.length > 0) return siblings(plan, state, open, now);
  }
  // The run ends only after its watches.
  if (runningWatches(plan, state).length > 0) return go();
  return go({ do: 'finish', id: 'finish', result: 'succeeded' });
};

const isBeside = (plan: Plan, state: RunState, id: string): boolean =>
  isBackground(plan.steps[id]) && stepState(state, id).state === 'running';

/** A skipped step may still have a running process, which is ended before anything else starts. */
const endLeft = (plan: Plan, state: RunState, ids: readonly string[]): Move | null => {
  const stops: Decision[] = [];
  for (const id of ids.filter((each) => isOver(state, each))) {
    const step = plan.steps[id];
    const act = actKey(id, 'do', 0);
    const last = state.acts[act]?.attempts.at(-1);
    if (step?.kind !== 'act' || step.act.effects === 'read' || !last) continue;
    if (last.living && !last.endAgain) {
      return afterAct(state, { id, onFailure: 'hold' }, act, { is: 'living' });
    }
    if (mayStillWork(last) && !state.acts[act]?.done) stops.push(stopAct(act, last.n));
  }
  return stops.length > 0 ? { kind: 'go', decisions: stops } : null;
};

/** Running siblings end before one of them holds or rolls back the run; none starts anything new. */
const siblings = (plan: Plan, state: RunState, ids: readonly string[], now: number): Move => {
  const moves: Move[] = [];
  for (const id of ids) {
    const step = plan.steps[id];
    if (step) moves.push(advanceStep(plan, state, step, now));
  }
  const urgent = moves.find((m) => m.kind === 'hold' && m.urgent);
  if (urgent) return urgent;
  const stop = moves.find((m) => m.kind !== 'go');
  const decisions = moves.flatMap((m) => (m.kind === 'go' ? m.decisions : []));
  if (!stop) return { kind: 'go', decisions };
  const left = following(decisions);
  const running = ids.some((id) => phases(plan, id).some((key) => isRunning(state, key)));
  return running || left.length > 0 ? { kind: 'go', decisions: left } : stop;
};

const phases = (plan: Plan, id: string) => {
  const step = plan.steps[id];
  if (step?.kind !== 'act') return [];
  return [
    ...step.preconditions.map((_, i) => actKey(id, 'pre', i)),
    actKey(id, 'do', 0),
    ...step.verify.map((_, i) => actKey(id, 'verify', i)),
  ];
};

/** All entries before the last started step have ended: they are not visited again. */
const firstOpenEntry = (plan: Plan, state: RunState): number =>
  state.cursor === null ? 0 : (entryIndex(plan).get(state.cursor) ?? 0);

const entryIndex = perPlan((plan): ReadonlyMap<string, number> => {
  const index = new Map<string, number>();
  for (const [i, entry] of plan.entries.entries()) {
    for (const id of entrySteps(entry)) index.set(id, i);
  }
  return index;
});
