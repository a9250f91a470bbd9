/** The part of Mailpit's HTTP API that our steps read, over mails that a test puts in. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface FakeInbox {
  readonly url: string;
  put(to: string, mail: { text?: string; html?: string; createdAtMs?: number }): void;
}

export const useFakeInbox = async (): Promise<FakeInbox> => {
  const mails: { id: string; to: string; text: string; html: string; createdAtMs: number }[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const send = (body: unknown): void => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const to = /^to:(.*)$/.exec(url.searchParams.get('query') ?? '')?.[1];
    const id = /^\/api\/v1\/message\/(.*)$/.exec(url.pathname)?.[1];
    if (url.pathname === '/api/v1/search')
      send({
        messages: mails
          .filter((mail) => mail.to === to)
          .map((mail) => ({ ID: mail.id, Created: new Date(mail.createdAtMs).toISOString() })),
      });
    else if (id !== undefined) {
      const mail = mails.find((m) => m.id === id);
      send({ ID: id, Text: mail?.text, HTML: mail?.html });
    } else response.writeHead(404).end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    put: (to, { text = '', html = '', createdAtMs = Date.now() }) =>
      void mails.push({ id: `m${mails.length}`, to, text, html, createdAtMs }),
  };
};
