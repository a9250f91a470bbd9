import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { areFree, pickPorts, portNames } from '../../../docker/native/ports.ts';

test('picks free ports outside the range of outgoing connections, and sees when one is taken', async () => {
  const ports = await pickPorts();
  expect(new Set(Object.values(ports)).size).toBe(portNames.length);
  expect(Math.max(...Object.values(ports))).toBeLessThan(32_768);
  expect(await areFree(ports)).toBe(true);

  const server = createServer().listen(ports.ssh, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');

  expect(await areFree(ports)).toBe(false);
});
