/** The short form of `npm run chaos`: random kills over local, ssh and SQL acts. */
import { expect, test } from 'vitest';
import { chaos } from '../chaos/chaos.ts';
import { useLab } from '../support/lab.ts';
import { seed } from '../support/seed.ts';

const lab = await useLab();
const kills = 6;

test(`${kills} engines killed at random: everything is done once, or rolled back`, {
  timeout: 240_000,
}, async () => {
  const found = await chaos({ lab, kills, seed });
  expect(found.wrong, `seed ${seed}`).toEqual([]);
  expect(found.kills).toBeGreaterThanOrEqual(kills);
});
