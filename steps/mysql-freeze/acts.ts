import {
  type ActContext,
  type Finding,
  type Outcome,
  type Probed,
  type StepActs,
  StepFailed,
} from '../../engine/step.ts';
import { endSessionsOf, lockOf, onceOver } from '../_kits/sql/act-lock.ts';
import { SqlError } from '../_kits/sql/client.ts';
import { withSession } from '../_kits/sql/session.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { heldRights, missingRights } from '../_targets/mysql/rights.ts';
import {
  type Account,
  allAccounts,
  ownAccount,
  quotedAccount,
  shownAccount,
  wantedAccounts,
} from './accounts.ts';
import { refusals } from './rehearse.ts';
import { freezeRights } from './rights.ts';
import { countSessions, endSessions, signOfLife } from './sessions.ts';
import type { MysqlFreezeBefore, MysqlFreezeInput, MysqlFreezeOutput } from './step.ts';
import { writersLeft } from './writers.ts';

const remedy = 'It takes CREATE USER, PROCESS and CONNECTION ADMIN (or SUPER) on *.*';

const quietOf = (input: MysqlFreezeInput, accounts: readonly Account[]) => ({
  account: input.account,
  // Without hosts the user name alone decides: no session of it is spared for where it comes from.
  hosts: input.hosts === undefined ? ['%'] : accounts.map(({ host }) => host),
  quietMs: input.quiet_for,
});

/** Every other session of this user name would be ended, so our own account is recognised by its name alone. */
const isOwn = async (client: MysqlClient, ctx: ActContext, account: string): Promise<boolean> => {
  const me = await withSession(client, 'read', ctx, ownAccount);
  return me.slice(0, me.lastIndexOf('@')) === account;
};

/** One for locking and unlocking: the undo must not come before a late ALTER USER of the act. */
const sessionLock = (ctx: ActContext) => lockOf(ctx, `${ctx.runId}/${ctx.stepId}/freeze`);

/** Why an ALTER USER of an earlier attempt, or of the act that is undone, may still come; null: none is left. */
const stillAtWork = async (client: MysqlClient, ctx: ActContext): Promise<string | null> => {
  const earlier = await onceOver(client, ctx, async () => null, { lock: sessionLock(ctx) });
  // Nothing was begun, and the probe looks again.
  if (!earlier.over) ctx.signal.throwIfAborted();
  return earlier.over ? null : earlier.why;
};

const expectOver = async (client: MysqlClient, ctx: ActContext): Promise<void> => {
  const late = await stillAtWork(client, ctx);
  if (late !== null)
    throw new StepFailed(late, {
      effect: 'unknown',
      retryable: true,
      living: true,
      remedy: 'End that session on the server, then retry',
    });
};

/** A refusal of the server while `work` is done, as a failure of the step. */
const orRefused = async <T>(
  facts: ConstructorParameters<typeof StepFailed>[1] & { readonly what?: string },
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const { what = 'the server refused', ...known } = facts;
    throw new StepFailed(`${what}: ${error.message}`, { remedy, ...known });
  }
};

const setLock = async (
  client: MysqlClient,
  ctx: ActContext,
  accounts: readonly Account[],
  lock: 'LOCK' | 'UNLOCK',
): Promise<void> => {
  if (accounts.length === 0) return;
  // One statement, each account for itself: what is done when it fails is read back, never assumed.
  const sql = `ALTER USER ${accounts.map(quotedAccount).join(', ')} ACCOUNT ${lock}`;
  await withSession(
    client,
    'write',
    ctx,
    async (session) => {
      await session.query(sql);
      await session.rollback();
    },
    sessionLock(ctx),
  );
};

/** Throws StepFailed where the login is not refused because of the lock. */
const proveLocked = async (client: MysqlClient, ctx: ActContext, input: MysqlFreezeInput): Promise<void> => {
  if (input.proof_password === undefined) return;
  const answer = await client.tryLogin(input.account, ctx.reveal(input.proof_password));
  if (answer.accepted)
    throw new StepFailed(`${input.account} is locked, and yet can log in`, {
      effect: 'some',
      remedy: 'Another entry of the account lets it in: leave `hosts` out, or name that host too',
    });
  if (answer.locked) return;
  throw new StepFailed(
    `the login of ${input.account} was refused, but not because of the lock: ${ctx.mask(answer.said)}`,
    {
      effect: 'some',
      remedy: 'Check proof_password, and that the account may come from where the target connects',
    },
  );
};

const frozenOutput = async (
  client: MysqlClient,
  ctx: ActContext,
  accounts: readonly Account[],
  sessionsEnded: number | null,
): Promise<MysqlFreezeOutput> => {
  const writers = await writersLeft(client, ctx, accounts);
  if (writers.length > 0) ctx.log(`not frozen, could still write: ${writers.join(', ')}\n`, 'stderr');
  return {
    accounts: accounts.map(shownAccount),
    sessions_ended: sessionsEnded,
    writers_left: [...writers],
  };
};

const run = async (ctx: ActContext, input: MysqlFreezeInput): Promise<Outcome<MysqlFreezeOutput>> => {
  const client = await ctx.connect('mysql');
  if (await isOwn(client, ctx, input.account))
    throw new StepFailed(
      `${input.account} is the account this step is logged in as: it would lock itself out`,
      { effect: 'none', remedy: 'Give the step a target with an administrator account' },
    );
  await expectOver(client, ctx);
  const accounts = wantedAccounts(await allAccounts(client, ctx), input);
  const quiet = quietOf(input, accounts);
  // Before anything is locked: without the right to see them, no session would ever be found.
  await orRefused({ effect: 'none' }, () => countSessions(client, ctx, quiet.account, quiet.hosts));
  return orRefused({ effect: 'unknown', retryable: true }, async () => {
    const open = accounts.filter(({ locked }) => !locked);
    await setLock(client, ctx, open, 'LOCK');
    const ended = await endSessions(client, ctx, quiet);
    const unlocked = wantedAccounts(await allAccounts(client, ctx), input).find(({ locked }) => !locked);
    if (unlocked)
      throw new StepFailed(`${shownAccount(unlocked)} is not locked any more`, {
        effect: 'some',
        retryable: true,
        remedy: 'Find out who unlocked it',
      });
    await proveLocked(client, ctx, input);
    return { done: true, output: await frozenOutput(client, ctx, accounts, ended) };
  });
};

const probe = async (ctx: ActContext, input: MysqlFreezeInput): Promise<Probed<MysqlFreezeOutput>> => {
  const client = await ctx.connect('mysql');
  const late = await stillAtWork(client, ctx);
  if (late !== null) return { state: 'unknown', why: late };
  const accounts = wantedAccounts(await allAccounts(client, ctx), input);
  const locked = accounts.filter((account) => account.locked).length;
  if (locked === 0) return { state: 'not-done' };
  if (locked < accounts.length)
    return {
      state: 'unknown',
      why: `${locked} of ${accounts.length} entries of ${input.account} are locked`,
    };
  const life = await signOfLife(client, ctx, quietOf(input, accounts));
  if (life !== null) return { state: 'unknown', why: `${input.account} is locked, but ${life}` };
  return { state: 'done', output: await frozenOutput(client, ctx, accounts, null) };
};

const undo = async (
  ctx: ActContext,
  { account }: MysqlFreezeInput,
  before: MysqlFreezeBefore,
): Promise<Outcome<null>> => {
  const client = await ctx.connect('mysql');
  await expectOver(client, ctx);
  const open = new Set(before.accounts.filter(({ locked }) => !locked).map(({ host }) => host));
  const locked = (await allAccounts(client, ctx)).filter(
    (a) => a.user === account && a.locked && open.has(a.host),
  );
  await orRefused({ what: `the server refused to unlock ${account}`, effect: 'none', retryable: true }, () =>
    setLock(client, ctx, locked, 'UNLOCK'),
  );
  // Read back: an account that was dropped meanwhile was never unlocked, and its app cannot log in.
  const now = (await allAccounts(client, ctx)).filter((a) => a.user === account && !a.locked);
  const shut = [...open].find((host) => !now.some((a) => a.host === host));
  if (shut === undefined) return { done: true, output: null };
  const who = shownAccount({ user: account, host: shut });
  const gone = !locked.some(({ host }) => host === shut);
  throw new StepFailed(`${who} is ${gone ? 'gone' : 'locked again'}, and was open before the step`, {
    effect: 'some',
    retryable: true,
    remedy: 'Find out who did that, make it as it was, then retry',
  });
};

const check = async (ctx: ActContext, input: MysqlFreezeInput): Promise<readonly Finding[]> => {
  const client = await ctx.connect('mysql');
  const problem = (what: string, remedy: string): readonly Finding[] => [{ level: 'problem', what, remedy }];
  if (await isOwn(client, ctx, input.account))
    return problem(
      `${input.account} is the account the target logs in as`,
      'Give the step a target with an administrator account',
    );
  const held = await withSession(client, 'read', ctx, (session) => heldRights(session, null));
  const missing = missingRights(held, freezeRights);
  if (missing.some(({ level }) => level === 'problem')) return missing;
  let accounts: readonly Account[];
  try {
    accounts = wantedAccounts(await allAccounts(client, ctx), input);
  } catch (error) {
    return problem((error as Error).message, 'Check account and hosts, and what the target may read');
  }
  const refused = await refusals(client, ctx, accounts, held);
  if (refused.length > 0) return [...missing, ...refused];
  const { hosts } = quietOf(input, accounts);
  const sessions = await countSessions(client, ctx, input.account, hosts);
  const writers = await writersLeft(client, ctx, accounts);
  const others = writers.length > 0 ? writers.join(', ') : 'nobody';
  return [
    ...missing,
    {
      level: 'verified',
      what: `would lock ${accounts.map(shownAccount).join(', ')} and end ${sessions} ${sessions === 1 ? 'session' : 'sessions'}`,
    },
    { level: 'verified', what: `could still write then: ${others}` },
  ];
};

export const acts: StepActs<MysqlFreezeInput, MysqlFreezeOutput, MysqlFreezeBefore> = {
  check,

  async prepare(ctx, input) {
    const client = await ctx.connect('mysql');
    const accounts = wantedAccounts(await allAccounts(client, ctx), input);
    return { accounts: accounts.map(({ host, locked }) => ({ host, locked })) };
  },

  run,
  probe,
  end: async (ctx) => endSessionsOf(await ctx.connect('mysql'), ctx, sessionLock(ctx)),
  undo,
};
