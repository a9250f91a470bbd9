import { vpsPaths } from '../../../docker/native/vps.ts';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import type { Shell } from '../../../steps/_work/shell.ts';
import { actContext } from '../../support/act-context.ts';
import { mysqlConfig, openClient } from '../../support/open-target.ts';
import { useMysqlDatabase } from '../../support/own-database.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (lab, { dir, shell, image }) => {
  const { name, ask } = await useMysqlDatabase(lab);
  await ask('CREATE TABLE users (id INT PRIMARY KEY)');
  const here = shell.place === 'local';
  const client = await openClient('mysql', mysql, mysqlConfig(lab, name), here ? undefined : shell);
  // The VPS has the tools on its PATH; this machine may have none of its own.
  const env = here ? { PATH: `${vpsPaths(lab.dir).bin}:${process.env.PATH}` } : {};
  const exec: Shell['exec'] = (argv, options) =>
    shell.exec(argv, { ...options, env: { ...env, ...options?.env } });
  const ctx = actContext({ clients: { mysql: client, shell: { ...shell, exec } }, runOn: shell.place });
  return { with: { path: `${dir}/a dump.sql` }, ctx, image };
};
