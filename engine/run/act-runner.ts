/**
 * One attempt of an act: render, prepare, journal the intent, run, journal the outcome. The order of the
 * fsyncs is what resume relies on: an act without `act-started` has done nothing, one without
 * `act-finished` is probed.
 */
import type { ActKey, Event, Failure } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import type { Json } from '../plan.ts';
import type { Outcome, Probed } from '../step.ts';
import type { ActCalls, Call, CallParts } from './act-calls.ts';
import { thrownFailure, thrownOutcome } from './failure.ts';
import { finished, probed } from './outcome-events.ts';
import { parseInput } from './step-data.ts';
import { untilAborted, untilEnded } from './time-limit.ts';

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
    const { spec } = ended;
    let call: Call | null = null;
    const log = this.#calls.context(ended, control.signal, () => {
      if (call) call.reached = true;
    });
    try {
      call = await this.#calls.prepare(attempt.attach, ended, log.context, control);
      if (!wanted()) return;
      const write = this.effects(attempt.act) === 'write';
      if (!attempt.attach) this.#intend(attempt, call);
      const started = call;
      const stuck: Outcome<Json> = {
        done: false,
        effect: write ? 'unknown' : 'none',
        retryable: false,
        short: 'did not end after it was told to',
        living: write,
      };
      const outcome = await untilEnded(
        clock,
        spec,
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
      if (wanted() || control.signal.reason === 'timeout')
        this.#refuse(attempt, thrownFailure(error, this.#parts.masking));
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
          const { input, before } = this.#calls.journaled(act);
          return acts.probe(log.context, parseInput(ended.type, input), before);
        }),
      )
      .catch(
        (e: unknown): Probed<Json> => ({ state: 'unknown', why: thrownFailure(e, ended.masking).short }),
      );
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
    this.#parts.recorder.add({
      type: 'act-finished',
      act,
      attempt,
      result: 'failed',
      effect: 'unknown',
      error: {
        code: 'stopped',
        short: dead ? 'ended before its outcome was known' : 'could not be proven ended',
        ...whyUnproven(unproven),
      },
      retryable: false,
      living: !dead,
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

  /** The intent could not even be formed: journaled as an attempt that changed nothing. */
  #refuse({ act, attempt, attach }: Attempt, error: Failure): void {
    const { recorder } = this.#parts;
    // Its work goes on, and nobody can follow it.
    if (attach) {
      const unknown = { result: 'failed', effect: 'unknown', living: true, retryable: false } as const;
      recorder.add({ type: 'act-finished', act, attempt, error, ...unknown });
      return;
    }
    recorder.add(
      { type: 'act-started', act, attempt, input: {}, digest: '', before: null },
      {
        type: 'act-finished',
        act,
        attempt,
        result: 'failed',
        effect: 'none',
        error,
        retryable: error.code === 'target' || error.code === 'timeout',
      },
    );
  }
}
