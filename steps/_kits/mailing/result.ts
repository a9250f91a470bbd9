/** What a mailing came to: the output of its step, and the words for whoever has to decide at three in the morning. */
import * as z from 'zod';
import {
  type ActContext,
  type ItemState,
  type Ledger,
  type Probed,
  StepFailed,
  shellWord,
} from '../../../engine/step.ts';
import { maskedKey, type Recipient } from './recipients.ts';
import type { SentAll } from './send-all.ts';

export const mailingOutput = z.strictObject({
  /** On the frozen list. */
  planned: z.int(),
  sent: z.int(),
  /** Refused for good. */
  failed: z.int(),
  /** Accepted as such (on_unknown: accept), or settled so by nobody. */
  unknown: z.int(),
  /** Of keys and addresses: the same list has the same. */
  sha256: z.string(),
  /** Of this attempt. */
  seconds: z.number(),
  rate_per_minute: z.number(),
});

export type MailingOutput = z.output<typeof mailingOutput>;

export const onUnknownSchema = z
  .enum(['hold', 'accept'])
  .default('hold')
  .describe(
    'When a mail may or may not have gone out: hold until somebody settles it, or go on and count it',
  );

type Counts = { readonly [state in ItemState]: number };

export const summary = async (
  ledger: Ledger<Recipient>,
  took: { readonly ms: number; readonly sent: number },
): Promise<MailingOutput> => {
  const frozen = await ledger.frozen();
  if (!frozen) throw new Error('the mailing has no list');
  const counts = await ledger.counts();
  return {
    planned: frozen.count,
    sent: counts.done,
    failed: counts.failed,
    unknown: counts.unknown + counts.claimed,
    sha256: frozen.sha256,
    seconds: Math.round(took.ms / 100) / 10,
    rate_per_minute: took.ms === 0 ? 0 : Math.round((took.sent * 600_000) / took.ms) / 10,
  };
};

/** `312 of 620 sent, 2 refused, 1 unknown (ck311, claimed 03:12:04 UTC)`. */
export const standing = async (ledger: Ledger<Recipient>): Promise<string> => {
  const counts = await ledger.counts();
  const planned = (await ledger.frozen())?.count ?? 0;
  const open = counts.unknown + counts.claimed;
  return [
    `${counts.done} of ${planned} sent`,
    ...(counts.failed > 0 ? [`${counts.failed} refused for good`] : []),
    ...(counts['not-done'] > 0 ? [`${counts['not-done']} put off by the server`] : []),
    ...(open > 0 ? [`${open} unknown (${await unknownOnes(ledger)})`] : []),
  ].join(', ');
};

const shown = 3;

const unknownOnes = async (ledger: Ledger<Recipient>): Promise<string> => {
  const words: string[] = [];
  for await (const { key, value, claimedAtMs } of ledger.unsettled()) {
    if (words.length === shown) {
      words.push('...');
      break;
    }
    const at = new Date(claimedAtMs).toISOString().slice(11, 19);
    words.push(`${maskedKey(key, value.email)}, claimed ${at} UTC`);
  }
  return words.join('; ');
};

const openOnes = (counts: Counts): number => counts.unknown + counts.claimed;
const unsent = (counts: Counts): number => counts.planned + counts['not-done'];

/** Throws StepFailed unless everything is settled, and the step may say what it has to show for it. */
export const expectFinished = async (
  ctx: ActContext,
  ledger: Ledger<Recipient>,
  ended: SentAll,
  onUnknown: 'hold' | 'accept',
): Promise<void> => {
  const counts = await ledger.counts();
  const effect = started(counts) ? 'some' : 'none';
  const said = await standing(ledger);
  if (ended.ended === 'aborted')
    throw new StepFailed(`stopped between two mails: ${said}`, { effect, retryable: true });
  if (ended.ended === 'stopped') {
    const { why, retryable, remedy } = ended;
    throw new StepFailed(`${said}; stopped: ${why}`, { effect, retryable, remedy });
  }
  if (unsent(counts) > 0) throw new StepFailed(said, { effect, retryable: true });
  if (openOnes(counts) === 0 || onUnknown === 'accept') return;
  const see = `runbook ledger ${ctx.runId} ${shellWord(ctx.stepId)}`;
  throw new StepFailed(`${said}: ${see}`, {
    effect,
    remedy: `Ask the recipient or the mail server's log, then: ${see} --settle KEY --as sent|unsent --reason "..."; then retry`,
  });
};

/** Whether the mailing is over, from its ledger alone. */
export const probeMailing = async <O>(
  ledger: Ledger<Recipient>,
  onUnknown: 'hold' | 'accept',
  output: () => Promise<O>,
): Promise<Probed<O>> => {
  if (!(await ledger.frozen())) return { state: 'not-done' };
  const counts = await ledger.counts();
  const accepted = onUnknown === 'accept' ? counts.claimed : openOnes(counts);
  if (unsent(counts) + accepted === 0) return { state: 'done', output: await output() };
  // Taken up where it stopped: the ledger knows who is certainly unsent. `not-done` would be a lie, and would make the
  // way back look free.
  return started(counts) ? { state: 'alive' } : { state: 'not-done' };
};

const started = (counts: Counts): boolean => counts.done + counts.failed + openOnes(counts) > 0;
