import '../_targets/postgres/client.ts';
import { type ActContext, type Finding, type Ledger, StepFailed, shellWord } from '../../engine/step.ts';
import { gather, type Listed, unsentList } from '../_kits/mailing/gather.ts';
import { type Channel, mailingActs, type Sender } from '../_kits/mailing/mailing-acts.ts';
import type { Pace } from '../_kits/mailing/pace.ts';
import { maskedKey, type Recipient } from '../_kits/mailing/recipients.ts';
import { type MailingOutput, standing } from '../_kits/mailing/result.ts';
import type { SupabaseTarget } from '../_targets/supabase/client.ts';
import { Answers } from './answers.ts';
import { followLink } from './follow.ts';
import { limitsInWords } from './limits.ts';
import { reconcile } from './reconcile.ts';
import type { RecoveryInput, RecoveryOutput } from './step.ts';
import { refuseUnfit } from './unfit.ts';

interface RecoveryChannel extends Channel {
  readonly target: SupabaseTarget;
}

const listDatabase = (ctx: ActContext, { recipients }: RecoveryInput) =>
  ctx.connect('postgres', 'target' in recipients ? recipients.target : undefined);

const listOf = async (
  ctx: ActContext,
  input: RecoveryInput,
  target: SupabaseTarget,
): Promise<readonly Listed[]> => {
  const listed = await gather(ctx, input.recipients, input.expect_count, () => listDatabase(ctx, input));
  await refuseUnfit(ctx, target, listed);
  return listed;
};

const senderBy = (
  ctx: ActContext,
  { redirect_to }: RecoveryInput,
  target: SupabaseTarget,
  { ledger, pace }: { readonly ledger: Ledger<Recipient>; readonly pace: Pace },
): Sender => {
  const answers = new Answers(() => ctx.clock.now());
  // Not the act's signal: the mail being sent is finished, or its outcome would be unknown for nothing.
  const { client, wire } = target.anon();
  let news: string | undefined;
  return {
    // Not while a mail is being sent: the ledger would count it as unknown.
    async onVerdict() {
      if (news !== undefined) ctx.log(`${news}; ${await standing(ledger)}\n`);
    },
    async send({ key, value: { email } }) {
      const { error } = await client.auth.resetPasswordForEmail(email, { redirectTo: redirect_to });
      const { verdict, note, slower } = answers.judge({ error, wire }, email);
      if (slower) pace.slowDown();
      news = note;
      if (verdict.state === 'failed' || verdict.state === 'unknown')
        ctx.log(`${maskedKey(key, email)}: ${verdict.state}: ${verdict.why}\n`, 'stderr');
      return verdict;
    },
  };
};

const doubtsOf = ({ recipients, expect_count, redirect_to, rate }: RecoveryInput): readonly Finding[] => {
  const count = 'list' in recipients ? recipients.list.length : (expect_count ?? 0);
  const limits = limitsInWords(count, rate);
  return [
    {
      level: 'unchecked',
      what: `whether ${redirect_to} is on Auth's allow list: only a mail can tell`,
      remedy: 'Send a canary with `follow` before the gate',
    },
    ...(limits === null
      ? []
      : [
          {
            level: 'unchecked' as const,
            what: limits,
            remedy: 'Raise GOTRUE_RATE_LIMIT_EMAIL_SENT and GOTRUE_RATE_LIMIT_OTP of Auth before the run',
          },
        ]),
  ];
};

const open = async (ctx: ActContext, input: RecoveryInput): Promise<RecoveryChannel> => {
  const target = await ctx.connect('supabase');
  return {
    target,
    unsent: () => unsentList(ctx, input.recipients, () => listDatabase(ctx, input)),
    list: () => listOf(ctx, input, target),
    settle: (ledger) => reconcile(ctx, ledger, target),
    sender: (ledger, pace) => senderBy(ctx, input, target, { ledger, pace }),
    fits: ({ length }) =>
      target.hasAdmin
        ? { level: 'verified', what: `${length} recipients, each known to Auth once` }
        : {
            level: 'unchecked',
            what: `${length} recipients; without a service_role_key nobody asked Auth whether it knows them`,
          },
    doubts: () => doubtsOf(input),
  };
};

const notFollowed = (output: MailingOutput): RecoveryOutput => ({
  ...output,
  completed: false,
  link: null,
  arrived_after_seconds: null,
});

const finish = async (
  ctx: ActContext,
  { follow, recipients, redirect_to }: RecoveryInput,
  { target }: RecoveryChannel,
  ledger: Ledger<Recipient>,
  output: MailingOutput,
): Promise<RecoveryOutput> => {
  if (!follow || !('list' in recipients)) return notFollowed(output);
  if (output.sent !== 1)
    throw new StepFailed(`${await standing(ledger)}: there is no link to follow`, {
      effect: 'some',
      remedy: `runbook ledger ${ctx.runId} ${shellWord(ctx.stepId)}`,
    });
  const following = { email: recipients.list[0] ?? '', redirectTo: redirect_to, ...follow };
  const end = await followLink(ctx, target, following, (await ledger.frozen())?.atMs ?? 0);
  return { ...output, completed: true, ...end };
};

export const acts = mailingActs<RecoveryInput, RecoveryOutput, RecoveryChannel>({
  open,
  finish,
  hasMore: ({ follow }) => follow !== undefined,
  found: notFollowed,
});
