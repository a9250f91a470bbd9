import type { SetUp } from '../fixture.ts';
import { useBothSides } from './both-sides.ts';

export const setUp: SetUp = async (lab) => {
  const { old, fresh, ctx } = await useBothSides(lab);
  await old.ask('CREATE TABLE users (id VARCHAR(25) PRIMARY KEY, name TEXT) CHARSET utf8mb4');
  await fresh.ask('CREATE TABLE users (id text PRIMARY KEY, name text)');
  for (const { ask } of [old, fresh]) await ask("INSERT INTO users VALUES ('u1', 'Ada 🎯'), ('u2', NULL)");
  const rows = ({ ask }: typeof old) => ask('SELECT * FROM users ORDER BY id');
  return {
    with: { against: 'fresh', tables: [{ table: 'users', key: ['id'] }] },
    ctx,
    image: async () => [await rows(old), await rows(fresh)],
  };
};
