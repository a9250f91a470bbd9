import { vpsPaths } from '../../../docker/native/vps.ts';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { actContext } from '../../support/act-context.ts';
import { mysqlConfig, openClient } from '../../support/open-target.ts';
import { useMysqlDatabase } from '../../support/own-database.ts';
import { withEnv } from '../../support/place.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (lab, { dir, shell, image }) => {
  const { name, ask } = await useMysqlDatabase(lab);
  await ask('CREATE TABLE users (id INT PRIMARY KEY)');
  const here = shell.place === 'local';
  const client = await openClient('mysql', mysql, mysqlConfig(lab, name), here ? undefined : shell);
  // The VPS has the tools on its PATH; this machine may have none of its own.
  const env = here ? { PATH: `${vpsPaths(lab.dir).bin}:${process.env.PATH}` } : {};
  const ctx = actContext({ clients: { mysql: client, shell: withEnv(shell, env) }, runOn: shell.place });
  return { with: { path: `${dir}/a dump.sql` }, ctx, image };
};
