/**
 * The acts of a step that locks accounts of a server out, whichever server it is: locked, their sessions ended, and
 * proven that none is left and none comes back.
 */
import {
  type ActContext,
  type Finding,
  type Outcome,
  type Probed,
  type StepActs,
  StepFailed,
} from '../../../engine/step.ts';
import { endSessionsOf, lockOf, onceOver } from './act-lock.ts';
import { type SqlClient, SqlError, type SqlSession } from './client.ts';
import { countSessions, endSessions, signOfLife, type Watched } from './quiet.ts';
import { withSession } from './session.ts';

/** How the server answered a login. */
export type LoginAnswer =
  | { readonly accepted: true }
  /** `locked`: for that and for nothing else; the password, which is looked at first, was right. */
  | { readonly accepted: false; readonly locked: boolean; readonly said: string };

export interface FreezeClient extends SqlClient {
  /** Logs in as somebody else, from where this target does, and leaves at once. Throws TargetError when nobody answers. */
  tryLogin(user: string, password: string): Promise<LoginAnswer>;
}

export interface Lockable {
  readonly locked: boolean;
}

export interface FreezeKind<I, O, B, C extends FreezeClient, A extends Lockable> {
  clientOf(ctx: ActContext): Promise<C>;
  /** The account that the target logs in as, where it is one of those to be locked. */
  own(client: C, ctx: ActContext, input: I): Promise<string | null>;
  /** What is there of what the input names, in a session of its own. */
  accounts(client: C, ctx: ActContext, input: I): Promise<readonly A[]>;
  /** Those that the input names; throws when one of them is not there. */
  wanted(accounts: readonly A[], input: I): readonly A[];
  shown(account: A): string;
  /** All of them for people, as far as the input names them. */
  whom(input: I): string;
  watch(input: I, accounts: readonly A[]): Watched;
  /** Locks or unlocks, and ends the transaction. */
  change(session: SqlSession, accounts: readonly A[], how: 'lock' | 'unlock'): Promise<void>;
  proofs(ctx: ActContext, input: I): readonly { readonly user: string; readonly password: string }[];
  /** Where a login got through although it is locked. */
  readonly letInRemedy: string;
  writersLeft(client: C, ctx: ActContext, frozen: readonly A[]): Promise<readonly string[]>;
  /** Rights that are missing; a problem among them ends the dry run. */
  rights(client: C, ctx: ActContext, input: I): Promise<readonly Finding[]>;
  readonly rightsRemedy: string;
  /** What else would make the server refuse. */
  refusals(client: C, ctx: ActContext, accounts: readonly A[]): Promise<readonly Finding[]>;
  output(accounts: readonly A[], ended: number | null, writers: readonly string[]): O;
  before(accounts: readonly A[]): B;
  /** As `shown`, those that were open before. */
  openBefore(input: I, before: B): readonly string[];
}

const useAnother = 'Give the step a target with an administrator account';

/** One for locking and unlocking: the undo must not come before a late statement of the act. */
const sessionLock = (ctx: ActContext) => lockOf(ctx, `${ctx.runId}/${ctx.stepId}/freeze`);

/** Why a statement of an earlier attempt, or of the act that is undone, may still come; null: none is left. */
const stillAtWork = async (client: SqlClient, ctx: ActContext): Promise<string | null> => {
  const earlier = await onceOver(client, ctx, async () => null, { lock: sessionLock(ctx) });
  // Nothing was begun, and the probe looks again.
  if (!earlier.over) ctx.signal.throwIfAborted();
  return earlier.over ? null : earlier.why;
};

const expectOver = async (client: SqlClient, ctx: ActContext): Promise<void> => {
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
    throw new StepFailed(`${what}: ${error.message}`, known);
  }
};

export const freezes = <I, O, B, C extends FreezeClient, A extends Lockable>(
  kind: FreezeKind<I, O, B, C, A>,
): StepActs<I, O, B> => {
  const named = async (client: C, ctx: ActContext, input: I): Promise<readonly A[]> =>
    kind.wanted(await kind.accounts(client, ctx, input), input);

  const change = async (client: C, ctx: ActContext, accounts: readonly A[], how: 'lock' | 'unlock') => {
    // What is done when it fails is read back, never assumed.
    const work = (session: SqlSession) => kind.change(session, accounts, how);
    if (accounts.length > 0) await withSession(client, 'write', ctx, work, sessionLock(ctx));
  };

  /** Throws StepFailed where a login is not refused because of the lock. */
  const proveLocked = async (client: C, ctx: ActContext, input: I): Promise<void> => {
    for (const { user, password } of kind.proofs(ctx, input)) {
      const answer = await client.tryLogin(user, password);
      if (answer.accepted)
        throw new StepFailed(`${user} is locked, and yet can log in`, {
          effect: 'some',
          remedy: kind.letInRemedy,
        });
      if (answer.locked) continue;
      const said = ctx.mask(answer.said);
      throw new StepFailed(`the login of ${user} was refused, but not because of the lock: ${said}`, {
        effect: 'some',
        remedy:
          'Check the password of the proof, and that the account may come from where the target connects',
      });
    }
  };

  const frozen = async (
    client: C,
    ctx: ActContext,
    accounts: readonly A[],
    ended: number | null,
  ): Promise<O> => {
    const writers = await kind.writersLeft(client, ctx, accounts);
    if (writers.length > 0) ctx.log(`not frozen, could still write: ${writers.join(', ')}\n`, 'stderr');
    return kind.output(accounts, ended, writers);
  };

  const run = async (ctx: ActContext, input: I): Promise<Outcome<O>> => {
    const client = await kind.clientOf(ctx);
    const own = await kind.own(client, ctx, input);
    if (own !== null)
      throw new StepFailed(`${own} is the account this step is logged in as: it would lock itself out`, {
        effect: 'none',
        remedy: useAnother,
      });
    await expectOver(client, ctx);
    const accounts = await named(client, ctx, input);
    const watched = kind.watch(input, accounts);
    const remedy = kind.rightsRemedy;
    // Before anything is locked: without the right to see them, no session would ever be found.
    await orRefused({ effect: 'none', remedy }, () => countSessions(client, ctx, watched));
    return orRefused({ effect: 'unknown', retryable: true, remedy }, async () => {
      const open = accounts.filter(({ locked }) => !locked);
      await change(client, ctx, open, 'lock');
      const ended = await endSessions(client, ctx, watched);
      const unlocked = (await named(client, ctx, input)).find(({ locked }) => !locked);
      if (unlocked)
        throw new StepFailed(`${kind.shown(unlocked)} is not locked any more`, {
          effect: 'some',
          retryable: true,
          remedy: 'Find out who unlocked it',
        });
      await proveLocked(client, ctx, input);
      return { done: true, output: await frozen(client, ctx, accounts, ended) };
    });
  };

  const probe = async (ctx: ActContext, input: I): Promise<Probed<O>> => {
    const client = await kind.clientOf(ctx);
    const late = await stillAtWork(client, ctx);
    if (late !== null) return { state: 'unknown', why: late };
    const accounts = await named(client, ctx, input);
    const locked = accounts.filter((account) => account.locked).length;
    if (locked === 0) return { state: 'not-done' };
    const whom = kind.whom(input);
    if (locked < accounts.length)
      return { state: 'unknown', why: `${locked} of ${accounts.length} entries of ${whom} are locked` };
    const life = await signOfLife(client, ctx, kind.watch(input, accounts));
    if (life !== null) return { state: 'unknown', why: `${whom} is locked, but ${life}` };
    return { state: 'done', output: await frozen(client, ctx, accounts, null) };
  };

  const undo = async (ctx: ActContext, input: I, before: B): Promise<Outcome<null>> => {
    const client = await kind.clientOf(ctx);
    await expectOver(client, ctx);
    const open = kind.openBefore(input, before);
    const there = async () => kind.accounts(client, ctx, input);
    const locked = (await there()).filter((one) => one.locked && open.includes(kind.shown(one)));
    const what = `the server refused to unlock ${kind.whom(input)}`;
    await orRefused({ what, effect: 'none', retryable: true, remedy: kind.rightsRemedy }, () =>
      change(client, ctx, locked, 'unlock'),
    );
    // Read back: an account that was dropped meanwhile was never unlocked, and its app cannot log in.
    const now = (await there()).filter((one) => !one.locked).map(kind.shown);
    const shut = open.find((name) => !now.includes(name));
    if (shut === undefined) return { done: true, output: null };
    const gone = !locked.some((one) => kind.shown(one) === shut);
    throw new StepFailed(`${shut} is ${gone ? 'gone' : 'locked again'}, and was open before the step`, {
      effect: 'some',
      retryable: true,
      remedy: 'Find out who did that, make it as it was, then retry',
    });
  };

  const check = async (ctx: ActContext, input: I): Promise<readonly Finding[]> => {
    const client = await kind.clientOf(ctx);
    const own = await kind.own(client, ctx, input);
    if (own !== null)
      return [{ level: 'problem', what: `${own} is the account the target logs in as`, remedy: useAnother }];
    const missing = await kind.rights(client, ctx, input);
    if (missing.some(({ level }) => level === 'problem')) return missing;
    let accounts: readonly A[];
    try {
      accounts = await named(client, ctx, input);
    } catch (error) {
      const remedy = 'Check the names, and what the target may read';
      return [{ level: 'problem', what: (error as Error).message, remedy }];
    }
    const refused = await kind.refusals(client, ctx, accounts);
    if (refused.length > 0) return [...missing, ...refused];
    const sessions = await countSessions(client, ctx, kind.watch(input, accounts));
    const writers = await kind.writersLeft(client, ctx, accounts);
    const whom = accounts.map(kind.shown).join(', ');
    return [
      ...missing,
      {
        level: 'verified',
        what: `would lock ${whom} and end ${sessions} ${sessions === 1 ? 'session' : 'sessions'}`,
      },
      {
        level: 'verified',
        what: `could still write then: ${writers.length > 0 ? writers.join(', ') : 'nobody'}`,
      },
    ];
  };

  return {
    check,
    prepare: async (ctx, input) => kind.before(await named(await kind.clientOf(ctx), ctx, input)),
    run,
    probe,
    end: async (ctx) => endSessionsOf(await kind.clientOf(ctx), ctx, sessionLock(ctx)),
    undo,
  };
};
