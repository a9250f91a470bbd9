import { freezes } from '../_kits/sql/freeze.ts';
import type { PostgresClient } from '../_targets/postgres/client.ts';
import {
  loggedInAs,
  missingRights,
  type Role,
  rolesNamed,
  setLogin,
  standbyFindings,
  watchRoles,
} from './roles.ts';
import type { PostgresFreezeBefore, PostgresFreezeInput, PostgresFreezeOutput } from './step.ts';
import { writersLeft } from './writers.ts';

const shown = ({ role }: Role): string => role;

export const acts = freezes<
  PostgresFreezeInput,
  PostgresFreezeOutput,
  PostgresFreezeBefore,
  PostgresClient,
  Role
>({
  clientOf: (ctx) => ctx.connect('postgres'),

  async own(client, ctx, { roles }) {
    const me = await loggedInAs(client, ctx);
    return roles.includes(me) ? me : null;
  },

  accounts: (client, ctx, { roles }) => rolesNamed(client, ctx, roles),
  wanted(found, { roles }) {
    const missing = roles.find((role) => !found.some((one) => one.role === role));
    if (missing !== undefined) throw new Error(`the server has no role named ${missing}`);
    return found;
  },
  shown,
  whom: ({ roles }) => roles.join(', '),
  watch: ({ roles, quiet_for }) => watchRoles(roles, quiet_for),
  change: setLogin,
  proofs: (ctx, { proof_passwords = {} }) =>
    Object.entries(proof_passwords).map(([user, password]) => ({ user, password: ctx.reveal(password) })),
  letInRemedy: 'Find out what lets it in: the target may reach another server than the app does',
  writersLeft,
  rights: (client, ctx, { roles }) => missingRights(client, ctx, roles),
  rightsRemedy: 'It takes a superuser, or CREATEROLE, ADMIN OPTION on the roles and pg_signal_backend',
  refusals: (client, ctx) => standbyFindings(client, ctx),
  output: (roles, sessionsEnded, writers) => ({
    roles: roles.map(shown),
    sessions_ended: sessionsEnded,
    writers_left: [...writers],
  }),
  before: (roles) => ({ roles: roles.map(({ role, locked }) => ({ role, locked })) }),
  openBefore: (_input, before) => before.roles.filter(({ locked }) => !locked).map(shown),
});
