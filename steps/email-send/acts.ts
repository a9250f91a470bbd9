import '../_targets/mysql/client.ts';
import '../_targets/postgres/client.ts';
import type { ActContext, Finding, Ledger, Outcome, StepActs } from '../../engine/step.ts';
import { TargetError } from '../../engine/target.ts';
import { gather, type Listed, ListRefused, unsentList } from '../_kits/mailing/gather.ts';
import { Pace } from '../_kits/mailing/pace.ts';
import { maskedKey, type Recipient, recipientSchema } from '../_kits/mailing/recipients.ts';
import { probeMailing, standing, summary, unfinished } from '../_kits/mailing/result.ts';
import { sendAll, type Verdict } from '../_kits/mailing/send-all.ts';
import type { SqlClient } from '../_kits/sql/client.ts';
import type { SmtpClient, SmtpSession } from '../_targets/smtp/client.ts';
import { composeMail, missingColumns, readTexts, senderOf, type Texts } from './message.ts';
import type { EmailSendInput, EmailSendOutput } from './step.ts';

const ledgerOf = (ctx: ActContext): Ledger<Recipient> => ctx.ledger('recipients', recipientSchema);

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
  throw new ListRefused(
    `the texts name ${missing.join(', ')}, which the recipients do not have; nobody was written to`,
    'Select these columns, or mend the texts',
  );
};

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

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
      // Not the act's signal: the mail under way is finished, or its outcome would be unknown for nothing.
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

const mail = async (
  ctx: ActContext,
  input: EmailSendInput,
  ledger: Ledger<Recipient>,
): Promise<Outcome<EmailSendOutput>> => {
  const startedAt = ctx.clock.now();
  const client = await ctx.connect('smtp');
  const texts = await readTexts(ctx, input);
  if (!(await ledger.frozen())) {
    const { count, sha256 } = await ledger.freeze(stream(await listOf(ctx, input, texts)));
    ctx.log(`${count} recipients frozen (sha256 ${sha256})\n`);
  }
  const before = await ledger.counts();
  // Nothing can be asked about a mail that SMTP was given: only a person can find out.
  for await (const { key, state } of ledger.unsettled())
    if (state === 'claimed') await ledger.settle(key, 'unknown', 'the engine ended before the answer');
  const sender = senderOf(input.from ?? client.from);
  const line = new Line(client);
  try {
    const ended = await sendAll({
      ctx,
      ledger,
      pace: new Pace(ctx.clock, input.rate),
      async send(recipient) {
        const { email } = recipient.value;
        const message = await composeMail(ctx, sender, texts, input, recipient);
        const verdict = await line.send(sender.address, email, message);
        if (verdict.state !== 'done')
          ctx.log(`${maskedKey(recipient.key, email)}: ${verdict.state}: ${verdict.why}\n`, 'stderr');
        return verdict;
      },
    });
    const failed = await unfinished(ctx, ledger, ended, input.on_unknown);
    if (failed) return failed;
    const sent = (await ledger.counts()).done - before.done;
    return { done: true, output: await summary(ledger, { ms: ctx.clock.now() - startedAt, sent }) };
  } finally {
    line.close();
  }
};

const run = async (ctx: ActContext, input: EmailSendInput): Promise<Outcome<EmailSendOutput>> => {
  const ledger = ledgerOf(ctx);
  try {
    return await mail(ctx, input, ledger);
  } catch (error) {
    if (!(error instanceof ListRefused || error instanceof TargetError)) throw error;
    const frozen = await ledger.frozen();
    return {
      done: false,
      effect: frozen ? 'some' : 'none',
      retryable: error instanceof TargetError && error.retry,
      short: frozen ? `${await standing(ledger)}; ${error.message}` : error.message,
      remedy: error.remedy,
    };
  }
};

export const acts: StepActs<EmailSendInput, EmailSendOutput, unknown> = {
  async check(ctx, input) {
    const client = await ctx.connect('smtp');
    const sender = senderOf(input.from ?? client.from);
    const findings: Finding[] = [
      {
        level: 'unchecked',
        what: `whether ${client.target} lets ${sender.address} send: only a mail can tell`,
      },
    ];
    try {
      const texts = await readTexts(ctx, input);
      const unsent = await unsentList(ctx, input.recipients, () => listDatabase(ctx, input));
      if (unsent) return [...findings, unsent];
      const listed = await listOf(ctx, input, texts);
      findings.push({
        level: 'verified',
        what: `${listed.length} recipients, with every column that the texts name`,
      });
    } catch (error) {
      if (!(error instanceof ListRefused)) throw error;
      findings.push({ level: 'unchecked', what: `not true yet: ${error.message}`, passing: true });
    }
    return findings;
  },
  run,
  probe: (ctx, { on_unknown }) => {
    const ledger = ledgerOf(ctx);
    return probeMailing(ledger, on_unknown, () => summary(ledger, { ms: 0, sent: 0 }));
  },
  end: async () => true,
};
