/**
 * One attempt of an act: render, prepare, journal the intent, run, journal the outcome. The order of the
 * fsyncs is what resume relies on: an act without `act-started` has done nothing, one without
 * `act-finished` is probed.
 */
import type { ActKey, Event, Failure } from '../decide/events.ts';
import { actKey, parseActKey } from '../decide/keys.ts';
import { isLedgerLost } from '../decide/ledger-lost.ts';
import type { Json } from '../plan.ts';
import type { Outcome } from '../step.ts';
import type { ActCalls, Call, CallParts } from './act-calls.ts';
import { thrownFailure, thrownOutcome, Unprepared } from './failure.ts';
import { type Ended, finished, lost, probed } from './outcome-events.ts';
import { type Otherwise, Places } from './places.ts';
import { parseInput } from './step-data.ts';
import { untilAborted, untilEnded } from './time-limit.ts';
import { stuckRead } from './until-it-holds.ts';

export interface Attempt {
  readonly act: ActKey;
  readonly attempt: number;
  /** Follow the attempt that an earlier session left alive. */
  readonly attach: boolean;
  readonly crossesLine: boolean;
}

/** To reach the place and to prove the work dead, beyond its grace; then a person is asked. */
const endingMs = 60_000;

/** To find out which place it is; a first look writes there and waits for the disk. */
const placeMs = 60_000;

/** Why work could not be proven ended. */
type Unproven = Pick<Failure, 'short' | 'remedy'>;

const whyUnproven = ({ short, remedy }: Unproven): Pick<Failure, 'detail' | 'remedy'> => ({
  detail: short,
  ...(remedy && { remedy }),
});

export class ActRunner {
  readonly #parts: CallParts;
  readonly #calls: ActCalls;
  readonly #places: Places;

  constructor(parts: CallParts, calls: ActCalls) {
    this.#parts = parts;
    this.#calls = calls;
    this.#places = new Places(parts);
  }

  /** Whether an interrupt may leave this act running. */
  detachable(act: ActKey): boolean {
    return this.#calls.spec(act).detachable && !this.#calls.ended(act, 0).undo;
  }

  effects(act: ActKey): 'read' | 'write' {
    return this.#calls.ended(act, 0).undo ? 'write' : this.#calls.spec(act).effects;
  }

  /** `wanted` is asked after preparing: a hold or rollback that came meanwhile must find nothing started. */
  async run(attempt: Attempt, control: AbortController, wanted: () => boolean): Promise<void> {
    const { recorder, clock } = this.#parts;
    const ended = this.#calls.ended(attempt.act, attempt.attempt);
    let call: Call | null = null;
    const log = this.#calls.context(ended, control.signal, () => {
      if (call) call.reached = true;
    });
    try {
      const elsewhere = attempt.attach ? null : await this.#lookAtPlace(ended, control);
      if (elsewhere && wanted()) return this.#refuse(attempt, { code: 'place', ...elsewhere });
      this.#parts.ledgers.verify(attempt.act);
      call = await this.#calls.prepare(attempt.attach, ended, log.context, control);
      if (!wanted()) return;
      const write = this.effects(attempt.act) === 'write';
      if (!attempt.attach) this.#intend(attempt, call);
      const started = call;
      const stuck: Outcome<Json> = write
        ? { ...stuckRead, effect: 'unknown', retryable: false, living: true }
        : stuckRead;
      const outcome = await untilEnded(
        clock,
        this.#calls.limit(ended),
        control,
        () =>
          this.#calls
            .carryOut(started, ended, control)
            .catch((e: unknown) => thrownOutcome(e, write, started.reached)),
        stuck,
      );
      // Left running on purpose, or a read nobody waits for: the attempt stays open for the next session.
      if (control.signal.reason === 'detach' && !outcome.done) return;
      recorder.add(finished(ended, outcome, control.signal));
    } catch (error) {
      if (call) throw error;
      // Its own time limit is an outcome: unsaid, the same attempt would be prepared again without end.
      if (!wanted() && control.signal.reason !== 'timeout') return;
      const passing = error instanceof Unprepared && error.passing;
      this.#refuse(attempt, thrownFailure(error, this.#parts.masking), passing);
    } finally {
      log.end();
    }
  }

  async probe(act: ActKey, attempt: number, control: AbortController): Promise<void> {
    const ended = this.#calls.ended(act, attempt);
    const log = this.#calls.context(ended, control.signal);
    const answer = await this.#calls
      .acts(ended)
      .then((acts) =>
        untilAborted(this.#parts.clock, ended.spec, control, async () => {
          this.#parts.ledgers.verify(act);
          const { input, before } = this.#calls.journaled(act);
          return acts.probe(log.context, parseInput(ended.type, input), before);
        }),
      )
      .then(async (found) => {
        // Work that was found alive is where it was left. What was not found may be elsewhere, or was cleaned away.
        const other = found.state === 'alive' ? null : await this.#elsewhere(ended, control);
        return other ? lost(ended, other) : probed(ended, found);
      })
      .catch((e: unknown) => {
        const failure = thrownFailure(e, ended.masking);
        // What to do about it stands nowhere else: the hold names what answers any unknown outcome.
        const why = isLedgerLost(failure) ? `${failure.short}. ${failure.remedy}` : failure.short;
        return probed(ended, { state: 'unknown', why });
      });
    log.end();
    const { reason } = control.signal;
    if (reason !== 'detach' && reason !== 'stop') this.#parts.recorder.add(answer);
  }

  /** Ends what an earlier session left running; a type without `end` leaves nothing behind. */
  async end(act: ActKey, attempt: number, control: AbortController): Promise<void> {
    const ended = this.#calls.ended(act, attempt);
    const log = this.#calls.context(ended, control.signal);
    const limit = { ...ended.spec, timeoutMs: ended.spec.killGraceMs + endingMs };
    const input = () => parseInput(ended.type, this.#calls.journaledInput(act));
    // Set in a callback, which the compiler does not follow.
    let unproven = null as Unproven | null;
    const dead = await this.#calls
      .acts(ended)
      .then((acts) =>
        untilAborted(this.#parts.clock, limit, control, async () => {
          if (!acts.end) return true;
          const gone = await acts.end(log.context, input());
          unproven = await this.#elsewhere(ended, control);
          return gone && unproven === null;
        }),
      )
      .catch((e: unknown) => {
        unproven = thrownFailure(e, ended.masking);
        return false;
      });
    log.end();
    // Whoever takes the run up next ends it.
    if (control.signal.reason === 'detach') return;
    const write = this.effects(act) === 'write';
    this.#parts.recorder.add({
      type: 'act-finished',
      act,
      attempt,
      result: 'failed',
      effect: write ? 'unknown' : 'none',
      error: {
        code: 'stopped',
        short: dead || !write ? 'ended before its outcome was known' : 'could not be proven ended',
        ...(!dead && unproven && whyUnproven(unproven)),
      },
      retryable: false,
      living: write && !dead,
    });
  }

  /** Whether what is (not) found on its place tells anything of this act. */
  #leavesEvidence({ act, type }: Ended): boolean {
    return this.effects(act) === 'write' && type.evidence !== 'target';
  }

  /** Before a first intent. What an undo would go by must be where the act that it undoes left it. */
  async #lookAtPlace(ended: Ended, control: AbortController): Promise<Otherwise | null> {
    if (!this.#leavesEvidence(ended)) return null;
    const looking = this.#places.look(ended.spec.runOn);
    if (looking) await this.#atPlace(ended, control, () => looking);
    if (!ended.undo) return null;
    const forward = actKey(parseActKey(ended.act).step, 'do', 0);
    for (const act of [forward, ended.act]) {
      const last = this.#parts.recorder.state.acts[act]?.attempts.at(-1);
      const other = last && (await this.#otherThan(ended, last.seq, control));
      if (other) return other;
    }
    return null;
  }

  /** null: the place is still as it was known when this attempt was started. */
  async #elsewhere(ended: Ended, control: AbortController): Promise<Otherwise | null> {
    if (!this.#leavesEvidence(ended)) return null;
    const of = this.#parts.recorder.state.acts[ended.act]?.attempts.find((a) => a.n === ended.attempt);
    return this.#otherThan(ended, of?.seq ?? 0, control);
  }

  #otherThan(ended: Ended, seq: number, control: AbortController): Promise<Otherwise | null> {
    return this.#atPlace(ended, control, () => this.#places.otherThan(ended.spec.runOn, seq));
  }

  /** Not on the time of the act, which may be short. */
  #atPlace<T>({ spec }: Ended, control: AbortController, call: () => Promise<T>): Promise<T> {
    const limit = { ...spec, timeoutMs: Math.max(spec.timeoutMs, placeMs) };
    return untilAborted(this.#parts.clock, limit, control, call);
  }

  #intend({ act, attempt, crossesLine }: Attempt, call: Call): void {
    const { recorder, plan, masking } = this.#parts;
    const real = { input: call.rendered, before: call.before ?? null };
    const events: Event[] = [...this.#places.news(this.#calls.spec(act).runOn)];
    if (crossesLine) events.push({ type: 'line-crossed', act });
    events.push({
      type: 'act-started',
      act,
      attempt,
      digest: plan.steps[parseActKey(act).step]?.digest.forward ?? '',
      ...this.#calls.intents.journal(recorder.state, act, real, masking),
    });
    recorder.add(...events);
    recorder.flush();
  }

  /**
   * The intent could not even be formed: journaled as an attempt that changed nothing. Where the act's ledger is lost,
   * nobody knows what was done before: it starts from what the earlier attempts have journaled, and is a question.
   */
  #refuse({ act, attempt, attach }: Attempt, error: Failure, passing = false): void {
    const { recorder, plan } = this.#parts;
    // Its work goes on, and nobody can follow it.
    if (attach) {
      const unknown = { result: 'failed', effect: 'unknown', living: true, retryable: false } as const;
      recorder.add({ type: 'act-finished', act, attempt, error, ...unknown });
      return;
    }
    const lost = isLedgerLost(error);
    const known = lost ? recorder.state.acts[act] : undefined;
    const digest = known ? (plan.steps[parseActKey(act).step]?.digest.forward ?? '') : '';
    recorder.add(
      {
        type: 'act-started',
        act,
        attempt,
        input: known?.input ?? {},
        digest,
        before: known?.before ?? null,
      },
      {
        type: 'act-finished',
        act,
        attempt,
        result: 'failed',
        effect: lost ? 'unknown' : 'none',
        error,
        retryable: passing || error.code === 'target' || error.code === 'timeout',
      },
    );
  }
}
