import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { inWords, sendVisitor } from '../../../docker/demo/visitor.ts';

test('reports each change once, and what is there when it leaves even if it changed that instant', async () => {
  let status = 200;
  let looks = 0;
  const server = createServer((_, answer) => {
    looks++;
    answer.statusCode = status;
    answer.end(status === 200 ? '<meta name="release" content="1.4.0">' : 'back shortly');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');

  const visitor = sendVisitor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await expect.poll(() => looks).toBeGreaterThan(2);
  status = 503;

  expect(inWords(await visitor.leave())).toBe('200 (1.4.0) -> 503');
});
