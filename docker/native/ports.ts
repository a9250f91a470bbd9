import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

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
const range = { from: 15_008, to: 32_000 };

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });

export const areFree = async (ports: Ports): Promise<boolean> =>
  (await Promise.all(portNames.map((name) => isFree(ports[name])))).every(Boolean);

/** Ports of a lab are neighbours, so that a person recognises it by them; blocks do not overlap. */
const blockSize = 16;

const claimed = new Map<number, Server>();

/**
 * Takes a block for as long as this process lives: another `up`, also of another clone, picks another one. Ports are
 * only listened on one by one while a lab starts, which takes minutes on a busy machine. The name is a socket in the
 * kernel's abstract namespace: no file, and it is free again when the process dies.
 */
const claimBlock = (first: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ path: `\0runbook-lab-ports-${first}` }, () => {
      claimed.set(first, server);
      resolve(true);
    });
    server.unref();
  });

const firstOf = (ports: Ports): number => ports[portNames[0]];

/** Of a lab that was up before: whether it may have the same ports again. */
export const takeAgain = async (ports: Ports): Promise<boolean> => {
  const first = firstOf(ports);
  const ours = claimed.has(first) || (first % blockSize === 0 && (await claimBlock(first)));
  return ours && (await areFree(ports));
};

/** Neighbours as well, of as many blocks as it takes. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const found: number[] = [];
  while (found.length < count) {
    const first = randomInt(range.from / blockSize, range.to / blockSize) * blockSize;
    if (claimed.has(first) || !(await claimBlock(first))) continue;
    for (let port = first; port < first + blockSize && found.length < count; port++)
      if (await isFree(port)) found.push(port);
  }
  return found;
};

export const pickPorts = async (): Promise<Ports> => {
  for (;;) {
    const first = randomInt(range.from / blockSize, range.to / blockSize) * blockSize;
    if (claimed.has(first) || !(await claimBlock(first))) continue;
    const ports = Object.fromEntries(portNames.map((name, i) => [name, first + i])) as Ports;
    if (await areFree(ports)) return ports;
  }
};
