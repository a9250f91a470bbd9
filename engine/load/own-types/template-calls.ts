/** One call that an act of a template type makes. */
import type { Json } from '../../plan.ts';
import {
  type ActContext,
  type AnyStepActs,
  type FailedOutcome,
  type Outcome,
  type Probed,
  StepFailed,
} from '../../step.ts';
import type { TypeCall, TypeCalls } from './template.ts';

/** With all that it needs. */
export interface ReadyCall {
  readonly call: TypeCall;
  readonly context: ActContext;
  /** Throws StepFailed. */
  input(): unknown;
  readonly before: unknown;
}

/** The outputs of the calls of `run`, in their order. */
export type Outputs = readonly Json[];

export const actsOf = async ({ type }: TypeCall): Promise<AnyStepActs> => (await type.load()).acts;

/** A failure that is understood, whether it is thrown or returned. */
export const settled = async <O>(call: () => Promise<Outcome<O>>): Promise<Outcome<O>> => {
  try {
    return await call();
  } catch (error) {
    if (error instanceof StepFailed) return error.outcome;
    throw error;
  }
};

/** The output of a call, less what is never journaled. */
export const outputOf = ({ type }: TypeCall, output: unknown): Json => {
  const parsed = type.output.safeParse(output);
  if (!parsed.success) throw new Error(`output of ${type.type} does not match its schema`);
  const hidden = new Set(type.sensitive ?? []);
  const { data } = parsed;
  if (hidden.size === 0 || typeof data !== 'object' || data === null) return data as Json;
  return Object.fromEntries(Object.entries(data).filter(([key]) => !hidden.has(key))) as Json;
};

export const byId = ({ calls, several }: TypeCalls, outputs: Outputs): Json =>
  several ? Object.fromEntries(calls.map(({ id }, i) => [id, outputs[i] ?? null])) : (outputs[0] ?? null);

/** What a failure means where calls before it have changed something. */
export const after = (changed: boolean, outcome: FailedOutcome): FailedOutcome =>
  changed && outcome.effect === 'none' ? { ...outcome, effect: 'some' } : outcome;

/** One of several calls keeps its work and its images at its place as a step of its own would. */
export const partOf = (ctx: ActContext, { id }: TypeCall): ActContext => {
  const stepId = `${ctx.stepId}+${id}`;
  const act = `${stepId}${ctx.act.slice(ctx.stepId.length)}`;
  return { ...ctx, stepId, act, idempotencyKey: `${ctx.runId}/${act}` };
};

export const runOnly = async ({ call, context, input, before }: ReadyCall): Promise<Outcome<Json>> => {
  const acts = await actsOf(call);
  const outcome = await settled(() => acts.run(context, input(), before) as Promise<Outcome<unknown>>);
  return outcome.done ? { done: true, output: outputOf(call, outcome.output) } : outcome;
};

export const probeOnly = async ({ call, context, input, before }: ReadyCall): Promise<Probed<Json>> => {
  const acts = await actsOf(call);
  const found: Probed<unknown> = await acts.probe(context, input(), before);
  return found.state === 'done' ? { state: 'done', output: outputOf(call, found.output) } : found;
};

export const undoOnly = async ({ call, context, input, before }: ReadyCall): Promise<Outcome<null>> => {
  const { undo } = await actsOf(call);
  if (!undo) throw new Error(`${call.type.type} declares an undo that it does not have`);
  return undo(context, input(), before);
};
