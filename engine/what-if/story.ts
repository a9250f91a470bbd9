/**
 * One run of the pure core against a made-up world: what is recorded, when, and what was true of the world. A story
 * can be forked at any moment, so that a common beginning is played once.
 */

import type { ActKey, Event, HoldCause, HoldChoice, Recorded } from '../decide/events.ts';
import { apply, fold } from '../decide/fold.ts';
import { parseActKey } from '../decide/keys.ts';
import { owedSteps, stayingSteps } from '../decide/owed.ts';
import type { RunState } from '../decide/state.ts';
import { hardStop } from '../decide/times.ts';
import type { InvariantRun } from '../expr/invariant.ts';
import type { Plan } from '../plan.ts';
import { FactState, type Happened } from './facts.ts';
import type { Fault } from './faults.ts';
import { type Breach, lateAsPlanned, type Prover, silentCrossing } from './invariants.ts';

/** `nobody`: the question is left open for good. */
export type Choice = HoldChoice | 'nobody';

export interface Question {
  readonly cause: HoldCause;
  readonly step: string | null;
  readonly message: string;
  readonly offered: readonly HoldChoice[];
  /** null: not chosen yet. */
  choice: Choice | null;
}

/** What the engine does not record: the fault itself, what people are thought to do, what became true. */
export interface Note {
  /** Index of the event that follows it. */
  readonly before: number;
  readonly at: number;
  readonly kind: 'fault' | 'person' | 'engine' | 'fact' | 'broken';
  readonly text: string;
}

export interface Broken extends Breach {
  readonly at: number;
}

export interface Shared {
  readonly plan: Plan;
  readonly prover: Prover;
}

/** Epoch ms of T0 in every story: 2000-01-01. */
export const t0 = 946_684_800_000;

export class Story {
  readonly shared: Shared;
  readonly faults: readonly Fault[];
  readonly events: Recorded[];
  readonly state: RunState;
  readonly notes: Note[] = [];
  readonly questions: Question[] = [];
  readonly broken: Broken[] = [];
  facts: FactState;
  now: number;

  protected constructor(shared: Shared, faults: readonly Fault[], from: Story | null) {
    this.shared = shared;
    this.faults = faults;
    this.events = from ? from.events.slice() : [];
    this.state = fold(this.events);
    this.facts = from ? from.facts.copy() : FactState.initial(shared.plan);
    this.now = from?.now ?? t0;
    if (!from) return;
    this.notes.push(...from.notes);
    this.questions.push(...from.questions.map((question) => ({ ...question })));
    this.broken.push(...from.broken);
  }

  add(...events: readonly Event[]): void {
    for (const event of events) {
      const recorded = { ...event, seq: this.events.length + 1, at: this.now };
      if (event.type === 'line-crossed') this.#checkCrossing();
      this.events.push(recorded);
      apply(this.state, recorded);
      if (judged.has(event.type)) this.prove(false);
    }
  }

  note(kind: Note['kind'], text: string): void {
    this.notes.push({ before: this.events.length, at: this.now, kind, text });
  }

  /** What an act or an undo really did: something became true, or may have. */
  happens(act: ActKey, how: Happened): void {
    const { phase } = parseActKey(act);
    if (phase !== 'do' && phase !== 'undo') return;
    const before = this.facts.values();
    this.facts.happened(act, how);
    const changes = this.facts.changesSince(before);
    if (changes === '') return;
    this.note('fact', changes);
    this.prove(false);
  }

  /** A gate or a checklist that nobody ever answers. */
  leaveOpen(): void {
    this.note('person', 'nobody answers');
    const { cursor: step } = this.state;
    this.questions.push({ cause: 'unanswered', step, message: '', offered: [], choice: 'nobody' });
  }

  run(): InvariantRun {
    const { settled, hold, rollback, line } = this.state;
    const state = settled
      ? settled.result === 'succeeded'
        ? 'succeeded'
        : 'rolled-back'
      : hold || this.questions.at(-1)?.choice === 'nobody'
        ? 'held'
        : rollback
          ? 'rolling-back'
          : 'running';
    const steps = this.shared.prover.asksSteps ? Object.entries(this.state.steps) : [];
    const succeeded = steps.filter(([, s]) => s.state === 'succeeded').map(([id]) => id);
    return { state, crossed: line !== null, succeeded };
  }

  prove(end: boolean): void {
    for (const breach of this.shared.prover.breaches(this.facts, this.run(), end)) this.#breaks(breach);
  }

  /** Each is noted once, where it is first broken. */
  #breaks(breach: Breach): void {
    if (this.broken.some(({ invariant }) => invariant === breach.invariant)) return;
    this.broken.push({ ...breach, at: this.now });
    this.note('broken', breach.invariant.name);
  }

  /** At the end of a story in which nothing fails. */
  checkHardStop(): void {
    if (this.faults.length === 0 && endingOf(this).hardStopKept === false)
      this.#breaks({ invariant: lateAsPlanned, facts: null, inDoubt: false, error: null });
  }

  #checkCrossing(): void {
    const line = this.shared.plan.entries.find((e) => e.kind === 'line');
    const answers = (line && this.state.steps[line.gate]?.gate?.answers) ?? [];
    if (this.state.line === null && !answers.some(({ verdict }) => verdict === 'go'))
      this.#breaks({ invariant: silentCrossing, facts: null, inDoubt: false, error: null });
  }
}

const judged: ReadonlySet<Event['type']> = new Set([
  'run-held',
  'hold-resolved',
  'rollback-started',
  'line-crossed',
  'run-settled',
]);

/** How a story ended. Offsets from T0, ms. */
export interface Ending {
  /** `waiting`: a gate or a checklist without a time limit, and nobody answers. */
  readonly end: 'succeeded' | 'rolled-back' | 'held' | 'waiting';
  readonly asked: readonly Pick<Question, 'cause' | 'step' | 'choice'>[];
  readonly undone: readonly string[];
  /** The point of no return is crossed: nothing is undone any more. */
  readonly crossed: boolean;
  /**
   * Changed by the run and not undone: declared to have no undo, or still to be undone. Empty after a success, and
   * after the point of no return.
   */
  readonly stays: readonly string[];
  /** The steps at T0 are done, or the rollback is over. null: neither, as long as nobody decides. */
  readonly backMs: number | null;
  /** null: there is none. */
  readonly hardStopKept: boolean | null;
}

export const endingOf = (story: Story): Ending => {
  const { plan } = story.shared;
  const { state } = story;
  const end = endOf(story);
  const owed = state.settled ? [] : owedSteps(plan, state).map(({ id }) => id);
  const kept = stayingSteps(plan, state).map(({ id }) => id);
  const crossed = state.line !== null;
  const stays = end === 'succeeded' || crossed ? [] : [...new Set([...kept, ...owed])];
  const backAt = backOf(story);
  const stop = hardStop(plan, state);
  const undone = Object.keys(state.steps).filter((id) => state.steps[id]?.state === 'undone');
  // What changed nothing leaves everything as it was.
  const untouched = end !== 'succeeded' && !crossed && stays.length === 0 && undone.length === 0;
  const inTime = untouched || (backAt !== null && stop !== null && backAt <= stop);
  return {
    end,
    asked: story.questions.map(({ cause, step, choice }) => ({ cause, step, choice })),
    undone,
    crossed,
    stays,
    backMs: backAt === null ? null : backAt - t0,
    hardStopKept: stop === null ? null : inTime,
  };
};

const endOf = ({ state }: Story): Ending['end'] => {
  if (state.settled) return state.settled.result === 'succeeded' ? 'succeeded' : 'rolled-back';
  return state.hold ? 'held' : 'waiting';
};

/** What the hard stop is for: the acts at T0, or the list where there are none; else that the rollback is over. */
const backOf = ({ shared: { plan }, state }: Story): number | null => {
  if (state.settled?.result === 'rolled_back') return state.settled.at;
  const atT0 = Object.values(plan.steps).filter((s) => s.kind === 'act' && s.atMs === 0);
  if (atT0.length === 0) return state.settled?.at ?? null;
  const ends = atT0.map(({ id }) => state.steps[id]);
  // One that failed and was told to continue is over as well.
  if (ends.some((s) => !s || s.state === 'pending' || s.state === 'running')) return null;
  return Math.max(...ends.map((s) => s?.settledAt ?? 0));
};
