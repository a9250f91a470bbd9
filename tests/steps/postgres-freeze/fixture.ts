import { postgres } from '../../../steps/_targets/postgres/target.ts';
import { actContext } from '../../support/act-context.ts';
import { openClient, postgresConfig } from '../../support/open-target.ts';
import { usePostgresRole } from '../../support/own-account.ts';
import { usePostgresDatabase } from '../../support/own-database.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (lab) => {
  const { name, ask } = await usePostgresDatabase(lab);
  const app = await usePostgresRole(lab, 'LOGIN');
  await app.login(name);
  const client = await openClient('postgres', postgres, postgresConfig(lab, name));
  return {
    with: { roles: [app.name], quiet_for: '200ms', proof_passwords: { [app.name]: app.password } },
    ctx: actContext({ clients: { postgres: client } }),
    image: () => ask('SELECT rolcanlogin FROM pg_roles WHERE rolname = $1', [app.name]),
  };
};
