import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { actContext } from '../../support/act-context.ts';
import { mysqlConfig, openClient } from '../../support/open-target.ts';
import { useMysqlDatabase } from '../../support/own-database.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (lab) => {
  const { name, ask } = await useMysqlDatabase(lab);
  await ask('CREATE TABLE cutovers (id INT PRIMARY KEY)');
  const client = await openClient('mysql', mysql, mysqlConfig(lab, name));
  return {
    with: {
      sql: 'INSERT INTO cutovers VALUES (7)',
      effects: 'write',
      expect: { affected: 1 },
      probe: 'SELECT COUNT(*) FROM cutovers WHERE id = 7',
    },
    ctx: actContext({ clients: { mysql: client } }),
    image: () => ask('SELECT * FROM cutovers'),
  };
};
