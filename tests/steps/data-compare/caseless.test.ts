import { expect, test } from 'vitest';
import { useLab } from '../../support/lab.ts';
import { useBothSides } from './both-sides.ts';

const lab = await useLab();

test('an address that one side has lowered is the same, where the runbook says so', async () => {
  const { old, fresh, found } = await useBothSides(lab);
  await old.ask('CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(191) NOT NULL)');
  await fresh.ask('CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL)');
  await old.ask("INSERT INTO users VALUES (1, 'Trader.4@Lab.Test'), (2, 'Émile@lab.test')");
  await fresh.ask("INSERT INTO users VALUES (1, 'trader.4@lab.test'), (2, 'émile@lab.test')");
  const table = { table: 'users', key: ['id'] };
  expect(await found({ tables: [{ ...table, kinds: { email: 'caseless' } }] })).toMatchObject({
    mismatches: 0,
  });
  expect(await found({ tables: [table] })).toMatchObject({ mismatches: 2 });
  await fresh.ask("UPDATE users SET email = 'trader.5@lab.test' WHERE id = 1");
  expect(await found({ tables: [{ ...table, kinds: { email: 'caseless' } }] })).toMatchObject({
    first: [{ key: '1', column: 'email' }],
  });
});
