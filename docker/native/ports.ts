import { createServer } from 'node:net';

export const portNames = ['mysql', 'postgres', 'ssh', 'web', 'app'] as const;
export type PortName = (typeof portNames)[number];
export type Ports = Record<PortName, number>;

/** Resolves to the port that was bound, or to null when it is taken. 0 asks for any. */
const hold = (port: number): Promise<{ port: number; release(): Promise<void> } | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address ? address.port : 0,
        release: () => new Promise((done) => server.close(() => done())),
      });
    });
  });

export const areFree = async (ports: Ports): Promise<boolean> => {
  const held = await Promise.all(portNames.map((name) => hold(ports[name])));
  await Promise.all(held.map((h) => h?.release()));
  return held.every(Boolean);
};

/** Held together while picking, so that no two servers get the same one. */
export const pickPorts = async (): Promise<Ports> => {
  const held = await Promise.all(portNames.map(async (name) => [name, await hold(0)] as const));
  await Promise.all(held.map(([, h]) => h?.release()));
  return Object.fromEntries(held.map(([name, h]) => [name, h?.port ?? 0])) as Ports;
};
