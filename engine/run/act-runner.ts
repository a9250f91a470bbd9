/**
 * One attempt of an act: render, prepare, journal the intent, run, journal the outcome. The order of the
 * fsyncs is what resume relies on: an act without `act-started` has done nothing, one without
 * `act-finished` is probed.
 */
import type { ActKey, Event, Failure } from '../decide/events.ts';
import { actKey, parseActKey } from '../decide/keys.ts';
import { isLedgerLost } from '../decide/ledger-lost.ts';
import { say } from '../decide/masked.ts';
import type { Json } from '../plan.ts';
import type { Outcome } from '../step.ts';
import type { ActCalls, Call, CallParts } from './act-calls.ts';
import { thrownFailure, thrownOutcome, Unprepared } from './failure.ts';
import { finished, lost, type PlannedAttempt, probed } from './outcome-events.ts';
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

/** Why work could not be proven planned. */
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
    return this.#calls.spec(act).detachable && !this.#calls.planned(act, 0).undo;
  }

  /** Whether it only repeats a read until something is true. */
  waits(act: ActKey): boolean {
    return this.#calls.spec(act).until !== undefined;
  }

  effects(act: ActKey): 'read' | 'write' {
    return this.#calls.planned(act, 0).undo ? 'write' : this.#calls.spec(act).effects;
  }

  /** `wanted` is asked after preparing: a hold or rollback that came meanwhile must find nothing started. */
  async run(attempt: Attempt, control: AbortController, wanted: () => boolean): Promise<void> {
    const { recorder, clock } = this.#parts;
    const planned = this.#calls.planned(attempt.act, attempt.attempt);
    let call: Call | null = null;
    const log = this.#calls.context(planned, control.signal, () => {
      if (call) call.reached = true;
    });
    try {
      const elsewhere = attempt.attach ? null : await this.#lookAtPlace(planned, control);
      if (elsewhere && wanted()) return this.#refuse(attempt, { code: 'place', ...elsewhere });
      this.#parts.ledgers.verify(attempt.act);
      call = await this.#calls.prepare(attempt.attach, planned, log.context, control);
      if (!wanted()) return;
      const write = this.effects(attempt.act) === 'write';
      if (!attempt.attach) this.#intend(attempt, call);
      const started = call;
      const stuck: Outcome<Json> = write
        ? { ...stuckRead, effect: 'unknown', retryable: false, living: true }
        : stuckRead;
      const outcome = await untilEnded(
        clock,
        this.#calls.limit(planned),
        control,
        () =>
          this.#calls
            .carryOut(started, planned, control)
            .catch((e: unknown) => thrownOutcome(e, write, started.reached)),
        stuck,
      );
      // Left running on purpose, or an abandoned read: the attempt stays open for the next session.
      if (control.signal.reason === 'detach' && !outcome.done) return;
      recorder.add(finished(planned, outcome, control.signal));
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
    const planned = this.#calls.planned(act, attempt);
    const log = this.#calls.context(planned, control.signal);
    const answer = await this.#calls
      .acts(planned)
      .then((acts) =>
        untilAborted(this.#parts.clock, planned.spec, control, async () => {
          this.#parts.ledgers.verify(act);
          const { input, before } = this.#calls.journaled(act);
          return acts.probe(log.context, parseInput(planned.type, input), before);
        }),
      )
      .then(async (found) => {
        // Work that was found alive is where it was left. What was not found may be elsewhere, or was cleaned away.
        const other = found.state === 'alive' ? null : await this.#elsewhere(planned, control);
        return other ? lost(planned, other) : probed(planned, found);
      })
      .catch((e: unknown) => {
        const failure = thrownFailure(e, planned.masking);
        // The only place for this remedy: the hold has general advice only.
        const why = isLedgerLost(failure) ? `${failure.short}. ${failure.remedy}` : failure.short;
        return probed(planned, { state: 'unknown', why });
      });
    log.end();
    const { reason } = control.signal;
    if (reason !== 'detach' && reason !== 'stop') this.#parts.recorder.add(answer);
  }

  /** Ends what an earlier session left running; a type without `end` leaves nothing behind. */
  async end(act: ActKey, attempt: number, control: AbortController): Promise<void> {
    const planned = this.#calls.planned(act, attempt);
    const log = this.#calls.context(planned, control.signal);
    const limit = { ...planned.spec, timeoutMs: planned.spec.killGraceMs + endingMs };
    const input = () => parseInput(planned.type, this.#calls.journaledInput(act));
    // Set in a callback, which the compiler does not follow.
    let unproven = null as Unproven | null;
    const dead = await this.#calls
      .acts(planned)
      .then((acts) =>
        untilAborted(this.#parts.clock, limit, control, async () => {
          if (!acts.end) return true;
          const gone = await acts.end(log.context, input());
          unproven = await this.#elsewhere(planned, control);
          return gone && unproven === null;
        }),
      )
      .catch((e: unknown) => {
        unproven = thrownFailure(e, planned.masking);
        return false;
      });
    log.end();
    // The next session ends it.
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
        short:
          dead || !write
            ? say`ended before its outcome was known`
            : say`not proven that its process has ended`,
        ...(!dead && unproven && whyUnproven(unproven)),
      },
      retryable: false,
      living: write && !dead,
    });
  }

  /** Whether the absence of its files on its place proves anything. */
  #leavesEvidence({ act, type }: PlannedAttempt): boolean {
    return this.effects(act) === 'write' && type.evidence !== 'target';
  }

  /** Before a first intent. What an undo would go by must be where the act that it undoes left it. */
  async #lookAtPlace(planned: PlannedAttempt, control: AbortController): Promise<Otherwise | null> {
    if (!this.#leavesEvidence(planned)) return null;
    const looking = this.#places.look(planned.spec.runOn);
    if (looking) await this.#atPlace(planned, control, () => looking);
    if (!planned.undo) return null;
    const forward = actKey(parseActKey(planned.act).step, 'do', 0);
    for (const act of [forward, planned.act]) {
      const last = this.#parts.recorder.state.acts[act]?.attempts.at(-1);
      const other = last && (await this.#otherThan(planned, last.seq, control));
      if (other) return other;
    }
    return null;
  }

  /** null: the place is still as it was known when this attempt was started. */
  async #elsewhere(planned: PlannedAttempt, control: AbortController): Promise<Otherwise | null> {
    if (!this.#leavesEvidence(planned)) return null;
    const of = this.#parts.recorder.state.acts[planned.act]?.attempts.find((a) => a.n === planned.attempt);
    return this.#otherThan(planned, of?.seq ?? 0, control);
  }

  #otherThan(planned: PlannedAttempt, seq: number, control: AbortController): Promise<Otherwise | null> {
    return this.#atPlace(planned, control, () => this.#places.otherThan(planned.spec.runOn, seq));
  }

  /** Not part of the act's time limit, which may be short. */
  #atPlace<T>({ spec }: PlannedAttempt, control: AbortController, call: () => Promise<T>): Promise<T> {
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
   * the state is unknown: it starts from the journaled attempts, and a person decides.
   */
  #refuse({ act, attempt, attach }: Attempt, error: Failure, passing = false): void {
    const { recorder, plan } = this.#parts;
    // Its process continues, and cannot be followed.
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
