/**
 * One attempt of an act: render, prepare, journal the intent, run, journal the outcome. The order of the
 * fsyncs is what resume relies on: an act without `act-started` has done nothing, one without
 * `act-finished` is probed.
 */
import type { ActKey, Event, Failure } from '../decide/events.ts';
import { actKey, parseActKey } from '../decide/keys.ts';
import type { Json, JsonObject } from '../plan.ts';
import type { Outcome, Probed } from '../step.ts';
import type { ActCalls, Call, CallParts } from './act-calls.ts';
import { thrownFailure, thrownOutcome } from './failure.ts';
import { type Ended, finished, lost, probed } from './outcome-events.ts';
import { type Otherwise, Places } from './places.ts';
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

/** To find out which place it is; a first look writes there and waits for the disk. */
const placeMs = 60_000;

const notEnded = (other: Otherwise | null): Failure => ({
  code: 'stopped',
  short: `could not be proven ended${other ? `: ${other.short}` : ''}`,
  ...(other && { remedy: other.remedy }),
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
    const { spec } = ended;
    let call: Call | null = null;
    const log = this.#calls.context(ended, control.signal, () => {
      if (call) call.reached = true;
    });
    try {
      const elsewhere = attempt.attach ? null : await this.#lookAtPlace(ended, control);
      if (elsewhere && wanted()) return this.#refuse(attempt, { code: 'place', ...elsewhere });
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
    const { input, before } = this.#calls.journaled(act);
    const answer = await this.#calls
      .acts(ended)
      .then((acts) =>
        untilAborted(this.#parts.clock, ended.spec, control, () =>
          acts.probe(log.context, parseInput(ended.type, input), before),
        ),
      )
      .then(async (found) => {
        // Work that was found alive is where it was left. What was not found may be elsewhere, or was cleaned away.
        const other = found.state === 'alive' ? null : await this.#elsewhere(ended, control);
        return other ? lost(ended, other) : probed(ended, found);
      })
      .catch((e: unknown) => {
        const unknown: Probed<Json> = { state: 'unknown', why: thrownFailure(e, ended.masking).short };
        return probed(ended, unknown);
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
    const input = () => parseInput(ended.type, this.#calls.journaled(act).input);
    let other: Otherwise | null = null;
    const dead = await this.#calls
      .acts(ended)
      .then((acts) =>
        untilAborted(this.#parts.clock, limit, control, async () => {
          if (!acts.end) return true;
          const gone = await acts.end(log.context, input());
          other = await this.#elsewhere(ended, control);
          return gone && other === null;
        }),
      )
      .catch(() => false);
    log.end();
    // Whoever takes the run up next ends it.
    if (control.signal.reason === 'detach') return;
    this.#parts.recorder.add({
      type: 'act-finished',
      act,
      attempt,
      result: 'failed',
      effect: 'unknown',
      error: dead ? { code: 'stopped', short: 'ended before its outcome was known' } : notEnded(other),
      retryable: false,
      living: !dead,
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
    const events: Event[] = [...this.#places.news(this.#calls.spec(act).runOn)];
    if (crossesLine) events.push({ type: 'line-crossed', act });
    events.push({
      type: 'act-started',
      act,
      attempt,
      input: masking.json(call.rendered) as JsonObject,
      digest: plan.steps[parseActKey(act).step]?.digest.forward ?? '',
      before: masking.json(call.before ?? null),
    });
    recorder.add(...events);
    recorder.flush();
  }

  /** The intent could not even be formed: journaled as an attempt that changed nothing. */
  #refuse({ act, attempt }: Attempt, error: Failure): void {
    this.#parts.recorder.add(
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
