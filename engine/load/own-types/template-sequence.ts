/**
 * Calls of one act, one after the other. A list in the run's directory says which of them were begun: after a crash none
 * is made twice and none is left out. Their outputs are kept beside it.
 */
import * as z from 'zod';
import type { Json } from '../../plan.ts';
import type { ActContext, Ledger, Outcome, Probed } from '../../step.ts';
import { after, type Outputs, probeOnly, type ReadyCall, runOnly } from './template-calls.ts';

const results = z.record(z.string(), z.json());

const ledgerOf = (ctx: ActContext): Ledger<string> => ctx.ledger('calls', z.string());
const resultsOf = (ctx: ActContext) => ctx.checkpoint('results', results);

const listOf = async function* (calls: readonly ReadyCall[]) {
  for (const { call } of calls) yield { key: call.id, value: call.type.type };
};

const keysOf = async (items: AsyncIterable<{ readonly key: string }>): Promise<ReadonlySet<string>> => {
  const keys = new Set<string>();
  for await (const { key } of items) keys.add(key);
  return keys;
};

const remember = async (ctx: ActContext, id: string, output: Json): Promise<void> => {
  const kept = resultsOf(ctx);
  await kept.save({ ...(await kept.load()), [id]: output } as z.output<typeof results>);
};

/** null: an output was not kept, or is lost. */
const outputsOf = async (ctx: ActContext, calls: readonly ReadyCall[]): Promise<Outputs | null> => {
  const kept = await resultsOf(ctx).load();
  const outputs = calls.flatMap(({ call: { id } }) => (kept && id in kept ? [kept[id] as Json] : []));
  return outputs.length === calls.length ? outputs : null;
};

const lost = 'all its calls are done, and the output of one of them is lost';

/** Of the calls that were done, those that are not any more: undone, or changed by somebody else. */
const gone = async (calls: readonly ReadyCall[]): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (const ready of calls) if ((await probeOnly(ready)).state === 'not-done') ids.push(ready.call.id);
  return ids;
};

/** Continues with the calls that are not done. */
export const runInOrder = async (ctx: ActContext, calls: readonly ReadyCall[]): Promise<Outcome<Outputs>> => {
  const ledger = ledgerOf(ctx);
  await ledger.freeze(listOf(calls));
  // The work of this very attempt is followed on; after an unknown outcome, a person has said: again.
  const begun = await keysOf(ledger.unsettled());
  const waiting = await keysOf(ledger.pending());
  const over = calls.filter(({ call: { id } }) => !begun.has(id) && !waiting.has(id));
  const missing = await gone(over);
  if (missing.length > 0)
    return {
      done: false,
      effect: 'some',
      retryable: false,
      short: `done by an earlier attempt, and not done any more: ${missing.join(', ')}`,
    };
  let done = over.length;
  const outputs = new Map<string, Json>();
  for (const ready of calls) {
    const { id } = ready.call;
    if (waiting.has(id)) await ledger.claim(id);
    else if (!begun.has(id)) continue;
    const outcome = await runOnly(ready);
    if (!outcome.done) {
      // Left running: the next session follows it on.
      if (ctx.signal.reason === 'detach') return after(done > 0, outcome);
      await ledger.settle(id, outcome.effect === 'unknown' ? 'unknown' : 'not-done', outcome.short);
      return after(done > 0, { ...outcome, short: `${id}: ${outcome.short}` });
    }
    outputs.set(id, outcome.output);
    await remember(ctx, id, outcome.output);
    await ledger.settle(id, 'done');
    done += 1;
  }
  if (outputs.size === calls.length) return { done: true, output: [...outputs.values()] };
  const kept = await outputsOf(ctx, calls);
  return kept ? { done: true, output: kept } : { done: false, effect: 'some', retryable: false, short: lost };
};

/** What became of the call that was begun last says what became of all. */
export const probeInOrder = async (
  ctx: ActContext,
  calls: readonly ReadyCall[],
): Promise<Probed<Outputs>> => {
  const ledger = ledgerOf(ctx);
  // The list is made before the first call.
  if ((await ledger.frozen()) === null) return { state: 'not-done' };
  const begun = await keysOf(ledger.unsettled());
  for (const ready of calls) {
    const { id } = ready.call;
    if (!begun.has(id)) continue;
    const found = await probeOnly(ready);
    switch (found.state) {
      case 'alive':
        return found;
      case 'partial':
      case 'unknown':
        return { state: found.state, why: `${id}: ${found.why}` };
      case 'failed': {
        await ledger.settle(id, found.outcome.effect === 'unknown' ? 'unknown' : 'not-done');
        const { done } = await ledger.counts();
        return { state: 'failed', outcome: after(done > 0, found.outcome) };
      }
      case 'not-done':
        await ledger.settle(id, 'not-done');
        break;
      case 'done':
        await remember(ctx, id, found.output);
        await ledger.settle(id, 'done');
    }
  }
  const waiting = await keysOf(ledger.pending());
  const over = calls.filter(({ call }) => !waiting.has(call.id));
  const missing = await gone(over);
  const done = over.length - missing.length;
  if (done === 0) return { state: 'not-done' };
  if (missing.length > 0)
    return { state: 'partial', why: `done before, and not done any more: ${missing.join(', ')}` };
  // Nothing is unknown, and nothing was tried in vain: the same attempt continues.
  if (waiting.size > 0 && [...waiting].every((id) => !begun.has(id))) return { state: 'alive' };
  if (waiting.size > 0) {
    const next = `a retry continues with ${[...waiting][0]}`;
    return { state: 'partial', why: `${done} of ${calls.length} calls are done; ${next}` };
  }
  const outputs = await outputsOf(ctx, calls);
  return outputs ? { state: 'done', output: outputs } : { state: 'unknown', why: lost };
};
