/**
 * One attempt of an act: render, prepare, journal the intent, run, journal the outcome. The order of the
 * fsyncs is what resume relies on: an act without `act-started` has done nothing, one without
 * `act-finished` is probed.
 */
import { isDeepStrictEqual } from 'node:util';
import { actOf, isAutoUndo } from '../decide/act-of.ts';
import type { ActKey, Event, Failure } from '../decide/events.ts';
import { actKey, parseActKey } from '../decide/keys.ts';
import type { Json, JsonObject, PlanAct } from '../plan.ts';
import type { ActContext, AnyStepActs, AnyStepType, Outcome, Probed } from '../step.ts';
import { actContext } from './act-context.ts';
import type { ActLogs } from './act-log.ts';
import type { Connections } from './connections.ts';
import { thrownFailure, thrownOutcome } from './failure.ts';
import type { Ledgers } from './ledgers.ts';
import type { Masking } from './masking.ts';
import type { RunOptions } from './options.ts';
import { type Ended, finished, probed } from './outcome-events.ts';
import type { Recorder } from './recorder.ts';
import type { Scopes } from './scope.ts';
import { parseInput } from './step-data.ts';
import { untilAborted, untilEnded } from './time-limit.ts';
import { untilItHolds } from './until-it-holds.ts';

export interface ActRunnerParts
  extends Pick<RunOptions, 'plan' | 'registry' | 'clock' | 'view' | 'runbookDir'> {
  readonly recorder: Recorder;
  readonly connections: Connections;
  readonly logs: ActLogs;
  readonly ledgers: Ledgers;
  readonly masking: Masking;
  readonly scopes: Scopes;
}

export interface Attempt {
  readonly act: ActKey;
  readonly attempt: number;
  /** Follow the attempt that an earlier session left alive. */
  readonly attach: boolean;
  readonly crossesLine: boolean;
}

/** An attempt whose intent is journaled. */
interface Call {
  readonly acts: AnyStepActs;
  readonly context: ActContext;
  /** As journaled: secrets by name. */
  readonly rendered: JsonObject;
  readonly input: unknown;
  readonly before: Json;
  /** Whether a client was handed out since: only then can something have happened. */
  reached: boolean;
}

/** To reach the place and to prove the work dead, beyond its grace; then a person is asked. */
const endingMs = 60_000;

export class ActRunner {
  readonly #parts: ActRunnerParts;

  constructor(parts: ActRunnerParts) {
    this.#parts = parts;
  }

  /** Whether an interrupt may leave this act running. */
  detachable(act: ActKey): boolean {
    return this.#spec(act).detachable && !this.#ended(act, 0).undo;
  }

  effects(act: ActKey): 'read' | 'write' {
    return this.#ended(act, 0).undo ? 'write' : this.#spec(act).effects;
  }

  /** `wanted` is asked after preparing: a hold or rollback that came meanwhile must find nothing started. */
  async run(attempt: Attempt, control: AbortController, wanted: () => boolean): Promise<void> {
    const { recorder, clock } = this.#parts;
    const ended = this.#ended(attempt.act, attempt.attempt);
    const { spec } = ended;
    let call: Call | null = null;
    const log = this.#context(ended, control.signal, () => {
      if (call) call.reached = true;
    });
    try {
      call = await this.#prepare(attempt, ended, log.context, control);
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
          this.#carryOut(started, ended, control).catch((e: unknown) =>
            thrownOutcome(e, write, started.reached),
          ),
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
    const ended = this.#ended(act, attempt);
    const log = this.#context(ended, control.signal);
    const { input, before } = this.#journaled(act);
    const answer = await this.#acts(ended)
      .then((acts) =>
        untilAborted(this.#parts.clock, ended.spec, control, () =>
          acts.probe(log.context, parseInput(ended.type, input), before),
        ),
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
    const ended = this.#ended(act, attempt);
    const log = this.#context(ended, control.signal);
    const limit = { ...ended.spec, timeoutMs: ended.spec.killGraceMs + endingMs };
    const input = () => parseInput(ended.type, this.#journaled(act).input);
    const dead = await this.#acts(ended)
      .then((acts) =>
        untilAborted(
          this.#parts.clock,
          limit,
          control,
          async () => (await acts.end?.(log.context, input())) ?? true,
        ),
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
      error: {
        code: 'stopped',
        short: dead ? 'ended before its outcome was known' : 'could not be proven ended',
      },
      retryable: false,
      living: !dead,
    });
  }

  #spec(act: ActKey): PlanAct {
    return actOf(this.#parts.plan, act);
  }

  #ended(act: ActKey, attempt: number): Ended {
    const spec = this.#spec(act);
    const type = this.#parts.registry.steps.get(spec.type);
    if (!type) throw new Error(`step type ${spec.type} is in the plan but not in the registry`);
    return {
      act,
      attempt,
      spec,
      type,
      undo: isAutoUndo(this.#parts.plan, act),
      masking: this.#parts.masking,
    };
  }

  async #acts({ type }: { type: AnyStepType }): Promise<AnyStepActs> {
    return (await type.load()).acts;
  }

  /** What was journaled with the intent; an undo starts from the image of the act that it undoes. */
  #journaled(act: ActKey): { input: JsonObject; before: Json } {
    const of = isAutoUndo(this.#parts.plan, act) ? actKey(parseActKey(act).step, 'do', 0) : act;
    const state = this.#parts.recorder.state.acts[of];
    return { input: this.#unmasked(of, state?.input ?? {}), before: state?.before ?? null };
  }

  /**
   * A secret's text may stand in an input by chance, in a path for one: the journal has it masked, and an undo of
   * the masked path would undo nothing. What renders to the journaled input is that input.
   */
  #unmasked(act: ActKey, journaled: JsonObject): JsonObject {
    const { plan, recorder, scopes, masking } = this.#parts;
    try {
      const rendered = scopes.input(recorder.state, actOf(plan, act));
      return isDeepStrictEqual(masking.json(rendered), journaled) ? rendered : journaled;
    } catch {
      return journaled;
    }
  }

  #context(ended: Ended, signal: AbortSignal, connected?: () => void) {
    const { plan, recorder, clock, view, runbookDir, connections, logs, ledgers, masking } = this.#parts;
    const { act, attempt, spec } = ended;
    const log = logs.open(act, attempt, clock.now(), masking.stream, (line) => view.output(act, line));
    const context = actContext({
      runId: recorder.state.runId,
      plan,
      spec,
      act,
      attempt,
      signal,
      clock,
      runbookDir,
      connections,
      reveal: masking.reveal,
      mask: masking.text,
      log: log.write,
      progress: (p) => view.progress(act, p, clock.now()),
      ledger: ledgers.of(act, masking.text),
      ...(connected && { connected }),
    });
    const end = () => {
      log.end();
      ledgers.close(act);
    };
    return { context, end };
  }

  /** Reads only. A throw here means that nothing happened. */
  async #prepare(
    attempt: Attempt,
    ended: Ended,
    context: ActContext,
    control: AbortController,
  ): Promise<Call> {
    const { scopes, recorder, clock } = this.#parts;
    const acts = await this.#acts(ended);
    if (attempt.attach || ended.undo) {
      const { input, before } = this.#journaled(attempt.act);
      return { acts, context, rendered: input, input: parseInput(ended.type, input), before, reached: false };
    }
    const rendered = scopes.input(recorder.state, ended.spec);
    const input = parseInput(ended.type, rendered);
    if (ended.spec.effects === 'read' && ended.type.effects(input) !== 'read') {
      throw new Error('the plan has it as a read, but with the values of this run it would write');
    }
    const prepare = acts.prepare;
    const before = prepare
      ? ((await untilAborted(clock, ended.spec, control, () => prepare(context, input))) as Json)
      : null;
    return { acts, context, rendered, input, before, reached: false };
  }

  async #carryOut(call: Call, ended: Ended, control: AbortController): Promise<Outcome<Json>> {
    const { acts, context, input, before } = call;
    if (ended.undo) {
      if (!acts.undo) throw new Error(`${ended.spec.type} declares an undo that it does not have`);
      return (await acts.undo(context, input, before)) as Outcome<Json>;
    }
    const once = async () => (await acts.run(context, input, before)) as Outcome<Json>;
    const { phase } = parseActKey(ended.act);
    if (phase === 'do' || phase === 'undo') return once();
    return untilItHolds(once, ended.spec.retry, { clock: this.#parts.clock, signal: control.signal });
  }

  #intend({ act, attempt, crossesLine }: Attempt, call: Call): void {
    const { recorder, plan, masking } = this.#parts;
    const events: Event[] = crossesLine ? [{ type: 'line-crossed', act }] : [];
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
