/** The acts of a step that sends mail, whatever the mails go through: the list, the ledger, the pace and the result. */
import {
  type ActContext,
  type Finding,
  type Ledger,
  type Outcome,
  type StepActs,
  StepFailed,
} from '../../../engine/step.ts';
import { TargetError } from '../../../engine/target.ts';
import { type Listed, listRefused } from './gather.ts';
import { intervalMs, Pace, type Rate } from './pace.ts';
import { type Recipient, type RecipientsInput, recipientSchema } from './recipients.ts';
import { expectFinished, type MailingOutput, probeMailing, standing, summary } from './result.ts';
import { type Sending, type SentAll, sendAll } from './send-all.ts';

export interface MailingInput {
  readonly recipients: RecipientsInput;
  readonly expect_count?: number | undefined;
  readonly rate: Rate;
  readonly on_unknown: 'hold' | 'accept';
}

/** How one recipient after the other is served, and what has to be closed afterwards. */
export interface Sender extends Pick<Sending, 'send' | 'onVerdict'> {
  close?(): void;
}

/** What a mailing goes through. */
export interface Channel {
  /** Why a dry run does not read the list; null: `list` may read it. */
  unsent(): Promise<Finding | null>;
  /** Throws StepFailed, with effect `none`, where the list cannot be mailed as it is. */
  list(): Promise<readonly Listed[]>;
  /** Settles mails of which no answer came. */
  settle(ledger: Ledger<Recipient>): Promise<void>;
  sender(ledger: Ledger<Recipient>, pace: Pace): Sender;
  /** What a dry run cannot look at. */
  doubts(): readonly Finding[];
  /** What is said of a list that can be mailed. */
  fits(listed: readonly Listed[]): Finding;
}

export interface Mailing<I extends MailingInput, O extends MailingOutput, C extends Channel> {
  /** Throws TargetError. */
  open(ctx: ActContext, input: I): Promise<C>;
  /** Once every mail is settled. Throws StepFailed with effect `some`. */
  finish(ctx: ActContext, input: I, channel: C, ledger: Ledger<Recipient>, output: MailingOutput): Promise<O>;
  /** Whether there is more to do than the ledger knows of. */
  hasMore(input: I): boolean;
  /** Of a mailing that was found finished. */
  found(output: MailingOutput): O;
}

const ledgerOf = (ctx: ActContext): Ledger<Recipient> => ctx.ledger('recipients', recipientSchema);

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Once per run: a later attempt serves the same people. */
const freeze = async (
  ctx: ActContext,
  { expect_count, rate }: MailingInput,
  channel: Channel,
  ledger: Ledger<Recipient>,
): Promise<void> => {
  const before = await ledger.frozen();
  if (before) {
    if (expect_count === undefined || expect_count === before.count) return;
    throw listRefused(
      `the list was frozen with ${before.count} recipients, now ${expect_count} are expected`,
      'Find out why the number changed; the list of this run stays as it is',
    );
  }
  const { count, sha256 } = await ledger.freeze(stream(await channel.list()));
  const hours = (count * intervalMs(rate)) / 3_600_000;
  const takes = hours < 0.1 ? '' : `; at this pace done in ${hours.toFixed(1)} hours at the earliest`;
  ctx.log(`${count} recipients frozen (sha256 ${sha256})${takes}\n`);
};

const sendRest = async (
  ctx: ActContext,
  input: MailingInput,
  channel: Channel,
  ledger: Ledger<Recipient>,
): Promise<SentAll> => {
  const pace = new Pace(ctx.clock, input.rate);
  const { close, ...sender } = channel.sender(ledger, pace);
  try {
    const ended = await sendAll({ ctx, ledger, pace, ...sender });
    if (ended.ended !== 'aborted')
      await channel.settle(ledger).catch((error: unknown) => {
        // Why it ended is the better news; the next attempt asks again.
        if (ended.ended !== 'stopped' || !(error instanceof TargetError)) throw error;
      });
    return ended;
  } finally {
    close?.();
  }
};

/** A server that cannot be reached, an interruption or a refused list, between two mails: with what was sent so far. */
const brokenOff = async (ctx: ActContext, ledger: Ledger<Recipient>, error: unknown): Promise<unknown> => {
  const refused = error instanceof StepFailed;
  if (refused && error.outcome.effect !== 'none') return error;
  const unreachable = error instanceof TargetError;
  if (!refused && !unreachable && !ctx.signal.aborted) return error;
  const frozen = await ledger.frozen();
  const why = refused || unreachable ? error.message : 'stopped';
  const remedy = refused ? error.outcome.remedy : unreachable ? error.remedy : undefined;
  const again = refused ? error.outcome.retryable : ctx.signal.aborted || (unreachable && error.retry);
  return new StepFailed(frozen ? `${await standing(ledger)}; ${why}` : why, {
    effect: frozen ? 'some' : 'none',
    retryable: again,
    ...(remedy && { remedy }),
    ...(!refused && { cause: error }),
  });
};

const listFinding = async (channel: Channel): Promise<Finding> => {
  try {
    return (await channel.unsent()) ?? channel.fits(await channel.list());
  } catch (error) {
    if (!(error instanceof StepFailed) || error.outcome.effect !== 'none') throw error;
    // What brings the recipients may be a step of this very run.
    return error.notYet;
  }
};

export const mailingActs = <I extends MailingInput, O extends MailingOutput, C extends Channel>({
  open,
  finish,
  hasMore,
  found,
}: Mailing<I, O, C>): StepActs<I, O, unknown> => ({
  async check(ctx, input) {
    const channel = await open(ctx, input);
    return [await listFinding(channel), ...channel.doubts()];
  },

  async run(ctx, input): Promise<Outcome<O>> {
    const ledger = ledgerOf(ctx);
    const startedAt = ctx.clock.now();
    const orBroken = <T>(work: () => Promise<T>): Promise<T> =>
      work().catch(async (error: unknown) => {
        throw await brokenOff(ctx, ledger, error);
      });
    const { channel, ended, before } = await orBroken(async () => {
      const opened = await open(ctx, input);
      await freeze(ctx, input, opened, ledger);
      await opened.settle(ledger);
      const { done } = await ledger.counts();
      return { channel: opened, before: done, ended: await sendRest(ctx, input, opened, ledger) };
    });
    await expectFinished(ctx, ledger, ended, input.on_unknown);
    const sent = (await ledger.counts()).done - before;
    const output = await summary(ledger, { ms: ctx.clock.now() - startedAt, sent });
    return { done: true, output: await orBroken(() => finish(ctx, input, channel, ledger, output)) };
  },

  async probe(ctx, input) {
    const ledger = ledgerOf(ctx);
    if (hasMore(input) && (await ledger.frozen())) return { state: 'alive' };
    return probeMailing(ledger, input.on_unknown, async () =>
      found(await summary(ledger, { ms: 0, sent: 0 })),
    );
  },

  // Nothing continues without the engine.
  end: async () => true,
});
