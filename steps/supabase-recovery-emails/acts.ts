import '../_targets/postgres/client.ts';
import type { ActContext, Finding, Ledger, Outcome, StepActs } from '../../engine/step.ts';
import { TargetError } from '../../engine/target.ts';
import { gather, type Listed, ListRefused, unsentList } from '../_kits/mailing/gather.ts';
import { intervalMs, Pace } from '../_kits/mailing/pace.ts';
import { maskedKey, type Recipient, recipientSchema } from '../_kits/mailing/recipients.ts';
import { probeMailing, standing, summary, unfinished } from '../_kits/mailing/result.ts';
import { sendAll } from '../_kits/mailing/send-all.ts';
import type { SupabaseTarget } from '../_targets/supabase/client.ts';
import { Answers } from './answers.ts';
import { followLink } from './follow.ts';
import { limitsInWords } from './limits.ts';
import { reconcile } from './reconcile.ts';
import type { RecoveryInput, RecoveryOutput } from './step.ts';
import { refuseUnfit } from './unfit.ts';

type Failed = Extract<Outcome<never>, { done: false }>;

const ledgerOf = (ctx: ActContext): Ledger<Recipient> => ctx.ledger('recipients', recipientSchema);

const listDatabase = (ctx: ActContext, { recipients }: RecoveryInput) =>
  ctx.connect('postgres', 'target' in recipients ? recipients.target : undefined);

const listOf = (ctx: ActContext, input: RecoveryInput): Promise<readonly Listed[]> =>
  gather(ctx, input.recipients, input.expect_count, () => listDatabase(ctx, input));

/** What a dry run finds of the list. */
const listFinding = async (
  ctx: ActContext,
  input: RecoveryInput,
  target: SupabaseTarget,
): Promise<Finding> => {
  try {
    const unsent = await unsentList(ctx, input.recipients, () => listDatabase(ctx, input));
    if (unsent) return unsent;
    const listed = await listOf(ctx, input);
    await refuseUnfit(ctx, target, listed);
    return {
      level: target.hasAdmin ? 'verified' : 'unchecked',
      what: target.hasAdmin
        ? `${listed.length} recipients, each known to Auth once`
        : `${listed.length} recipients; without a service_role_key nobody asked Auth whether it knows them`,
    };
  } catch (error) {
    if (!(error instanceof ListRefused)) throw error;
    // The migration that brings them may be a step of this very run.
    return { level: 'unchecked', what: `not true yet: ${error.message}`, passing: true };
  }
};

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

const freeze = async (
  ctx: ActContext,
  input: RecoveryInput,
  ledger: Ledger<Recipient>,
  target: SupabaseTarget,
): Promise<void> => {
  const before = await ledger.frozen();
  if (before) {
    if (input.expect_count !== undefined && input.expect_count !== before.count)
      throw new ListRefused(
        `the list was frozen with ${before.count} recipients, now ${input.expect_count} are expected`,
        'Find out why the number changed; the list of this run stays as it is',
      );
    return;
  }
  const listed = await listOf(ctx, input);
  await refuseUnfit(ctx, target, listed);
  const { count, sha256 } = await ledger.freeze(stream(listed));
  const hours = (count * intervalMs(input.rate)) / 3_600_000;
  const takes = hours < 0.1 ? '' : `; at this pace done in ${hours.toFixed(1)} hours at the earliest`;
  ctx.log(`${count} recipients frozen (sha256 ${sha256})${takes}\n`);
};

const mail = async (
  ctx: ActContext,
  input: RecoveryInput,
  ledger: Ledger<Recipient>,
  target: SupabaseTarget,
): Promise<Failed | null> => {
  const pace = new Pace(ctx.clock, input.rate);
  const answers = new Answers(() => ctx.clock.now());
  // Not the act's signal: the mail under way is finished, or its outcome would be unknown for nothing.
  const { client, wire } = target.anon();
  let news: string | undefined;
  const ended = await sendAll({
    ctx,
    ledger,
    pace,
    // Not while the mail is under way: the ledger would count it as unknown.
    async onVerdict() {
      if (news !== undefined) ctx.log(`${news}; ${await standing(ledger)}\n`);
    },
    async send({ key, value: { email } }) {
      const { error } = await client.auth.resetPasswordForEmail(email, { redirectTo: input.redirect_to });
      const { verdict, note, slower } = answers.judge({ error, wire }, email);
      if (slower) pace.slowDown();
      news = note;
      if (verdict.state === 'failed' || verdict.state === 'unknown')
        ctx.log(`${maskedKey(key, email)}: ${verdict.state}: ${verdict.why}\n`, 'stderr');
      return verdict;
    },
  });
  if (ended.ended !== 'aborted') {
    await reconcile(ctx, ledger, target).catch((error: unknown) => {
      // Why it ended is the better news; the next attempt asks again.
      if (ended.ended !== 'stopped' || !(error instanceof TargetError)) throw error;
    });
  }
  return unfinished(ctx, ledger, ended, input.on_unknown);
};

const run = async (ctx: ActContext, input: RecoveryInput): Promise<Outcome<RecoveryOutput>> => {
  const ledger = ledgerOf(ctx);
  const startedAt = ctx.clock.now();
  const target = await ctx.connect('supabase');
  try {
    await freeze(ctx, input, ledger, target);
    await reconcile(ctx, ledger, target);
    const before = await ledger.counts();
    const failed = await mail(ctx, input, ledger, target);
    if (failed) return failed;
    const sent = (await ledger.counts()).done - before.done;
    const output = await summary(ledger, { ms: ctx.clock.now() - startedAt, sent });
    return await followed(ctx, input, ledger, target, output);
  } catch (error) {
    if (error instanceof ListRefused)
      return {
        done: false,
        effect: (await ledger.frozen()) ? 'some' : 'none',
        retryable: false,
        short: error.message,
        remedy: error.remedy,
      };
    if (ctx.signal.aborted || error instanceof TargetError) {
      const frozen = await ledger.frozen();
      const short = error instanceof TargetError ? error.message : 'stopped';
      return {
        done: false,
        effect: frozen ? 'some' : 'none',
        retryable: ctx.signal.aborted || (error instanceof TargetError && error.retry),
        short: frozen ? `${await standing(ledger)}; ${short}` : short,
        ...(error instanceof TargetError && { remedy: error.remedy }),
        cause: error,
      };
    }
    throw error;
  }
};

const notFollowed = { completed: false, link: null, arrived_after_seconds: null };

const followed = async (
  ctx: ActContext,
  input: RecoveryInput,
  ledger: Ledger<Recipient>,
  target: SupabaseTarget,
  output: Awaited<ReturnType<typeof summary>>,
): Promise<Outcome<RecoveryOutput>> => {
  const { follow, recipients, redirect_to } = input;
  if (!follow || !('list' in recipients)) return { done: true, output: { ...output, ...notFollowed } };
  if (output.sent !== 1)
    return {
      done: false,
      effect: 'some',
      retryable: false,
      short: `${await standing(ledger)}: there is no link to follow`,
      remedy: `runbook ledger ${ctx.runId} ${ctx.stepId}`,
    };
  const following = { email: recipients.list[0] ?? '', redirectTo: redirect_to, ...follow };
  const end = await followLink(ctx, target, following, (await ledger.frozen())?.atMs ?? 0);
  if ('problem' in end)
    return { done: false, effect: 'some', retryable: end.retryable, short: end.problem, remedy: end.remedy };
  return { done: true, output: { ...output, completed: true, ...end } };
};

export const acts: StepActs<RecoveryInput, RecoveryOutput, unknown> = {
  async check(ctx, input) {
    const target = await ctx.connect('supabase');
    const findings: Finding[] = [await listFinding(ctx, input, target)];
    findings.push({
      level: 'unchecked',
      what: `whether ${input.redirect_to} is on Auth's allow list: only a mail can tell`,
      remedy: 'Send a canary with `follow` before the gate',
    });
    const { recipients, expect_count } = input;
    const count = 'list' in recipients ? recipients.list.length : (expect_count ?? 0);
    const limits = limitsInWords(count, input.rate);
    if (limits !== null)
      findings.push({
        level: 'unchecked',
        what: limits,
        remedy: 'Raise GOTRUE_RATE_LIMIT_EMAIL_SENT and GOTRUE_RATE_LIMIT_OTP of Auth before the run',
      });
    return findings;
  },

  run,

  probe: async (ctx, input) => {
    const ledger = ledgerOf(ctx);
    if (input.follow && (await ledger.frozen())) return { state: 'alive' };
    return probeMailing(ledger, input.on_unknown, async () => ({
      ...(await summary(ledger, { ms: 0, sent: 0 })),
      ...notFollowed,
    }));
  },

  // Nothing goes on without the engine.
  end: async () => true,
};
