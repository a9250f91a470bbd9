import { expect, test } from 'vitest';
import { reconnecting } from '../../../../steps/_targets/ssh/reconnect.ts';

test('a host that is away for minutes is told of twice a minute, and once it is back', async () => {
  const said: string[] = [];
  let at = 0;
  let isUp = false;
  const again = reconnecting(
    { name: 'vps', log: (line) => void said.push(line) },
    async () => (isUp ? 'a connection' : Promise.reject(new Error('refused'))),
    () => at,
  );
  for (; at <= 60_000; at += 2_000) await expect(again()).rejects.toThrow('refused');
  isUp = true;
  expect(await again()).toBe('a connection');
  isUp = false;
  await expect(again()).rejects.toThrow('refused');
  expect(said).toEqual([
    'the connection to vps is lost: connecting again',
    'vps has not been reached for 30 s: still trying',
    'vps has not been reached for 60 s: still trying',
    'connected to vps again',
    'the connection to vps is lost: connecting again',
  ]);
});
