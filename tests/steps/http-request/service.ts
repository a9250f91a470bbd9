/** A web service with one record, as http.request meets them: revisions, idempotency keys, answers that get lost. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

type Listener = (request: IncomingMessage, response: ServerResponse, body: string) => boolean;

export const useService = async (initial: unknown = { value: 'old' }) => {
  let record = initial;
  /** Whether the next write is carried out, and its answer lost. */
  let losing: 'before' | 'after' | null = null;
  let instead: Listener = () => false;
  const seen = new Map<string, string>();
  const requests: string[] = [];
  const write = ({ method }: IncomingMessage, body: string): string => {
    record = method === 'DELETE' ? null : JSON.parse(body);
    return JSON.stringify({ id: requests.length, record });
  };
  const server = createServer(async (request, response) => {
    const body = await text(request);
    requests.push(`${request.method} ${request.url} ${body}`.trim());
    if (instead(request, response, body)) return;
    if (request.method === 'GET')
      return record === null ? response.writeHead(404).end() : response.end(JSON.stringify(record));
    if (losing === 'before') {
      losing = null;
      return request.socket.destroy();
    }
    const key = request.headers['idempotency-key'];
    const known = typeof key === 'string' ? seen.get(key) : undefined;
    const answer = known ?? write(request, body);
    if (typeof key === 'string') seen.set(key, answer);
    if (losing === 'after') {
      losing = null;
      return request.socket.destroy();
    }
    return response.end(answer);
  });
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  onTestFinished(
    () =>
      new Promise<void>((down) => {
        server.close(() => down());
        server.closeAllConnections();
      }),
  );
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/records/app`,
    record: () => record,
    requests,
    writes: () => requests.filter((line) => !line.startsWith('GET')),
    lose: (when: 'before' | 'after') => {
      losing = when;
    },
    answer: (listener: Listener) => {
      instead = listener;
    },
  };
};
