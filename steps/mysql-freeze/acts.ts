import type { ActContext, Finding, Outcome, Probed, StepActs } from '../../engine/step.ts';
import { durationMs } from '../_kits/duration.ts';
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

type Failed = Extract<Outcome<never>, { done: false }>;

const failed = (effect: Failed['effect'], short: string, remedy?: string, retryable = false): Failed => ({
  done: false,
  effect,
  retryable,
  short,
  ...(remedy && { remedy }),
});

const grants = 'It takes CREATE USER, PROCESS and CONNECTION ADMIN (or SUPER) on *.*';

const quietOf = (input: MysqlFreezeInput, accounts: readonly Account[]) => ({
  account: input.account,
  // Without hosts the user name alone decides: no session of it is spared for where it comes from.
  hosts: input.hosts === undefined ? ['%'] : accounts.map(({ host }) => host),
  quietMs: durationMs(input.quiet_for),
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

const notOver = (why: string): Failed => ({
  ...failed('unknown', why, 'End that session on the server, then retry', true),
  living: true,
});

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
      await session.query(sql, [], 0);
      await session.rollback();
    },
    sessionLock(ctx),
  );
};

/** Why the login is no proof of the lock; null: it was refused because of it. */
const loginFault = async (
  client: MysqlClient,
  ctx: ActContext,
  input: MysqlFreezeInput,
): Promise<Failed | null> => {
  if (input.proof_password === undefined) return null;
  const answer = await client.tryLogin(input.account, ctx.reveal(input.proof_password));
  if (answer.accepted)
    return failed(
      'some',
      `${input.account} is locked, and yet can log in`,
      'Another entry of the account lets it in: leave `hosts` out, or name that host too',
    );
  if (answer.locked) return null;
  return failed(
    'some',
    `the login of ${input.account} was refused, but not because of the lock: ${ctx.mask(answer.said)}`,
    'Check proof_password, and that the account may come from where the target connects',
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
    return failed(
      'none',
      `${input.account} is the account this step is logged in as: it would lock itself out`,
      'Give the step a target with an administrator account',
    );
  const late = await stillAtWork(client, ctx);
  if (late !== null) return notOver(late);
  const accounts = wantedAccounts(await allAccounts(client, ctx), input);
  const quiet = quietOf(input, accounts);
  try {
    // Before anything is locked: without the right to see them, no session would ever be found.
    await countSessions(client, ctx, quiet.account, quiet.hosts);
  } catch (error) {
    if (error instanceof SqlError) return failed('none', `the server refused: ${error.message}`, grants);
    throw error;
  }
  try {
    await setLock(
      client,
      ctx,
      accounts.filter(({ locked }) => !locked),
      'LOCK',
    );
    const ended = await endSessions(client, ctx, quiet);
    const unlocked = wantedAccounts(await allAccounts(client, ctx), input).find(({ locked }) => !locked);
    if (unlocked)
      return failed(
        'some',
        `${shownAccount(unlocked)} is not locked any more`,
        'Find out who unlocked it',
        true,
      );
    const fault = await loginFault(client, ctx, input);
    if (fault) return fault;
    return { done: true, output: await frozenOutput(client, ctx, accounts, ended) };
  } catch (error) {
    if (error instanceof SqlError)
      return failed('unknown', `the server refused: ${error.message}`, grants, true);
    throw error;
  }
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
  const late = await stillAtWork(client, ctx);
  if (late !== null) return notOver(late);
  const open = new Set(before.accounts.filter(({ locked }) => !locked).map(({ host }) => host));
  const locked = (await allAccounts(client, ctx)).filter(
    (a) => a.user === account && a.locked && open.has(a.host),
  );
  try {
    await setLock(client, ctx, locked, 'UNLOCK');
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return failed('none', `the server refused to unlock ${account}: ${error.message}`, grants, true);
  }
  // Read back: an account that was dropped meanwhile was never unlocked, and its app cannot log in.
  const now = (await allAccounts(client, ctx)).filter((a) => a.user === account && !a.locked);
  const shut = [...open].find((host) => !now.some((a) => a.host === host));
  if (shut === undefined) return { done: true, output: null };
  const who = shownAccount({ user: account, host: shut });
  const gone = !locked.some(({ host }) => host === shut);
  return failed(
    'some',
    `${who} is ${gone ? 'gone' : 'locked again'}, and was open before the step`,
    'Find out who did that, make it as it was, then retry',
    true,
  );
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
