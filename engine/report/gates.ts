/** Who said go, when, and why; every round, since an outdated go is asked again. */
import type { Recorded } from '../decide/events.ts';
import { timerId } from '../decide/keys.ts';
import { instant, span, timeOfDay } from '../words/format.ts';
import { verdictWord } from '../words/gate.ts';
import { type Block, bold, code, type Inline, list, md, text } from './markdown.ts';
import type { ReportedRun } from './reported-run.ts';
import { section } from './section.ts';

type Of<T extends Recorded['type']> = Extract<Recorded, { type: T }>;

const answerOf = ({ plan }: ReportedRun, e: Of<'gate-answered'>) => ({
  at: e.at,
  verdict: e.verdict,
  /** Approver id of the runbook; null: no approver was asked. */
  by: e.by,
  name: e.by === null ? null : (plan.approvers[e.by]?.name ?? null),
  /** Of the operating system: `by` is only claimed, this is known. */
  login: e.user,
  unattended: e.unattended,
  reason: e.reason,
});

const roundOf = (run: ReportedRun, opened: Of<'gate-opened'>) => {
  const { plan, events } = run;
  const step = plan.steps[opened.step];
  const ofRound = <T extends 'gate-answered' | 'gate-settled'>(type: T) =>
    events.filter(
      (e): e is Of<T> =>
        e.type === type &&
        (e as Of<'gate-answered' | 'gate-settled'>).step === opened.step &&
        (e as Of<'gate-answered' | 'gate-settled'>).round === opened.round,
    );
  const closes = events.find(
    (e) => e.type === 'timer-set' && e.timer === timerId.gate(opened.step, opened.round),
  );
  const settled = ofRound('gate-settled')[0];
  return {
    gate: opened.step,
    round: opened.round,
    prompt: step?.kind === 'gate' ? step.prompt : null,
    needed: step?.kind === 'gate' && step.prompt !== null ? step.minApprovals : 0,
    openedAt: opened.at,
    closesAt: closes?.type === 'timer-set' ? closes.until : null,
    unmet: opened.unmet,
    criteria: opened.criteria,
    answers: ofRound('gate-answered').map((e) => answerOf(run, e)),
    verdict: settled?.verdict ?? null,
    settledAt: settled?.at ?? null,
  };
};

export const gatesOf = (run: ReportedRun) =>
  run.events.flatMap((e) => (e.type === 'gate-opened' ? [roundOf(run, e)] : []));

type Round = ReturnType<typeof roundOf>;

const answerLine = (a: Round['answers'][number]): Inline => {
  const named = a.name === null ? text(a.by ?? '') : md`${text(a.name)} (${text(a.by ?? '')})`;
  const who = a.by === null ? text('unattended') : named;
  return md`${text(timeOfDay(a.at))} ${bold(text(verdictWord[a.verdict]))} by ${who}, login ${code(a.login)}${a.by !== null && a.unattended ? text(', unattended') : text('')}: ${text(a.reason)}`;
};

const roundMarkdown = (r: Round): readonly Block[] => {
  const again = r.round > 1 ? md` (asked again, round ${r.round})` : text('');
  const verdict = r.verdict === null ? 'not settled' : verdictWord[r.verdict];
  const took = r.settledAt === null ? '' : ` after ${span(r.settledAt - r.openedAt)}`;
  const asked = r.prompt === null ? 'decided by its criteria' : r.prompt;
  return [
    [md`${code(r.gate)}${again}: ${text(asked)} ${bold(text(`${verdict}${took}`))}`],
    list([
      md`Opened ${text(instant(r.openedAt))}${r.closesAt === null ? text('') : text(`, would have closed ${timeOfDay(r.closesAt)}`)}`,
      ...r.unmet.map((id) => md`Required step ${code(id)} had not succeeded`),
      ...r.criteria.map(
        (c) =>
          md`${text(c.holds ? 'True' : 'NOT TRUE')}: ${code(c.expr)}${c.error === undefined ? text('') : md` (${text(c.error)})`}`,
      ),
      ...r.answers.map(answerLine),
    ]),
  ];
};

export const gates = section('Gates', gatesOf, (rounds) => rounds.flatMap(roundMarkdown));
