import { postgres } from '../../../steps/_targets/postgres/target.ts';
import { actContext } from '../../support/act-context.ts';
import { openClient, postgresConfig } from '../../support/open-target.ts';
import { usePostgresDatabase } from '../../support/own-database.ts';
import { withPostgresTools } from '../../support/postgres-tools.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (lab, { dir, shell, image }) => {
  const { name, ask } = await usePostgresDatabase(lab);
  await ask('CREATE TABLE users (id INT PRIMARY KEY)');
  const config = postgresConfig(lab, name);
  const client = await openClient('postgres', postgres, config, shell.place === 'local' ? undefined : shell);
  const clients = { postgres: client, shell: await withPostgresTools(lab, shell) };
  return {
    with: { path: `${dir}/a dump.pg` },
    ctx: actContext({ clients, runOn: shell.place }),
    image,
  };
};
