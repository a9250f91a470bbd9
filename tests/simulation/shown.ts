/** What the screens say of a run must be so: asked of simulated runs, whatever goes wrong in them. */
import type { Recorded } from '../../engine/decide/events.ts';
import { outlook } from '../../engine/decide/outlook.ts';
import type { RunState } from '../../engine/decide/state.ts';
import { hardStop } from '../../engine/decide/times.ts';
import type { Plan } from '../../engine/plan.ts';
import { lineId, openEnd, rollbackEntries, settledEnd } from '../../engine/views/step-list.ts';
import { standing, stateWord } from '../../engine/words/overview.ts';
import { stepWord } from '../../engine/words/step-word.ts';

interface Seen {
  readonly plan: Plan;
  readonly state: RunState;
  readonly now: number;
}

const lie = (what: string): never => {
  throw new Error(`the screen: ${what}`);
};

/** Just before the crossing is recorded: the moment that was shown for it has not passed unnoticed. */
export const checkShownCrossing = ({ plan, state, now }: Seen, event: Recorded): void => {
  if (event.type !== 'line-crossed' || state.line) return;
  const until = outlook(plan, state, now).rollbackUntil;
  if (until === null) lie('nothing limits a rollback, and now it is too late for one');
  else if (until.at > now) lie(`a rollback is possible until ${until.at}, and at ${now} it is too late`);
};

export const checkShown = (seen: Seen): void => {
  checkRollback(seen);
  for (const id of Object.keys(seen.plan.steps)) checkStep(seen, id);
};

const checkRollback = ({ plan, state, now }: Seen): void => {
  const view = outlook(plan, state, now);
  const lines = standing(plan, state, now);
  const text = lines.map((line) => line.text).join('\n');
  const said = lines.filter((line) => /rollback/.test(line.text));
  if (state.line && said.some((line) => line.tone === 'good')) lie('a green rollback after the line');
  if (state.line && (view.canGoBack.yes || view.rollbackUntil)) lie('a rollback after the line');
  const stop = hardStop(plan, state);
  if (stop !== null && view.rollbackUntil && view.rollbackUntil.at > stop - view.rollbackOwedMs)
    lie('a rollback that starts so late ends after the hard stop');
  if (state.hold && !state.settled && text.includes('on time')) lie('on time while it is held');
  const undone = Object.values(state.steps).some((s) => s.state === 'undone');
  const rolledBack = /rolled back/i.test(`${stateWord(state)}\n${text}`);
  if (state.settled?.result === 'rolled_back' && rolledBack !== undone)
    lie(undone ? 'not said to be rolled back' : 'rolled back, and nothing was undone');
  for (const { step } of view.stays) {
    if (!state.line && !text.includes('stays: ')) lie('nothing is said to stay');
    if (view.undoes.includes(step)) lie(`${step} both stays and is undone`);
  }
};

/** Marks belong to what has begun. */
const checkStep = ({ plan, state, now }: Seen, id: string): void => {
  const s = state.steps[id];
  const marks = [settledEnd(plan, state, id)?.kind, openEnd(plan, state, id, now).kind];
  const marked = marks.some((kind) => kind === 'done' || kind === 'failed');
  if (s?.startedAt == null) {
    if (marked) lie(`${id} is marked, and never started`);
    const word = stepWord(state, id);
    const because = { pending: true, held: state.hold?.cause === 'condition' } as Record<string, boolean>;
    if (!because[word] && !(word.startsWith('skipped') && s?.skipped))
      lie(`${id} is ${word}, and never started`);
    if (word === 'skipped (condition)' && s?.condition?.holds !== false) lie(`${id} has no false condition`);
  }
  if (!state.rollback || id === lineId) return;
  const listed = rollbackEntries(plan, state.rollback.owed).some((entry) => 'id' in entry && entry.id === id);
  const begun = s?.undoStartedAt != null || s?.state === 'undone' || s?.state === 'kept';
  const forward = s?.state === 'running' || s?.state === 'pending' || s === undefined;
  if (listed && !begun && !forward && marked) lie(`the undo of ${id} is marked, and never started`);
};
