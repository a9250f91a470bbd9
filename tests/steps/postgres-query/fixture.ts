import { postgres } from '../../../steps/_targets/postgres/target.ts';
import { actContext } from '../../support/act-context.ts';
import { openClient, postgresConfig } from '../../support/open-target.ts';
import { usePostgresDatabase } from '../../support/own-database.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (lab) => {
  const { name, ask } = await usePostgresDatabase(lab);
  await ask('CREATE TABLE cutovers (id INT PRIMARY KEY)');
  const client = await openClient('postgres', postgres, postgresConfig(lab, name));
  return {
    with: {
      sql: 'INSERT INTO cutovers VALUES (7)',
      effects: 'write',
      expect: { affected: 1 },
      probe: 'SELECT COUNT(*) FROM cutovers WHERE id = 7',
    },
    ctx: actContext({ clients: { postgres: client } }),
    image: () => ask('SELECT * FROM cutovers'),
  };
};
