import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { actContext } from '../../support/act-context.ts';
import { mysqlConfig, openClient } from '../../support/open-target.ts';
import { useMysqlAccount } from '../../support/own-account.ts';
import { useMysqlDatabase } from '../../support/own-database.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (lab) => {
  const { name, ask } = await useMysqlDatabase(lab);
  const app = await useMysqlAccount(lab, [`ALL ON ${name}.*`]);
  await app.login();
  const client = await openClient('mysql', mysql, mysqlConfig(lab, name));
  return {
    with: { account: app.user, quiet_for: '200ms', proof_password: app.password },
    ctx: actContext({ clients: { mysql: client } }),
    image: () =>
      ask(
        `SELECT Host, COALESCE(JSON_VALUE(Priv, '$.account_locked'), 0) AS locked FROM mysql.global_priv WHERE User = '${app.user}'`,
      ),
  };
};
