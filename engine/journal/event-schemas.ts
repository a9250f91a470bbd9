/**
 * Journal format 1 of every event in engine/decide/events.ts. An optional member may be added; any other
 * change needs a new format number in codec.ts, so that the journals of earlier engines keep reading.
 */
import * as z from 'zod';
import type { ActKey, Recorded } from '../decide/events.ts';
import type { Masked } from '../decide/masked.ts';
import type { Json, JsonObject } from '../plan.ts';
import type { Agree } from './agree.ts';

const ACT_KEY = /^[^/]+(?:\/[^/]+)*\/(?:pre|do|verify|undo-pre|undo|undo-verify|measure|trip|item)\/\d+$/;

const text = z.string();
/** Only masked text was ever written there. */
const said = z.custom<Masked>((v) => typeof v === 'string', 'expected text');
const name = z.string().min(1);
/** Epoch ms. */
const instant = z.number();
const ordinal = z.int().min(1);
const durations = z.record(z.string(), z.number());
/** Names folders at the places of the run, which are removed in the end: it must not lead anywhere else. */
const runId = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected a run id');
const actKey = z.custom<ActKey>((v) => typeof v === 'string' && ACT_KEY.test(v), 'expected step/phase/index');
// What JSON.parse made is JSON already: walking it again would cost more than all the other checks.
const json = z.custom<Json>((v) => v !== undefined, 'is missing');
const jsonObject = z.custom<JsonObject>(
  (v) => typeof v === 'object' && v !== null && !Array.isArray(v),
  'expected an object',
);

const effect = z.enum(['none', 'some', 'unknown']);
const answer = z.enum(['go', 'no_go']);
export const holdChoice = z.enum(['look', 'retry', 'skip', 'done', 'roll-back', 'continue', 'ended', 'stop']);
const holdCause = z.enum([
  'failed',
  'unknown',
  'no-go',
  'gate-expired',
  'window',
  'living',
  'line-crossed',
  'watch',
  'unanswered',
  'lock',
  'condition',
  'span',
]);
const failure = z.strictObject({
  code: text,
  short: said,
  detail: said.exactOptional(),
  remedy: said.exactOptional(),
});
const criterion = z.strictObject({ expr: text, holds: z.boolean(), error: said.exactOptional() });

const event = <T extends string, S extends z.core.$ZodLooseShape>(type: T, members: S) =>
  z.strictObject({ seq: ordinal, at: instant, type: z.literal(type), ...members });

const attempt = { act: actKey, attempt: ordinal };
const pointers = z.array(text);
const holder = z.strictObject({
  run: said,
  runbook: said,
  environment: said.exactOptional(),
  user: said,
  host: said,
  reason: said.exactOptional(),
  since: instant,
});
const polled = z.strictObject({ reads: ordinal, value: said.exactOptional() });
/** Of the file in the inbox that asked for it. */
const commandId = text.exactOptional();

const appliedPolicy = z.strictObject({
  file: text,
  digest: text,
  rules: z.array(
    z.strictObject({
      name: text,
      level: z.enum(['error', 'warning', 'note']),
      verdict: z.enum(['passed', 'violated', 'skipped', 'unchecked']),
    }),
  ),
});

const session = [
  event('run-created', {
    runId,
    runbook: text,
    planDigest: name,
    environment: text.nullable(),
    engine: text,
    user: text,
    measuredUndoMs: durations,
    beside: z.strictObject({ runs: z.array(name), reason: said }).exactOptional(),
  }),
  event('plan-amended', {
    planDigest: name,
    changes: z.array(text),
    accepted: z.array(z.strictObject({ step: name, reason: said })),
    user: text,
  }),
  event('session-started', {
    session: ordinal,
    pid: z.int(),
    host: text,
    user: text,
    interactive: z.boolean(),
    booted: z.strictObject({ id: name, at: instant }).exactOptional(),
    policies: z.array(appliedPolicy).exactOptional(),
  }),
  event('session-ended', {
    session: ordinal,
    reason: z.enum(['settled', 'held', 'interrupted', 'failed']),
  }),
  event('clock-set', { t0: instant, skipWaits: z.boolean() }),
  event('clock-stepped', { byMs: z.number() }),
  event('place-known', { place: name, host: text, boot: text, user: text, stateDir: text, marker: name }),
  event('command-refused', {
    id: text.nullable(),
    command: z.enum(['approve', 'check', 'resolve', 'skip', 'roll-back']),
    step: text.nullable(),
    as: text.nullable(),
    user: text,
    reason: said,
    why: said,
  }),
  event('run-adopted', { from: text, to: text, user: text, reason: said }),
] as const;

const acts = [
  event('ledger-frozen', { act: actKey, ledger: name, count: z.int().min(0), sha256: text }),
  event('act-started', {
    ...attempt,
    input: jsonObject,
    digest: text,
    before: json,
    masked: z
      .strictObject({ input: pointers.exactOptional(), before: pointers.exactOptional() })
      .exactOptional(),
  }),
  z.discriminatedUnion('result', [
    event('act-finished', {
      ...attempt,
      result: z.literal('done'),
      effect,
      output: json,
      masked: pointers.exactOptional(),
      polled: polled.exactOptional(),
    }),
    event('act-finished', {
      ...attempt,
      result: z.literal('failed'),
      effect,
      error: failure,
      retryable: z.boolean(),
      living: z.boolean().exactOptional(),
      polled: polled.exactOptional(),
    }),
  ]),
  z.discriminatedUnion('state', [
    event('act-probed', {
      ...attempt,
      state: z.literal('done'),
      output: json,
      masked: pointers.exactOptional(),
    }),
    event('act-probed', {
      ...attempt,
      state: z.literal('failed'),
      effect,
      error: failure,
      retryable: z.boolean(),
    }),
    event('act-probed', { ...attempt, state: z.enum(['not-done', 'alive']) }),
    event('act-probed', { ...attempt, state: z.literal('partial'), why: said }),
    event('act-probed', {
      ...attempt,
      state: z.literal('unknown'),
      why: said,
      lost: z.literal(true).exactOptional(),
    }),
  ]),
] as const;

const steps = [
  event('step-started', { step: name, plannedAt: instant.nullable() }),
  event('step-settled', {
    step: name,
    state: z.enum(['succeeded', 'failed', 'skipped', 'undone', 'kept']),
    reason: said.exactOptional(),
    by: text.exactOptional(),
    because: z.literal('condition').exactOptional(),
  }),
  event('condition-checked', { step: name, holds: z.boolean(), error: said.exactOptional() }),
  event('timer-set', { timer: name, until: instant }),
  event('timer-ended', { timer: name }),
] as const;

const gates = [
  event('gate-opened', { step: name, round: ordinal, unmet: z.array(text), criteria: z.array(criterion) }),
  event('gate-answered', {
    step: name,
    round: ordinal,
    verdict: answer,
    by: text.nullable(),
    unattended: z.boolean(),
    user: text,
    reason: said,
    commandId,
  }),
  event('gate-settled', {
    step: name,
    round: ordinal,
    verdict: z.enum(['go', 'no_go', 'expired']),
    validUntil: instant.nullable(),
  }),
  event('line-crossed', { act: actKey }),
] as const;

const watches = [
  event('watch-measured', {
    step: name,
    n: ordinal,
    verdict: z.enum(['success', 'failure', 'inconclusive', 'error']),
    value: said.exactOptional(),
    why: said.exactOptional(),
  }),
  event('watch-tripped', {
    step: name,
    trip: ordinal,
    as: z.enum(['failure', 'inconclusive', 'error']),
    message: said,
  }),
  event('checklist-opened', { step: name, round: ordinal, asks: z.array(name) }),
  event('item-checked', {
    step: name,
    item: name,
    passed: z.boolean(),
    by: name.nullable(),
    user: text.nullable(),
    reason: said,
    commandId,
  }),
] as const;

const locks = [
  event('lock-taken', {
    lock: name,
    place: name,
    token: ordinal,
    ttlMs: z.number(),
    from: holder.exactOptional(),
  }),
  event('lock-refused', {
    lock: name,
    place: name,
    why: said,
    remedy: said.exactOptional(),
    holder: holder.exactOptional(),
  }),
  event('lock-lost', { lock: name, why: said, remedy: said.exactOptional() }),
  event('lock-given-back', {
    lock: name,
    place: name,
    by: text.exactOptional(),
    reason: said.exactOptional(),
    left: said.exactOptional(),
  }),
] as const;

const turns = [
  event('rollback-started', { reason: said, by: text.nullable(), owed: z.array(name), commandId }),
  event('rollback-settled', {}),
  event('run-held', {
    hold: name,
    cause: holdCause,
    step: name.nullable(),
    act: actKey.nullable(),
    message: said,
    remedy: said.exactOptional(),
    choices: z.array(holdChoice),
  }),
  event('hold-resolved', { hold: name, choice: holdChoice, by: text, reason: said, commandId }),
  event('run-settled', { result: z.enum(['succeeded', 'rolled_back']) }),
] as const;

const spans = [
  event('span-opened', { span: name, n: ordinal, since: instant, step: name, by: z.enum(['act', 'undo']) }),
  event('span-closed', {
    span: name,
    n: ordinal,
    until: instant,
    as: z.enum(['reached', 'undone', 'not-done']),
  }),
  event('span-breached', { span: name, n: ordinal, limitMs: z.number(), breachedAt: instant }),
  event('told', {
    notify: name,
    of: ordinal,
    on: name,
    where: text,
    ok: z.boolean(),
    why: said.exactOptional(),
  }),
] as const;

export const recordedSchema = z.discriminatedUnion('type', [
  ...session,
  ...acts,
  ...steps,
  ...gates,
  ...watches,
  ...locks,
  ...turns,
  ...spans,
]);

true satisfies Agree<z.output<typeof recordedSchema>, Recorded>;
