/** A webhook receiver on loopback that keeps what it was sent and does what a test tells it. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly taken: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }[];
  /** Connections so far, also those that said nothing. */
  readonly connections: () => number;
}

export const tlsFile = (name: string): string =>
  new URL(`../../support/loopback-tls/${name}`, import.meta.url).pathname;

export const secretPath = '/services/T0AAAA/B0BBBB/xyzSecretToken';

export const useReceiver = async (
  answer: (response: ServerResponse, n: number) => void = (response) => response.end('ok'),
  secure = false,
): Promise<Receiver> => {
  const taken: Receiver['taken'] = [];
  let connections = 0;
  const options = secure
    ? { key: readFileSync(tlsFile('key.pem')), cert: readFileSync(tlsFile('cert.pem')) }
    : {};
  const server = (secure ? createSecureServer(options) : createServer()).on(
    'request',
    (request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        taken.push({ path: request.url ?? '', headers: request.headers, body });
        answer(response, taken.length);
      });
    },
  );
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const origin = secure ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  return { url: `${origin}${secretPath}`, port, taken, connections: () => connections };
};
