/** A way to the VPS, or to another server, that a test can cut and restore, as a network would. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { LabInfo } from '../support/lab.ts';
import { vpsTarget } from './cli-run.ts';

export interface Way {
  readonly port: number;
  /** The VPS as a target that is reached this way. */
  target(vps: string): Readonly<Record<string, unknown>>;
  /** Ends the connections there are; new ones get through. */
  cut(): void;
  /** Leaves them, and lets nobody else in until it is opened again. */
  refuse(): void;
  /** Ends them, and lets nobody in until it is opened again. */
  close(): Promise<void>;
  open(): Promise<void>;
}

/** Closed at first. */
export const useWay = async (
  lab: LabInfo,
  to: { readonly host: string; readonly port: number } = lab.ssh,
): Promise<Way> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(to.port, to.host);
    sockets.add(socket);
    socket.on('error', () => onward.destroy()).on('close', () => onward.destroy());
    onward.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  };
  onTestFinished(async () => {
    if (server.listening) await close();
  });
  const port = await listen(server, 0);
  await close();
  return {
    port,
    target: (vps) => vpsTarget(lab, vps, { port, known_hosts: undefined, fingerprint: lab.ssh.fingerprint }),
    cut,
    refuse: () => void server.close(),
    close,
    open: async () => void (await listen(server, port)),
  };
};

const listen = async (server: Server, port: number): Promise<number> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};
