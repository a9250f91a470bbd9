/**
 * One attempt of an act: render, prepare, journal the intent, run, journal the outcome. The order of the
 * fsyncs is what resume relies on: an act without `act-started` has done nothing, one without
 * `act-finished` is probed.
 */
import type { ActKey, Event, Failure } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import { isLedgerLost } from '../decide/ledger-lost.ts';
import { DiagnosticError } from '../diagnostic.ts';
import type { Json } from '../plan.ts';
import type { Outcome, Probed } from '../step.ts';
import type { ActCalls, Call, CallParts } from './act-calls.ts';
import { thrownFailure, thrownOutcome, Unprepared } from './failure.ts';
import { finished, probed } from './outcome-events.ts';
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

const whyUnproven = (failure: Failure | null): Pick<Failure, 'detail' | 'remedy'> =>
  failure ? { detail: failure.short, ...(failure.remedy && { remedy: failure.remedy }) } : {};

export class ActRunner {
  readonly #parts: CallParts;
  readonly #calls: ActCalls;

  constructor(parts: CallParts, calls: ActCalls) {
    this.#parts = parts;
    this.#calls = calls;
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
      if (wanted() || control.signal.reason === 'timeout') this.#refuse(attempt, error);
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
      .catch((e: unknown): Probed<Json> => {
        const failure = thrownFailure(e, ended.masking);
        // What to do about it stands nowhere else: the hold names what answers any unknown outcome.
        const why = isLedgerLost(failure) ? `${failure.short}. ${failure.remedy}` : failure.short;
        return { state: 'unknown', why };
      });
    log.end();
    const { reason } = control.signal;
    if (reason !== 'detach' && reason !== 'stop') this.#parts.recorder.add(probed(ended, answer));
  }

  /** Ends what an earlier session left running; a type without `end` leaves nothing behind. */
  async end(act: ActKey, attempt: number, control: AbortController): Promise<void> {
    const ended = this.#calls.ended(act, attempt);
    const log = this.#calls.context(ended, control.signal);
    const limit = { ...ended.spec, timeoutMs: ended.spec.killGraceMs + endingMs };
    const input = () => parseInput(ended.type, this.#calls.journaledInput(act));
    let unproven: Failure | null = null;
    const dead = await this.#calls
      .acts(ended)
      .then((acts) =>
        untilAborted(
          this.#parts.clock,
          limit,
          control,
          async () => (await acts.end?.(log.context, input())) ?? true,
        ),
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
        ...whyUnproven(unproven),
      },
      retryable: false,
      living: write && !dead,
    });
  }

  #intend({ act, attempt, crossesLine }: Attempt, call: Call): void {
    const { recorder, plan, masking } = this.#parts;
    const real = { input: call.rendered, before: call.before ?? null };
    const events: Event[] = crossesLine ? [{ type: 'line-crossed', act }] : [];
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
  #refuse({ act, attempt, attach }: Attempt, thrown: unknown): void {
    const { recorder, plan, masking } = this.#parts;
    const error = thrownFailure(thrown, masking);
    // Its work goes on, and nobody can follow it.
    if (attach) {
      const unknown = { result: 'failed', effect: 'unknown', living: true, retryable: false } as const;
      recorder.add({ type: 'act-finished', act, attempt, error, ...unknown });
      return;
    }
    const passing = thrown instanceof Unprepared && !(thrown.cause instanceof DiagnosticError);
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
