import * as z from 'zod';
import {
  type ActContext,
  type Finding,
  type Ledger,
  type Outcome,
  type Probed,
  type StepActs,
  StepFailed,
} from '../../engine/step.ts';
import type { Channel, Delivery, TellMessage } from '../../engine/tell.ts';
import { sendMail } from '../_kits/telling/mail.ts';
import { teller } from '../_kits/telling/teller.ts';
import { addressOf, BadAddress } from '../_kits/telling/webhook.ts';
import type { NotifyInput, NotifyOutput } from './step.ts';

const item = z.strictObject({ to: z.string() });
type Item = z.output<typeof item>;

/** Who has been told: a second attempt after a crash leaves out whoever certainly was. */
const ledgerOf = (ctx: ActContext): Ledger<Item> => ctx.ledger('sent', item);

async function* addressees({ mail }: NotifyInput) {
  for (const to of new Set(mail?.to ?? ['webhook'])) yield { key: to, value: { to } };
}

const told = (status: number | null): NotifyOutput => ({ status, delivered: true });

const channelOf = ({ webhook, mail }: NotifyInput): Channel => {
  if (mail) return { kind: 'mail', ...mail };
  if (!webhook) throw new Error('neither webhook nor mail, which the schema refuses');
  const { url, format: shape, ca_file } = webhook;
  return { kind: 'webhook', url, shape, caFile: ca_file ?? null };
};

/** To one of those who are to be told. */
const deliver = (ctx: ActContext, channel: Channel, message: TellMessage, to: string): Promise<Delivery> =>
  channel.kind === 'mail' ? sendMail(ctx, channel, message, to) : teller.deliver(ctx, channel, message);

/** Before anything is claimed: an address that cannot be posted to has been told nothing. */
const checkAddress = (ctx: ActContext, { webhook }: NotifyInput): void => {
  try {
    if (webhook) addressOf(ctx, webhook.url);
  } catch (error) {
    if (!(error instanceof BadAddress)) throw error;
    throw new StepFailed(error.message, { effect: 'none', remedy: error.remedy });
  }
};

/** Nobody knows whether they were told: they are told once more, under the same id. */
const releaseUnsettled = async (ledger: Ledger<Item>): Promise<void> => {
  const keys: string[] = [];
  for await (const { key } of ledger.unsettled()) keys.push(key);
  for (const key of keys)
    await ledger.settle(key, 'not-done', 'its outcome is not known: sent once more, under the same id');
};

const sendAll = async (ctx: ActContext, input: NotifyInput): Promise<Outcome<NotifyOutput>> => {
  checkAddress(ctx, input);
  const ledger = ledgerOf(ctx);
  const { count } = await ledger.freeze(addressees(input));
  await releaseUnsettled(ledger);
  const { text, fields } = input;
  const message: TellMessage = { id: ctx.idempotencyKey, run: ctx.runId, step: ctx.stepId, text, fields };
  let status: number | null = null;
  let fault: Exclude<Delivery, { state: 'done' }> | null = null;
  for await (const { key, value } of ledger.pending()) {
    ctx.signal.throwIfAborted();
    await ledger.claim(key);
    const delivery = await deliver(ctx, channelOf(input), message, value.to);
    await ledger.settle(key, delivery.state, delivery.state === 'done' ? undefined : delivery.why);
    if (delivery.state === 'done') status = delivery.status;
    // What is not known outweighs what was refused.
    else if (fault?.state !== 'unknown') fault = delivery;
    ctx.progress({ done: (await ledger.counts()).done, total: count, unit: 'messages' });
  }
  if (fault === null) return { done: true, output: told(status) };
  if (fault.state === 'unknown')
    throw new StepFailed(`it is not known whether it got through: ${fault.why}`, {
      effect: 'unknown',
      retryable: true,
      remedy: 'It may be sent again: a second one is harmless',
    });
  const { done } = await ledger.counts();
  const { why, passing: retryable, remedy } = fault;
  throw new StepFailed(why, { effect: done > 0 ? 'some' : 'none', retryable, remedy });
};

const probe = async (ctx: ActContext): Promise<Probed<NotifyOutput>> => {
  const ledger = ledgerOf(ctx);
  const frozen = await ledger.frozen();
  if (frozen === null) return { state: 'not-done' };
  const { done, claimed, unknown } = await ledger.counts();
  if (done === frozen.count) return { state: 'done', output: told(null) };
  if (claimed + unknown > 0)
    return { state: 'unknown', why: 'a message was on its way; another one is harmless' };
  if (done > 0)
    return {
      state: 'unknown',
      why: `${done} of ${frozen.count} received it; another attempt sends to the others`,
    };
  return { state: 'not-done' };
};

const check = (ctx: ActContext, input: NotifyInput): Promise<readonly Finding[]> =>
  teller.check(ctx, channelOf(input));

export const acts: StepActs<NotifyInput, NotifyOutput, unknown> = { check, run: sendAll, probe };
