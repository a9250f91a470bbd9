/** The acts of a template type: those of the types it calls, within the step's own act. */
import { ExprError } from '../../expr/evaluate.ts';
import { evaluateTyped, type TypeScope } from '../../expr/type-scope.ts';
import type { Json } from '../../plan.ts';
import {
  type ActContext,
  type Finding,
  type Outcome,
  type Probed,
  type StepActs,
  StepFailed,
} from '../../step.ts';
import {
  inputScope,
  judgeCall,
  ownFile,
  renderTyped,
  type Template,
  type TypeBefore,
  type TypeCall,
  type TypeInput,
} from './template.ts';
import {
  actsOf,
  after,
  byId,
  outputOf,
  partOf,
  probeOnly,
  type ReadyCall,
  runOnly,
  settled,
  undoOnly,
} from './template-calls.ts';
import { probeInOrder, runInOrder } from './template-sequence.ts';

type Acts = StepActs<TypeInput, Json, TypeBefore>;
type Answer =
  | { readonly state: 'done' }
  | { readonly state: 'not-done' }
  | { readonly state: 'unknown'; readonly why: string };

/** Nothing has happened: the call could not even be formed. */
const notFormed = ({ id, type }: TypeCall, why: string): StepFailed =>
  new StepFailed(`${id} (${type.type}): ${why}`, { effect: 'none' });

export const templateActs = (template: Template): Acts => {
  const { before: reads, run, undo, probe } = template;

  const scopeOf = (input: TypeInput, read?: Json): TypeScope => ({
    ...inputScope(template, input),
    ...(reads && read !== undefined && { before: { value: read, schema: reads.schema } }),
  });

  /** Throws StepFailed. */
  const inputOf = (call: TypeCall, input: TypeInput, scope: TypeScope): unknown => {
    try {
      const parsed = call.type.input.safeParse(renderTyped(call.with, input, scope));
      if (parsed.success) return parsed.data;
      const [issue] = parsed.error.issues;
      throw notFormed(call, issue ? `${issue.path.join('.')}: ${issue.message}` : 'its input is not valid');
    } catch (error) {
      throw error instanceof ExprError ? notFormed(call, error.message) : error;
    }
  };

  /** A file that the template names lies beside it. */
  const contextOf = (ctx: ActContext, call: TypeCall, part: boolean): ActContext => ({
    ...(part ? partOf(ctx, call) : ctx),
    readFile: (path) => ctx.readFile(ownFile(template, call, path)),
  });

  /** Throws StepFailed. */
  const read = async (ctx: ActContext, call: TypeCall, input: TypeInput, scope: TypeScope): Promise<Json> => {
    const given = inputOf(call, input, scope);
    if (call.type.effects(given) !== 'read') throw notFormed(call, 'with these values it is no read');
    const acts = await actsOf(call);
    const own = contextOf(ctx, call, false);
    const image: unknown = (await acts.prepare?.(own, given)) ?? null;
    const outcome = await settled(() => acts.run(own, given, image) as Promise<Outcome<unknown>>);
    if (outcome.done) return outputOf(call, outcome.output);
    const { done: _, short, ...facts } = outcome;
    throw new StepFailed(`${call.id}: ${short}`, { ...facts, effect: 'none' });
  };

  const readAll = async (ctx: ActContext, input: TypeInput): Promise<Json> => {
    if (reads === null) return null;
    const outputs: Json[] = [];
    for (const call of reads.calls) outputs.push(await read(ctx, call, input, scopeOf(input)));
    return byId(reads, outputs);
  };

  const callsOf = (ctx: ActContext, input: TypeInput, before: TypeBefore): readonly ReadyCall[] =>
    run.calls.map((call, i) => ({
      call,
      context: contextOf(ctx, call, run.several),
      input: () => inputOf(call, input, scopeOf(input, before.read as Json)),
      before: call.type.before ? call.type.before.parse(before.own[i] ?? null) : null,
    }));

  /** Throws ExprError. `result` null: only the probe knows that it happened. */
  const output = (input: TypeInput, before: TypeBefore, result: Json | null): Json => {
    if (template.output === null) return result;
    const scope = {
      ...scopeOf(input, before.read as Json),
      ...(result !== null && { result: { value: result, schema: run.schema } }),
    };
    const fields = Object.entries(template.output).map(([key, value]): [string, Json] => {
      try {
        return [key, renderTyped(value, input, scope)];
      } catch (error) {
        if (result === null) return [key, null];
        throw error;
      }
    });
    return Object.fromEntries(fields);
  };

  const finish = (input: TypeInput, before: TypeBefore, result: Json): Outcome<Json> => {
    try {
      return { done: true, output: output(input, before, result) };
    } catch (error) {
      if (!(error instanceof ExprError)) throw error;
      const short = `it is done, but its output cannot be read: ${error.message}`;
      return { done: false, effect: 'some', retryable: false, short };
    }
  };

  /** null: it has no probe. */
  const ask = async (ctx: ActContext, input: TypeInput, found: Json): Promise<Answer | null> => {
    if (probe === null) return null;
    const scope = scopeOf(input, found);
    try {
      const value = await read(ctx, probe.call, input, scope);
      const told = { ...scope, result: { value, schema: probe.schema } };
      if (evaluateTyped(probe.done, told) === true) return { state: 'done' };
      if (probe.notDone === null || evaluateTyped(probe.notDone, told) === true) return { state: 'not-done' };
      return { state: 'unknown', why: 'its probe cannot tell' };
    } catch (error) {
      if (!(error instanceof StepFailed) && !(error instanceof ExprError)) throw error;
      return { state: 'unknown', why: error.message };
    }
  };

  const ran = async (ctx: ActContext, ready: readonly ReadyCall[]): Promise<Outcome<readonly Json[]>> => {
    const [only] = ready;
    if (run.several || !only) return runInOrder(ctx, ready);
    const outcome = await runOnly(only);
    return outcome.done ? { done: true, output: [outcome.output] } : outcome;
  };

  const looked = async (ctx: ActContext, ready: readonly ReadyCall[]): Promise<Probed<readonly Json[]>> => {
    const [only] = ready;
    if (run.several || !only) return probeInOrder(ctx, ready);
    const found = await probeOnly(only);
    return found.state === 'done' ? { state: 'done', output: [found.output] } : found;
  };

  /** The probe decides, but not beside work that is alive, nor where nothing was started. */
  const probed = async (ctx: ActContext, input: TypeInput, before: TypeBefore): Promise<Probed<Json>> => {
    const found = await looked(ctx, callsOf(ctx, input, before));
    if (found.state === 'alive' || found.state === 'not-done' || found.state === 'failed') return found;
    const answer = await ask(ctx, input, before.read as Json);
    if (answer?.state === 'not-done') return answer;
    if (found.state === 'done') {
      const outcome = finish(input, before, byId(run, found.output));
      return outcome.done ? { state: 'done', output: outcome.output } : { state: 'failed', outcome };
    }
    if (answer === null) return found;
    if (answer.state === 'unknown') return { state: 'unknown', why: `${found.why}; ${answer.why}` };
    return { state: 'done', output: output(input, before, null) };
  };

  const runUndo = async (
    ctx: ActContext,
    call: TypeCall,
    input: TypeInput,
    before: TypeBefore,
  ): Promise<Outcome<unknown>> => {
    const given = inputOf(call, input, scopeOf(input, before.read as Json));
    const own = contextOf(ctx, call, undo?.several ?? false);
    const acts = await actsOf(call);
    // What an earlier attempt of this undo has left at work would act beside it.
    for (let attempt = 1; attempt < ctx.attempt; attempt++) {
      if (!acts.end || (await acts.end({ ...own, attempt }, given))) continue;
      const why = `${call.id}: an earlier attempt of this undo could not be proven ended`;
      throw new StepFailed(why, { effect: 'unknown', living: true });
    }
    const image: unknown = (await acts.prepare?.(own, given)) ?? null;
    return acts.run(own, given, image) as Promise<Outcome<unknown>>;
  };

  /** The calls of its own undo, or the undo of each call of `run`, the last first. */
  const undone = async (ctx: ActContext, input: TypeInput, before: TypeBefore): Promise<Outcome<null>> => {
    const steps: readonly (() => Promise<Outcome<unknown>>)[] = undo
      ? undo.calls.map((call) => () => runUndo(ctx, call, input, before))
      : callsOf(ctx, input, before)
          .toReversed()
          .map((ready) => () => undoOnly(ready));
    for (const [i, step] of steps.entries()) {
      const outcome = await settled(step);
      if (!outcome.done) return after(i > 0, outcome);
    }
    return { done: true, output: null };
  };

  const rehearsed = async (ctx: ActContext, input: TypeInput): Promise<readonly Finding[]> => {
    const findings: Finding[] = [];
    const found = await readAll(ctx, input);
    for (const { id, type } of reads?.calls ?? [])
      findings.push({ level: 'verified', what: `read before it: ${id} (${type.type})`, passing: true });
    for (const call of run.calls) {
      const given = inputOf(call, input, scopeOf(input, found));
      const acts = await actsOf(call);
      findings.push(...(await acts.check(contextOf(ctx, call, run.several), given)));
    }
    const answer = await ask(ctx, input, found);
    if (answer?.state === 'unknown') findings.push({ level: 'problem', what: answer.why, passing: true });
    else if (answer?.state === 'done')
      findings.push({ level: 'unchecked', what: 'its probe says: already done', passing: true });
    else if (answer) findings.push({ level: 'verified', what: 'its probe says: not done', passing: true });
    return findings;
  };

  return {
    check: rehearsed,
    async prepare(ctx, input) {
      const found = await readAll(ctx, input);
      const own: Json[] = [];
      for (const call of run.calls) {
        const given = inputOf(call, input, scopeOf(input, found));
        const image: unknown = await (await actsOf(call)).prepare?.(contextOf(ctx, call, run.several), given);
        own.push((image ?? null) as Json);
      }
      return { read: found, own } as TypeBefore;
    },
    async run(ctx, input, before) {
      const outcome = await ran(ctx, callsOf(ctx, input, before));
      return outcome.done ? finish(input, before, byId(run, outcome.output)) : outcome;
    },
    probe: probed,
    async end(ctx, input) {
      for (const call of run.calls) {
        const { end } = await actsOf(call);
        if (!end) continue;
        const judged = judgeCall(template, call, input);
        if (!judged.ok || judged.input === null) return false;
        if (!(await end(contextOf(ctx, call, run.several), judged.input))) return false;
      }
      return true;
    },
    ...((undo !== null || run.calls.every(({ type }) => type.undoes)) && { undo: undone }),
  };
};
