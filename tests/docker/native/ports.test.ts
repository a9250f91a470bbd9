import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { areFree, type Ports, pickPorts, portNames, takeAgain } from '../../../docker/native/ports.ts';

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

/** As another clone's `up` would; the process has ended when it returns. */
const inAnotherProcess = <T>(call: string): T => {
  const module = JSON.stringify(new URL('../../../docker/native/ports.ts', import.meta.url).href);
  const script = `const { pickPorts, takeAgain } = await import(${module}); console.log(JSON.stringify(await ${call}))`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  );
};

test('ports that a starting lab has picked are refused to another clone, before any server listens', async () => {
  const ports = await pickPorts();
  expect(await areFree(ports)).toBe(true);
  expect(inAnotherProcess(`takeAgain(${JSON.stringify(ports)})`)).toBe(false);
  expect(await takeAgain(ports)).toBe(true);
});

test('ports of a process that has ended may be taken again', async () => {
  expect(await takeAgain(inAnotherProcess<Ports>('pickPorts()'))).toBe(true);
});
