/** The rollback, if there was one: why, what was undone, what was not. */

import { parseActKey } from '../decide/keys.ts';
import { undoTookMs } from '../decide/queries.ts';
import { instant, plural, span } from '../words/format.ts';
import { code, type Inline, list, md, text } from './markdown.ts';
import type { ReportedRun } from './reported-run.ts';
import { section } from './section.ts';

const rollbackOf = ({ plan, state }: ReportedRun) => {
  const back = state.rollback;
  if (!back) return null;
  return {
    startedAt: back.startedAt,
    settledAt: back.settledAt,
    reason: back.reason,
    /** null: a rule of the runbook. */
    by: back.by,
    owed: back.owed,
    steps: back.owed.map((id) => {
      const step = plan.steps[id];
      const s = state.steps[id];
      return {
        step: id,
        state: s?.state === 'undone' || s?.state === 'kept' ? s.state : null,
        why: (step?.kind === 'act' ? step.undo.why : null) ?? s?.reason ?? null,
        tookMs: undoTookMs(state, id),
        failedAttempts: Object.entries(state.acts)
          .filter(([key]) => {
            const act = parseActKey(key as keyof typeof state.acts);
            return act.step === id && act.phase.startsWith('undo');
          })
          .reduce((sum, [, act]) => sum + act.attempts.filter((a) => a.result === 'failed').length, 0),
      };
    }),
  };
};

type Back = NonNullable<ReturnType<typeof rollbackOf>>;

const stepLine = (s: Back['steps'][number]): Inline => {
  const word = s.state === 'undone' ? 'undone' : s.state === 'kept' ? 'left as it is' : 'NOT undone';
  const took = s.tookMs === null ? '' : ` in ${span(s.tookMs)}`;
  const failed = s.failedAttempts === 0 ? '' : `, after ${plural(s.failedAttempts, 'failed attempt')}`;
  const why = s.why === null ? '' : `: ${s.why}`;
  return md`${code(s.step)} ${text(`${word}${took}${failed}${why}`)}`;
};

export const rollback = section('Rollback', rollbackOf, (back) => {
  if (!back) return [];
  const by = back.by === null ? 'by a rule of the runbook' : `asked by ${back.by}`;
  const undone = back.steps.filter((s) => s.state === 'undone').length;
  const ended = undone === 0 ? 'ended, nothing undone,' : 'complete';
  const took =
    back.settledAt === null ? 'not complete' : `${ended} after ${span(back.settledAt - back.startedAt)}`;
  return [
    [md`Started ${text(instant(back.startedAt))}, ${text(by)}, ${text(took)}: ${text(back.reason)}`],
    list(back.steps.map(stepLine)),
  ];
});
