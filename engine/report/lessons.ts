/** What the next run should know, derived from facts alone: nothing here is an opinion. */
import { forwardMs } from '../decide/queries.ts';
import type { PlanStep } from '../plan.ts';
import { choiceWord } from '../words/event.ts';
import { plural, span } from '../words/format.ts';
import { mostAttempts } from './attempts.ts';
import { failuresOf } from './failures.ts';
import { gatesOf } from './gates.ts';
import { holdsOf } from './holds.ts';
import { code, type Inline, list, md, text } from './markdown.ts';
import type { ReportedRun } from './reported-run.ts';
import { section } from './section.ts';

export interface Lesson {
  readonly kind:
    | 'slow'
    | 'retried'
    | 'held'
    | 'slipped'
    | 'no-way-back'
    | 'gate'
    | 'checklist'
    | 'watch'
    | 'by-hand'
    | 'amended'
    | 'engine-lost';
  /** null: about the run as a whole. */
  readonly step: string | null;
  readonly text: string;
}

/** A step that takes this much longer than expected is reported. */
const slowFactor = 1.5;
/** Under this a factor is noise: a step of 100 ms that took 200. */
const slowFromMs = 2_000;
/** A start that is later than this is reported. */
const slipFromMs = 60_000;

const started = (run: ReportedRun): readonly PlanStep[] =>
  Object.values(run.plan.steps).filter((s) => run.state.steps[s.id]?.startedAt != null);

const slow = (run: ReportedRun): readonly Lesson[] =>
  started(run).flatMap((step) => {
    const took = forwardMs(run.state, step.id);
    const expected = step.expectedMs;
    if (took === null || expected === null || expected === 0 || step.kind !== 'act') return [];
    if (took <= slowFactor * expected || took - expected < slowFromMs) return [];
    const factor = (took / expected).toFixed(1);
    return [
      {
        kind: 'slow',
        step: step.id,
        text: `took ${span(took)}, expected ${span(expected)} (${factor} times as long)`,
      },
    ];
  });

const retried = (run: ReportedRun): readonly Lesson[] =>
  started(run).flatMap((step) => {
    const failures = failuresOf(run).filter((f) => f.step === step.id);
    if (failures.length === 0) return [];
    const attempts = mostAttempts(run.state, step.id, ['pre', 'do', 'verify']);
    const first = failures.find((f) => f.short !== null)?.short ?? 'the engine ended before it did';
    const needed = attempts > 1 ? `needed ${plural(attempts, 'attempt')}` : 'failed';
    return [{ kind: 'retried', step: step.id, text: `${needed}: ${first}` }];
  });

const held = (run: ReportedRun): readonly Lesson[] =>
  holdsOf(run).map((h) => ({
    kind: 'held',
    step: h.step,
    text:
      h.resolution === null
        ? `held the run (${h.cause}) and was not resolved`
        : `held the run for ${span(h.resolution.at - h.at)} (${h.cause}); ${h.resolution.by} chose to ${choiceWord[h.resolution.choice]}: ${h.resolution.reason}`,
  }));

/** Where a delay began: a step that only inherits the slip of the previous one is left out. */
const slipped = (run: ReportedRun): readonly Lesson[] => {
  let before = 0;
  return started(run).flatMap((step) => {
    const { startedAt, plannedAt } = run.state.steps[step.id] ?? {};
    if (startedAt == null || plannedAt == null) return [];
    const slip = startedAt - plannedAt;
    const grown = slip - Math.max(0, before) >= slipFromMs;
    before = slip;
    return grown ? [{ kind: 'slipped', step: step.id, text: `started ${span(slip)} late` }] : [];
  });
};

const noWayBack = (run: ReportedRun): readonly Lesson[] =>
  started(run).flatMap((step) =>
    step.kind === 'act' && step.undo.mode === 'none'
      ? [
          {
            kind: 'no-way-back',
            step: step.id,
            text: `cannot be undone: ${step.undo.why ?? 'no reason given'}`,
          },
        ]
      : [],
  );

const lateGates = (run: ReportedRun): readonly Lesson[] =>
  gatesOf(run).flatMap((g) => {
    const lesson = (said: string): Lesson => ({ kind: 'gate', step: g.gate, text: said });
    const expected = run.plan.steps[g.gate]?.expectedMs ?? null;
    const took = g.settledAt === null ? null : g.settledAt - g.openedAt;
    const against = [
      ...g.unmet.map((id) => `${id} had not succeeded`),
      ...g.criteria.filter((c) => !c.holds).map((c) => c.expr),
    ];
    return [
      ...(g.round > 1 ? [lesson(`was asked again (round ${g.round})`)] : []),
      ...(g.verdict === 'expired' ? [lesson('got no answer in time')] : []),
      ...(against.length > 0 ? [lesson(`could not pass: ${against.join('; ')}`)] : []),
      ...(took !== null && expected !== null && g.verdict !== 'expired' && took - expected >= slowFromMs
        ? [lesson(`was answered after ${span(took)}, expected ${span(expected)}`)]
        : []),
    ];
  });

const checked = ({ plan, events }: ReportedRun): readonly Lesson[] =>
  events.flatMap((e): readonly Lesson[] => {
    if (e.type === 'watch-tripped') return [{ kind: 'watch', step: e.step, text: `tripped: ${e.message}` }];
    if (e.type !== 'item-checked' || e.passed) return [];
    const step = plan.steps[e.step];
    const say = step?.kind === 'checklist' ? step.items.find((i) => i.id === e.item)?.say : undefined;
    return [{ kind: 'checklist', step: e.step, text: `failed: ${say ?? e.item}: ${e.reason}` }];
  });

const byHand = ({ events }: ReportedRun): readonly Lesson[] =>
  events.flatMap((e) =>
    e.type === 'step-settled' && e.by !== undefined
      ? [
          {
            kind: 'by-hand',
            step: e.step,
            text: `was settled by hand as ${e.state}, by ${e.by}${e.reason ? `: ${e.reason}` : ''}`,
          },
        ]
      : [],
  );

const amended = ({ events }: ReportedRun): readonly Lesson[] =>
  events.flatMap((e) =>
    e.type === 'plan-amended'
      ? [
          {
            kind: 'amended',
            step: null,
            text: `the runbook was changed during the run: ${e.changes.join('; ')}`,
          },
        ]
      : [],
  );

/** A session without an end in the journal: the engine was killed, or its machine failed. */
const enginesLost = ({ events }: ReportedRun): readonly Lesson[] => {
  const ended = new Set(events.flatMap((e) => (e.type === 'session-ended' ? [e.session] : [])));
  const last = events.findLast((e) => e.type === 'session-started');
  return events.flatMap((e) =>
    e.type === 'session-started' && e !== last && !ended.has(e.session)
      ? [
          {
            kind: 'engine-lost',
            step: null,
            text: `the engine of session ${e.session} on ${e.host} was lost`,
          },
        ]
      : [],
  );
};

/** In the order of the list, what concerns the run as a whole first. */
const lessonsOf = (run: ReportedRun): readonly Lesson[] => {
  const order = Object.keys(run.plan.steps);
  return [slow, retried, held, slipped, noWayBack, lateGates, checked, byHand, amended, enginesLost]
    .flatMap((look) => look(run))
    .sort((a, b) => order.indexOf(a.step ?? '') - order.indexOf(b.step ?? ''));
};

const line = (l: Lesson): Inline => (l.step === null ? text(l.text) : md`${code(l.step)} ${text(l.text)}`);

export const lessons = section('Lessons, from the facts', lessonsOf, (all) =>
  all.length === 0 ? [] : [list(all.map(line))],
);
