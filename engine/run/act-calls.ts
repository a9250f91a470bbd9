/** Calls of step types within a run: rendered, with their context, from what is journaled or from the plan. */
import { isDeepStrictEqual } from 'node:util';
import { actOf, isAutoUndo } from '../decide/act-of.ts';
import type { ActKey, Phase } from '../decide/events.ts';
import { actKey, parseActKey } from '../decide/keys.ts';
import { judgesOwnRead } from '../decide/reread.ts';
import type { Json, JsonObject, Plan, PlanAct } from '../plan.ts';
import type { ActContext, AnyStepActs, AnyStepType, Outcome } from '../step.ts';
import { actContext } from './act-context.ts';
import type { ActLogs } from './act-log.ts';
import { checkpointsOf } from './checkpoints.ts';
import type { Connections } from './connections.ts';
import { outcomeOf, Unprepared } from './failure.ts';
import { Intents, refuseMasked } from './intents.ts';
import type { Ledgers } from './ledgers.ts';
import type { Masking } from './masking.ts';
import type { RunOptions } from './options.ts';
import type { PlannedAttempt } from './outcome-events.ts';
import type { Recorder } from './recorder.ts';
import type { Scopes } from './scope.ts';
import { parseInput } from './step-data.ts';
import { type Limit, untilAborted } from './time-limit.ts';
import { pollingLimitMs, untilItHolds } from './until-it-holds.ts';
import { untilTrue } from './until-true.ts';

export interface CallParts extends Pick<RunOptions, 'plan' | 'registry' | 'clock' | 'view' | 'runbookDir'> {
  readonly recorder: Recorder;
  readonly connections: Connections;
  readonly logs: ActLogs;
  readonly ledgers: Ledgers;
  readonly checkpointDir: string;
  readonly masking: Masking;
  readonly scopes: Scopes;
}

/** Ready to be carried out. */
export interface Call {
  readonly acts: AnyStepActs;
  readonly context: ActContext;
  /** As journaled: secrets by name. */
  readonly rendered: JsonObject;
  readonly input: unknown;
  readonly before: Json;
  /** Whether a client was handed out since: only then can something have happened. */
  reached: boolean;
}

/**
 * A check is polled within its attempt; acts have journaled attempts, and so has a check on the output of its own step.
 */
const polled: readonly Phase[] = ['pre', 'verify', 'undo-pre', 'undo-verify', 'item'];
const isPolled = ({ steps }: Plan, act: ActKey, spec: PlanAct): boolean =>
  polled.includes(parseActKey(act).phase) && !judgesOwnRead(steps[parseActKey(act).step], spec);

export class ActCalls {
  readonly #parts: CallParts;
  readonly intents = new Intents();

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  spec(act: ActKey): PlanAct {
    return actOf(this.#parts.plan, act);
  }

  planned(act: ActKey, attempt: number): PlannedAttempt {
    const spec = this.spec(act);
    const type = this.#parts.registry.steps.get(spec.type);
    if (!type) throw new Error(`step type ${spec.type} is in the plan but not in the registry`);
    return {
      act,
      attempt,
      spec,
      type,
      undo: isAutoUndo(this.#parts.plan, act),
      masking: this.#parts.masking,
      cut: { masked: false },
      polled: { reads: 0, value: null },
    };
  }

  async acts({ type }: { type: AnyStepType }): Promise<AnyStepActs> {
    return (await type.load()).acts;
  }

  /**
   * What was journaled with the intent; an undo starts from the image of the act that it undoes. Throws RB527
   * where masking has changed it and the text is not known any more.
   */
  journaled(act: ActKey): { input: JsonObject; before: Json } {
    const of = this.#imageOf(act);
    const { state } = this.#parts.recorder;
    const real = this.intents.real(of);
    if (real) return real;
    refuseMasked(state, of, 'before');
    return { input: this.journaledInput(act), before: state.acts[of]?.before ?? null };
  }

  /** For what needs no before-image. Throws RB527. */
  journaledInput(act: ActKey): JsonObject {
    const of = this.#imageOf(act);
    const { state } = this.#parts.recorder;
    return this.intents.real(of)?.input ?? this.#unmasked(of, state.acts[of]?.input ?? {});
  }

  #imageOf(act: ActKey): ActKey {
    return isAutoUndo(this.#parts.plan, act) ? actKey(parseActKey(act).step, 'do', 0) : act;
  }

  /**
   * A secret's text may be in an input by chance, for example in a path: the journal has it masked, and an undo of
   * the masked path would undo nothing. An input that renders to the journaled one is used instead.
   */
  #unmasked(act: ActKey, journaled: JsonObject): JsonObject {
    const { plan, recorder, scopes, masking } = this.#parts;
    try {
      const rendered = scopes.input(recorder.state, actOf(plan, act));
      if (isDeepStrictEqual(masking.json(rendered), journaled)) return rendered;
    } catch {
      // It names what is not known in this session: the journal alone can tell.
    }
    refuseMasked(recorder.state, act, 'input');
    return journaled;
  }

  context(planned: PlannedAttempt, signal: AbortSignal, connected?: () => void) {
    const { plan, recorder, clock, view, runbookDir, connections, logs, ledgers, masking } = this.#parts;
    const { act, attempt, spec } = planned;
    // What is read again and again is shown by its value; the full output is in the log.
    const told = parseActKey(act).phase !== 'measure' && !spec.until;
    const log = logs.open(act, attempt, clock.now(), masking.stream, (line) => {
      if (told) view.output(act, line);
    });
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
      mask: (text) => {
        const said = masking.text(text);
        if (said !== text) planned.cut.masked = true;
        return said;
      },
      log: log.write,
      progress: (p) => view.progress(act, p, clock.now()),
      ledger: ledgers.of(act, masking.text),
      checkpoint: checkpointsOf(this.#parts.checkpointDir, act, masking),
      ...(connected && { connected }),
    });
    const end = () => {
      log.end();
      ledgers.close(act);
    };
    return { context, end };
  }

  /** Reads only. A throw here means that nothing happened. */
  async prepare(
    attach: boolean,
    planned: PlannedAttempt,
    context: ActContext,
    control: AbortController,
  ): Promise<Call> {
    const { scopes, recorder, clock } = this.#parts;
    const acts = await this.acts(planned);
    if (attach || planned.undo) {
      const { input, before } = this.journaled(planned.act);
      return {
        acts,
        context,
        rendered: input,
        input: parseInput(planned.type, input),
        before,
        reached: false,
      };
    }
    const rendered = scopes.input(recorder.state, planned.spec);
    const input = parseInput(planned.type, rendered);
    if (planned.spec.effects === 'read' && planned.type.effects(input) !== 'read') {
      throw new Error('the plan expects a read, but with the values of this run it would write');
    }
    const prepare = acts.prepare;
    const before = prepare
      ? ((await untilAborted(clock, planned.spec, control, () => prepare(context, input)).catch(
          (error: unknown) => {
            throw new Unprepared(error);
          },
        )) as Json)
      : null;
    return { acts, context, rendered, input, before, reached: false };
  }

  /** Of an attempt as a whole. */
  limit({ act, spec }: PlannedAttempt): Limit {
    return spec.until || isPolled(this.#parts.plan, act, spec)
      ? { ...spec, timeoutMs: pollingLimitMs(spec) }
      : spec;
  }

  async carryOut(call: Call, planned: PlannedAttempt, control: AbortController): Promise<Outcome<Json>> {
    const { acts, context, input, before } = call;
    if (planned.undo) {
      if (!acts.undo) throw new Error(`${planned.spec.type} declares an undo that it does not have`);
      const { undo } = acts;
      return outcomeOf(() => undo(context, input, before) as Promise<Outcome<Json>>);
    }
    const once = (signal: AbortSignal) =>
      outcomeOf(() => acts.run({ ...context, signal }, input, before) as Promise<Outcome<Json>>);
    const { until } = planned.spec;
    if (until) return untilTrue(once, planned, until, { parts: this.#parts, control });
    if (!isPolled(this.#parts.plan, planned.act, planned.spec)) return once(control.signal);
    return untilItHolds(once, planned.spec, { clock: this.#parts.clock, control });
  }
}
