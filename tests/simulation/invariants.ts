/** What must never happen, whatever the world does; asked before each event is folded. */

import type { ActKey, Event, Recorded } from '../../engine/decide/events.ts';
import { actKey, isUndo, parseActKey } from '../../engine/decide/keys.ts';
import { holdsLock } from '../../engine/decide/lock.ts';
import { mayHaveActed } from '../../engine/decide/queries.ts';
import type { RunState } from '../../engine/decide/state.ts';
import type { Plan } from '../../engine/plan.ts';
import { checkSpans } from './spans.ts';

interface Subject {
  readonly plan: Plan;
  readonly state: RunState;
  /** Attempts that are really at work. */
  readonly living: ReadonlySet<string>;
  /** Attempts that really changed the world. */
  readonly applied: ReadonlySet<string>;
  readonly now: number;
}

const never = (what: string, event: Recorded): never => {
  throw new Error(`${what}: ${JSON.stringify(event)}`);
};

export const check = (run: Subject, event: Recorded): void => {
  if (run.state.settled && event.type !== 'session-started' && event.type !== 'rollback-started') {
    never('something happened after the end', event);
  }
  if (event.type === 'step-started') checkOrder(run, event);
  if (event.type === 'act-started') checkStart(run, event);
  if (
    run.plan.lock &&
    (event.type === 'act-started' || event.type === 'step-started') &&
    !holdsLock(run.state)
  )
    never('something started without the lock', event);
  if (event.type === 'run-settled' && holdsLock(run.state))
    never('the end of a run that keeps its lock', event);
  if (event.type === 'run-held') checkDrained(run, event);
  if (event.type === 'line-crossed') checkLine(run, event);
  if (event.type === 'watch-measured') checkMeasured(run, event);
  if (event.type === 'watch-tripped' && run.state.steps[event.step]?.watch?.tripped) {
    never('a watch tripped twice', event);
  }
  if (event.type === 'item-checked') checkItem(run, event);
  if (event.type === 'condition-checked') checkCondition(run, event);
  if (event.type === 'step-started') checkStepStart(run, event);
  if (event.type === 'step-settled' && event.because) checkSkipped(run, event);
  checkSpans(run, event);
  if (event.type === 'rollback-started' && run.state.line)
    never('a rollback after the point of no return', event);
  if (event.type === 'run-settled') checkEnd(run, event);
};

const isOver = (state: RunState, id: string): boolean =>
  !['pending', 'running'].includes(state.steps[id]?.state ?? 'pending');

/** The list, as its entries and their chains are written. */
const chainsOf = (plan: Plan): readonly (readonly (readonly string[])[])[] =>
  plan.entries.map((e) => {
    if (e.kind === 'line') return [];
    return e.kind === 'step' ? [[e.step]] : (e.lanes ?? e.steps.map((id) => [id]));
  });

/** A step starts when all of its lane before it is over, and all of the entries before its own. */
const checkOrder = ({ plan, state }: Subject, event: Extract<Event, { type: 'step-started' }> & Recorded) => {
  const passed = (id: string): boolean => {
    const step = plan.steps[id];
    const beside = step?.kind === 'watch' && step.untilMs !== null;
    return isOver(state, id) || (beside && state.steps[id]?.state === 'running');
  };
  if (state.hold || state.rollback) never('a step started in a hold or a rollback', event);
  const entries = chainsOf(plan);
  const at = entries.findIndex((chains) => chains.flat().includes(event.step));
  const chain = entries[at]?.find((each) => each.includes(event.step)) ?? [];
  const before = [...entries.slice(0, at).flat(2), ...chain.slice(0, chain.indexOf(event.step))];
  const open = before.find((id) => !passed(id));
  if (open !== undefined) never(`a step started before ${open} was over`, event);
};

/** Nothing is undone before what came after it: in its lane, and in the entries after its own. */
const checkUndoOrder = ({ plan, state }: Subject, step: string, event: Recorded) => {
  const owes = (id: string): boolean => {
    const planned = plan.steps[id];
    if (planned?.kind !== 'act' || planned.undo.mode === 'nothing') return false;
    const acted = state.acts[actKey(id, 'do', 0)]?.attempts.some(mayHaveActed);
    return acted === true && !['undone', 'kept'].includes(state.steps[id]?.state ?? 'pending');
  };
  const entries = chainsOf(plan);
  const at = entries.findIndex((chains) => chains.flat().includes(step));
  const chain = entries[at]?.find((each) => each.includes(step)) ?? [];
  const after = [...entries.slice(at + 1).flat(2), ...chain.slice(chain.indexOf(step) + 1)];
  const left = after.find(owes);
  if (left !== undefined) never(`${step} is undone before ${left}`, event);
};

/** A failure is asked about once all that runs beside it has ended. */
const checkDrained = ({ state }: Subject, event: Extract<Event, { type: 'run-held' }> & Recorded) => {
  if (event.cause !== 'failed' && event.cause !== 'unknown') return;
  const running = Object.entries(state.acts).find(([key, act]) => {
    const last = act.attempts.at(-1);
    const own = last?.session === state.session?.n && parseActKey(key as ActKey).phase !== 'trip';
    return own && last?.result === null && !act.done;
  });
  if (running) never(`held while ${running[0]} runs`, event);
};

/** Work of an earlier attempt of the same act. */
const isBesideItself = (living: ReadonlySet<string>, act: string): boolean =>
  [...living].some((id) => id.startsWith(`${act}#`));

const checkStart = (run: Subject, event: Extract<Event, { type: 'act-started' }> & Recorded) => {
  const { plan, state, living } = run;
  const { step, phase } = parseActKey(event.act);
  const act = state.acts[event.act];
  const last = act?.attempts.at(-1);
  const guard = phase === 'pre' || phase === 'undo-pre';
  if (act?.done && !(guard && last?.session !== state.session?.n)) {
    never('a finished act was started again', event);
  }
  if (last && !last.waived && last.probe?.state === 'unknown' && phase === 'do') {
    never('an act that may have happened was started again without a person', event);
  }
  if (
    last?.result === null &&
    last.session === state.session?.n &&
    !last.waived &&
    last.probe?.state !== 'not-done'
  ) {
    never('an act was started while it was running', event);
  }
  if (isBesideItself(living, event.act)) never('an act was started beside its own living work', event);
  if (phase !== 'trip') {
    if (state.hold) never('an act was started while the run was held', event);
    const tripped = Object.keys(state.steps).find((id) => isTripped({ plan, state }, id));
    if (tripped && !isUndo(phase)) never(`an act was started although ${tripped} has tripped`, event);
  }
  if (isUndo(phase)) {
    if (!state.rollback || state.line) never('an undo outside of a rollback', event);
    const forward = [...living].filter((l) => !l.includes('/undo'));
    if (forward.length > 0) never(`an undo while ${forward} lives`, event);
    checkUndoOrder(run, step, event);
  } else {
    if (state.rollback) never('going forward during a rollback', event);
    const left = [...living].filter(
      (l) => l.includes('/do/') && isOver(state, parseActKey(l as ActKey).step),
    );
    if (left.length > 0 && phase !== 'trip') never(`going on while ${left} lives`, event);
  }
};

/** Nobody has decided yet; a watch with `continue` asks nobody. */
const isTripped = ({ plan, state }: Pick<Subject, 'plan' | 'state'>, id: string): boolean => {
  const step = plan.steps[id];
  const s = state.steps[id];
  return (
    step?.kind === 'watch' && step.onFailure !== 'continue' && s?.state === 'running' && !!s.watch?.tripped
  );
};

const checkMeasured = (
  { plan, state }: Subject,
  event: Extract<Event, { type: 'watch-measured' }> & Recorded,
) => {
  const s = state.steps[event.step];
  if (event.n !== (s?.watch?.last?.n ?? 0) + 1) never('a measurement counted twice, or left out', event);
  if (s?.state !== 'running' || s.watch?.tripped || state.rollback) never('nobody watches any more', event);
  const step = plan.steps[event.step];
  const early = s?.watch?.last && step?.kind === 'watch' && event.at < s.watch.last.at + step.intervalMs;
  if (early) never('a measurement before its time', event);
};

const checkCondition = (
  { plan, state }: Subject,
  event: Extract<Event, { type: 'condition-checked' }> & Recorded,
) => {
  const s = state.steps[event.step];
  if (plan.steps[event.step]?.when === undefined) never('a condition that there is not', event);
  if (s && s.state !== 'pending') never('a condition of a step that has started or ended', event);
  if (s?.condition && !s.condition.outdated) never('a condition evaluated twice', event);
  if (state.hold || state.rollback) never('a condition evaluated while nothing goes forward', event);
};

const checkStepStart = (
  { plan, state }: Subject,
  event: Extract<Event, { type: 'step-started' }> & Recorded,
) => {
  if (plan.steps[event.step]?.when === undefined) return;
  const condition = state.steps[event.step]?.condition;
  if (!condition?.holds || condition.error !== null || condition.outdated)
    never('a step started although its condition is not known to be true', event);
};

const checkSkipped = ({ state }: Subject, event: Extract<Event, { type: 'step-settled' }> & Recorded) => {
  const s = state.steps[event.step];
  if (event.state !== 'skipped' || s?.condition?.holds !== false || s.condition.error !== null)
    never('skipped by a condition that is not known to be false', event);
  if (s?.startedAt != null) never('skipped by its condition after it had started', event);
  if (Object.keys(state.acts).some((key) => parseActKey(key as ActKey).step === event.step))
    never('skipped by its condition after an act of it', event);
};

const checkItem = ({ state }: Subject, event: Extract<Event, { type: 'item-checked' }> & Recorded) => {
  const s = state.steps[event.step];
  if (s?.state !== 'running' || state.rollback) never('an item of a checklist that is not open', event);
  if (s?.checklist?.items[event.item]) never('an item answered twice', event);
};

/** Once crossed it stays crossed: a second attempt after it needs no second go. */
const checkLine = ({ plan, state, now }: Subject, event: Recorded) => {
  const line = plan.entries.find((e) => e.kind === 'line');
  if (line?.kind !== 'line' || state.line) return;
  const gate = state.steps[line.gate]?.gate;
  const open = gate?.verdict === 'go' && gate.openedSession === state.session?.n;
  if (!open || (gate.validUntil !== null && now > gate.validUntil))
    never('the line without a valid go', event);
};

const checkEnd = (
  { plan, state, living, applied }: Subject,
  event: Extract<Event, { type: 'run-settled' }> & Recorded,
) => {
  if (event.result === 'rolled_back' && living.size > 0)
    never(`rolled back while ${[...living]} lives`, event);
  for (const step of Object.values(plan.steps)) {
    const s = state.steps[step.id];
    const over = s !== undefined && s.state !== 'pending' && s.state !== 'running';
    if (event.result === 'succeeded' && !over) never(`${step.id} has not ended`, event);
    if (step.kind === 'checklist' && s?.state === 'succeeded') {
      const passed = step.items.every((item) => s.checklist?.items[item.id]?.passed);
      if (!passed) never(`${step.id} succeeded with an item that did not pass`, event);
    }
    if (step.kind === 'watch' && s?.state === 'succeeded' && !s.watch?.since.success) {
      never(`${step.id} succeeded without a good measurement`, event);
    }
    if (step.kind === 'watch' && s?.state === 'succeeded' && s.watch?.last?.verdict === 'error') {
      never(`${step.id} succeeded although nothing could be measured at its end`, event);
    }
    if (event.result === 'rolled_back' && step.kind === 'act') {
      const acted = state.acts[actKey(step.id, 'do', 0)]?.attempts.some(mayHaveActed);
      const really = [...applied].some((id) => id.startsWith(`${actKey(step.id, 'do', 0)}#`));
      if (really && s?.state !== 'undone' && s?.state !== 'kept') {
        never(`${step.id} really happened, and was not rolled back`, event);
      }
      if (acted && s?.state !== 'undone' && s?.state !== 'kept') never(`${step.id} was left behind`, event);
    }
  }
};
