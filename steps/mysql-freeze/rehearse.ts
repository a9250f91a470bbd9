/** What would make the server refuse the lock, although the step has the rights that it needs elsewhere. */
import type { ActContext, Finding } from '../../engine/step.ts';
import { withSession } from '../_kits/sql/session.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import type { HeldRights } from '../_targets/mysql/rights.ts';
import { type Account, shownAccount } from './accounts.ts';

const problem = (what: string, remedy: string): Finding => ({ level: 'problem', what, remedy });

/** A list of accounts is a table, which a read-only server does not let be written. */
const readOnlyFindings = (variables: ReadonlyMap<string, string>, held: HeldRights): readonly Finding[] => {
  if (variables.get('super_read_only') === 'ON')
    return [
      problem(
        'the server has super_read_only = ON: no account can be locked',
        'Freeze the server that is written to; or lock after super_read_only is switched off',
      ),
    ];
  // MariaDB, before and since it split SUPER; MySQL lets CONNECTION_ADMIN write, which the step needs anyway.
  const spared = ['READ_ONLY ADMIN', 'READ ONLY ADMIN', 'SUPER', 'CONNECTION_ADMIN'];
  return ['ON', '1'].includes(variables.get('read_only') ?? '') && !spared.some((r) => held.rights.has(r))
    ? [
        problem(
          'the server has read_only = ON, and the target may not write there',
          'Freeze the server that is written to',
        ),
      ]
    : [];
};

export const refusals = async (
  client: MysqlClient,
  ctx: ActContext,
  accounts: readonly Account[],
  held: HeldRights,
): Promise<readonly Finding[]> =>
  withSession(client, 'read', ctx, async (session) => {
    const { rows } = await session.query(
      "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'super_read_only')",
    );
    const variables = new Map(rows.map((row) => [String(row.Variable_name), String(row.Value)]));
    const protectedOnes = await session.query(
      "SELECT GRANTEE AS grantee FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE = 'SYSTEM_USER'",
    );
    const system = new Set(protectedOnes.rows.map(({ grantee }) => String(grantee)));
    const out = held.rights.has('SYSTEM_USER')
      ? []
      : accounts.filter(({ user, host }) => system.has(`'${user}'@'${host}'`));
    return [
      ...readOnlyFindings(variables, held),
      ...(out.length === 0
        ? []
        : [
            problem(
              `${out.map(shownAccount).join(', ')} has SYSTEM_USER: only an account that has it too may lock it or end its sessions`,
              `REVOKE SYSTEM_USER ON *.* FROM the account, or use a target whose user has it`,
            ),
          ]),
    ];
  });
