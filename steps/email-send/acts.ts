import '../_targets/mysql/client.ts';
import '../_targets/postgres/client.ts';
import type { ActContext } from '../../engine/step.ts';
import { TargetError } from '../../engine/target.ts';
import { gather, type Listed, listRefused, unsentList } from '../_kits/mailing/gather.ts';
import { type Channel, mailingActs, type Sender } from '../_kits/mailing/mailing-acts.ts';
import { maskedKey } from '../_kits/mailing/recipients.ts';
import type { Verdict } from '../_kits/mailing/send-all.ts';
import type { SqlClient } from '../_kits/sql/client.ts';
import type { SmtpClient, SmtpSession } from '../_targets/smtp/client.ts';
import {
  type Sender as Address,
  composeMail,
  missingColumns,
  readTexts,
  senderOf,
  type Texts,
} from './message.ts';
import type { EmailSendInput, EmailSendOutput } from './step.ts';

/** The target is of one of the two kinds; the loader has seen to that. */
const databaseOf = async (ctx: ActContext, name: string): Promise<SqlClient> =>
  ctx.connect('postgres', name).catch((error: unknown) => {
    if (error instanceof TargetError) throw error;
    return ctx.connect('mysql', name);
  });

const listDatabase = (ctx: ActContext, { recipients }: EmailSendInput): Promise<SqlClient> =>
  databaseOf(ctx, 'target' in recipients ? recipients.target : '');

const listOf = async (ctx: ActContext, input: EmailSendInput, texts: Texts): Promise<readonly Listed[]> => {
  const { recipients, expect_count } = input;
  const listed = await gather(ctx, recipients, expect_count, () => listDatabase(ctx, input));
  const missing = missingColumns(texts, input.values, listed);
  if (missing.length === 0) return listed;
  throw listRefused(
    `the texts name ${missing.join(', ')}, which the recipients do not have; nobody was written to`,
    'Select these columns, or fix the texts',
  );
};

/** A server that puts one off (greylisting) wants it back in some minutes. */
const putOffMs = 60_000;
const reconnectMs = 5_000;
/** So often in a row before a person looks. */
const patience = 5;

/** One connection for all, opened anew where it broke. */
class Line {
  readonly #client: SmtpClient;
  #session: SmtpSession | null = null;
  #lost = 0;

  constructor(client: SmtpClient) {
    this.#client = client;
  }

  async send(from: string, to: string, message: Uint8Array): Promise<Verdict> {
    try {
      // Not the act's signal: the mail being sent is finished, or its outcome would be unknown for nothing.
      this.#session ??= await this.#client.open(new AbortController().signal);
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      const { message: why, remedy, retry: retryable } = error;
      this.#lost += 1;
      if (!retryable || this.#lost >= patience)
        return { state: 'not-done', why, stop: { why, remedy, retryable } };
      return { state: 'not-done', why, restMs: reconnectMs };
    }
    const delivery = await this.#session.send({ from, to }, message);
    if (delivery.state === 'sent' || delivery.state === 'refused') this.#lost = 0;
    else this.close();
    switch (delivery.state) {
      case 'sent':
        return { state: 'done' };
      case 'refused': {
        const why = delivery.why.replaceAll(to, 'the address');
        return delivery.permanent ? { state: 'failed', why } : { state: 'not-done', why, deferMs: putOffMs };
      }
      case 'unsent':
        this.#lost += 1;
        if (this.#lost >= patience) {
          const remedy = 'Look at the mail server, then retry';
          return {
            state: 'not-done',
            why: delivery.why,
            stop: { why: delivery.why, remedy, retryable: true },
          };
        }
        return { state: 'not-done', why: delivery.why, restMs: reconnectMs };
      case 'unknown':
        return { state: 'unknown', why: `no answer to the mail: ${delivery.why}` };
    }
  }

  close(): void {
    this.#session?.close();
    this.#session = null;
  }
}

const senderBy = (
  ctx: ActContext,
  input: EmailSendInput,
  { client, texts, from }: { readonly client: SmtpClient; readonly texts: Texts; readonly from: Address },
): Sender => {
  const line = new Line(client);
  return {
    async send(recipient) {
      const { email } = recipient.value;
      const message = await composeMail(ctx, from, texts, input, recipient);
      const verdict = await line.send(from.address, email, message);
      if (verdict.state !== 'done')
        ctx.log(`${maskedKey(recipient.key, email)}: ${verdict.state}: ${verdict.why}\n`, 'stderr');
      return verdict;
    },
    close: () => line.close(),
  };
};

const open = async (ctx: ActContext, input: EmailSendInput): Promise<Channel> => {
  const client = await ctx.connect('smtp');
  const texts = await readTexts(ctx, input);
  const from = senderOf(input.from ?? client.from);
  return {
    unsent: () => unsentList(ctx, input.recipients, () => listDatabase(ctx, input)),
    list: () => listOf(ctx, input, texts),
    // Nothing can be asked about a mail that SMTP was given: only a person can find out.
    async settle(ledger) {
      for await (const { key, state } of ledger.unsettled())
        if (state === 'claimed') await ledger.settle(key, 'unknown', 'the engine ended before the answer');
    },
    sender: () => senderBy(ctx, input, { client, texts, from }),
    fits: ({ length }) => ({
      level: 'verified',
      what: `${length} recipients, with every column that the texts name`,
    }),
    doubts: () => [
      {
        level: 'unchecked',
        what: `whether ${client.target} lets ${from.address} send: only a mail can tell`,
      },
    ],
  };
};

export const acts = mailingActs<EmailSendInput, EmailSendOutput, Channel>({
  open,
  finish: async (_ctx, _input, _channel, _ledger, output) => output,
  hasMore: () => false,
  found: (output) => output,
});
