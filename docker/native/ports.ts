import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

export const portNames = [
  'mysql',
  'postgres',
  'ssh',
  'web',
  'app',
  'auth',
  'supabase',
  'smtp',
  'inbox',
] as const;
export type PortName = (typeof portNames)[number];
export type Ports = Record<PortName, number>;

/** Below the range that the kernel gives to outgoing connections: one of those could take a port just picked. */
const range = { from: 15_000, to: 32_000 };

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });

export const areFree = async (ports: Ports): Promise<boolean> =>
  (await Promise.all(portNames.map((name) => isFree(ports[name])))).every(Boolean);

/** Neighbours, so that a person recognises a lab by its ports. */
export const pickPorts = async (): Promise<Ports> => {
  for (;;) {
    const first = randomInt(range.from, range.to);
    const ports = Object.fromEntries(portNames.map((name, i) => [name, first + i])) as Ports;
    if (await areFree(ports)) return ports;
  }
};
