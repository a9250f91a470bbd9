/**
 * One measurement of a watch: the read, then its verdict. It is journaled only at its end: after a crash the next
 * engine takes the same measurement.
 */
import type { Event, Measured } from '../decide/events.ts';
import { actKey } from '../decide/keys.ts';
import type { Masked } from '../decide/masked.ts';
import { schemaOf } from '../expr/json-schema.ts';
import { toldBy } from '../expr/told.ts';
import type { Json, PlanWatch } from '../plan.ts';
import type { Outcome } from '../step.ts';
import type { ActCalls, CallParts } from './act-calls.ts';
import { foreignText, outcomeFailure, shownLine, thrownFailure } from './failure.ts';
import { starred } from './masking.ts';
import type { PlannedAttempt } from './outcome-events.ts';
import { journalOutput } from './step-data.ts';
import { untilAborted } from './time-limit.ts';
import { verdictOf } from './verdict.ts';

/** Shown to people, once a line: what the conditions read may be long. */
const longestValue = 200;
const longestWhy = 300;

interface Found {
  readonly verdict: Measured;
  readonly why?: string;
  readonly value?: Masked;
}

export class Measurer {
  readonly #parts: CallParts;
  readonly #calls: ActCalls;

  constructor(parts: CallParts, calls: ActCalls) {
    this.#parts = parts;
    this.#calls = calls;
  }

  /** `wanted`: asked at the end; a rollback that came meanwhile, or a person who gave the watch up, wants none. */
  async measure(step: string, n: number, control: AbortController, wanted: () => boolean): Promise<void> {
    const { plan, recorder } = this.#parts;
    const watch = plan.steps[step];
    if (watch?.kind !== 'watch') throw new Error(`${step} is no watch`);
    const planned = this.#calls.planned(actKey(step, 'measure', 0), n);
    const log = this.#calls.context(planned, control.signal);
    const found = await this.#read(planned, control, log.context)
      .then((outcome) => this.#judge(watch, planned, outcome))
      .catch((error: unknown): Found => ({ verdict: 'error', why: this.#said(error) }))
      .finally(log.end);
    const { aborted, reason } = control.signal;
    if ((aborted && reason !== 'timeout') || !wanted()) return;
    const { verdict, why, value } = found;
    const event: Event = {
      type: 'watch-measured',
      step,
      n,
      verdict,
      ...(value !== undefined && { value: shownLine(value, longestValue) }),
      ...(why !== undefined && { why: shownLine(foreignText(why, this.#parts.masking), longestWhy) }),
    };
    recorder.add(event);
  }

  async #read(
    planned: PlannedAttempt,
    control: AbortController,
    context: Parameters<ActCalls['prepare']>[2],
  ): Promise<Outcome<Json>> {
    const call = await this.#calls.prepare(false, planned, context, control);
    return untilAborted(this.#parts.clock, planned.spec, control, () =>
      this.#calls.carryOut(call, planned, control),
    );
  }

  #judge(watch: PlanWatch, { type, spec, cut: text }: PlannedAttempt, outcome: Outcome<Json>): Found {
    const { masking, recorder, scopes } = this.#parts;
    if (!outcome.done) {
      const why = outcomeFailure(outcome, masking, 'failed', spec.message).short;
      // Without a condition the read itself is the condition, and it failed.
      const isCondition = watch.success === null && watch.failure === null && !outcome.noAnswer;
      return { verdict: isCondition ? 'failure' : 'error', why };
    }
    const output = journalOutput(type, outcome.output);
    if ('error' in output) return { verdict: 'error', why: output.error.short };
    const result = {
      value: output.value,
      schema: schemaOf(type.output, 'output'),
      ...(text.masked && { masked: starred(output.value) }),
    };
    const scope = { ...scopes.of(recorder.state, Object.keys(recorder.state.steps)), result };
    const read = [watch.success, watch.failure, watch.samples].filter((expr) => expr !== null);
    const told = toldBy('result', read, output.value);
    return { ...verdictOf(watch, scope), value: masking.shown(told) };
  }

  #said(error: unknown): string {
    return thrownFailure(error, this.#parts.masking).short;
  }
}
