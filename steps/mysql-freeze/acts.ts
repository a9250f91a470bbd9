import type { ActContext } from '../../engine/step.ts';
import { freezes } from '../_kits/sql/freeze.ts';
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
import { watchAccount } from './sessions.ts';
import type { MysqlFreezeBefore, MysqlFreezeInput, MysqlFreezeOutput } from './step.ts';
import { writersLeft } from './writers.ts';

const held = (client: MysqlClient, ctx: ActContext) =>
  withSession(client, 'read', ctx, (session) => heldRights(session, null));

export const acts = freezes<MysqlFreezeInput, MysqlFreezeOutput, MysqlFreezeBefore, MysqlClient, Account>({
  clientOf: (ctx) => ctx.connect('mysql'),

  // Every other session of this user name would be ended, so our own account is recognised by its name alone.
  async own(client, ctx, { account }) {
    const me = await withSession(client, 'read', ctx, ownAccount);
    return me.slice(0, me.lastIndexOf('@')) === account ? account : null;
  },

  accounts: async (client, ctx, { account }) =>
    (await allAccounts(client, ctx)).filter(({ user }) => user === account),
  wanted: wantedAccounts,
  shown: shownAccount,
  whom: ({ account }) => account,

  watch: (input, accounts) =>
    watchAccount(
      input.account,
      // Without hosts the user name alone decides: no session of it is spared for where it comes from.
      input.hosts === undefined ? ['%'] : accounts.map(({ host }) => host),
      input.quiet_for,
    ),

  async change(session, accounts, how) {
    // One statement, each account for itself.
    const lock = how === 'lock' ? 'LOCK' : 'UNLOCK';
    await session.query(`ALTER USER ${accounts.map(quotedAccount).join(', ')} ACCOUNT ${lock}`);
    await session.rollback();
  },

  proofs: (ctx, { account, proof_password }) =>
    proof_password === undefined ? [] : [{ user: account, password: ctx.reveal(proof_password) }],
  letInRemedy: 'Another entry of the account lets it in: leave `hosts` out, or name that host too',
  writersLeft,
  rights: async (client, ctx) => missingRights(await held(client, ctx), freezeRights),
  rightsRemedy: 'It takes CREATE USER, PROCESS and CONNECTION ADMIN (or SUPER) on *.*',
  refusals: async (client, ctx, accounts) => refusals(client, ctx, accounts, await held(client, ctx)),

  output: (accounts, sessionsEnded, writers) => ({
    accounts: accounts.map(shownAccount),
    sessions_ended: sessionsEnded,
    writers_left: [...writers],
  }),
  before: (accounts) => ({ accounts: accounts.map(({ host, locked }) => ({ host, locked })) }),
  openBefore: ({ account }, before) =>
    before.accounts.filter(({ locked }) => !locked).map(({ host }) => shownAccount({ user: account, host })),
});
