/** GitHub's comments of a pull request on loopback: pages of them, and failures that a test asks for. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string } | null;
}

/** `cut`: the connection ends without an answer; `late cut`: after the request was carried out. */
export type Failure =
  | {
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly message?: string;
      readonly body?: unknown;
    }
  | 'cut'
  | 'late cut';

export interface FakeGithub {
  readonly url: string;
  readonly comments: Comment[];
  readonly requests: { readonly method: string; readonly path: string; readonly token: string }[];
  /** For the next requests of this method, in order. */
  fail(method: string, ...failures: readonly Failure[]): void;
  close(): Promise<void>;
}

const author = 'github-actions[bot]';

export const startFakeGithub = async (pageSize = 100): Promise<FakeGithub> => {
  const comments: Comment[] = [];
  const requests: { method: string; path: string; token: string }[] = [];
  const failures = new Map<string, Failure[]>();
  const answer = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

  const carryOut = (method: string, path: URL, body: string): [number, unknown, Record<string, string>?] => {
    const text = body === '' ? '' : (JSON.parse(body) as { body: string }).body;
    const own = /^\/repos\/o\/r\/issues\/comments\/(\d+)$/.exec(path.pathname)?.[1];
    if (method === 'PATCH' && own !== undefined) {
      const comment = comments.find(({ id }) => id === Number(own));
      if (!comment) return [404, { message: 'Not Found' }];
      comment.body = text;
      return [200, comment];
    }
    if (path.pathname !== '/repos/o/r/issues/7/comments') return [404, { message: 'Not Found' }];
    if (method === 'POST') {
      if (text.length > 65_536) return [422, { message: 'Validation Failed: body is too long' }];
      const comment = { id: comments.length + 1, body: text, user: { login: author } };
      comments.push(comment);
      return [201, comment];
    }
    const page = Number(path.searchParams.get('page') ?? 1);
    const listed = comments.slice((page - 1) * pageSize, page * pageSize);
    path.searchParams.set('page', String(page + 1));
    const next =
      page * pageSize < comments.length
        ? { link: `<${path.href}>; rel="next", <${path.href}>; rel="last"` }
        : {};
    return [200, listed, next as Record<string, string>];
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '' } = request;
      const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
      requests.push({ method, path: url, token });
      const failure = failures.get(method)?.shift();
      if (failure === 'cut') return void request.socket.destroy();
      if (failure !== undefined && failure !== 'late cut')
        return void answer(
          response,
          failure.status,
          failure.body ?? { message: failure.message ?? 'no' },
          failure.headers,
        );
      const [status, body, headers] = carryOut(
        method,
        new URL(url, base()),
        Buffer.concat(chunks).toString(),
      );
      if (failure === 'late cut') return void request.socket.destroy();
      answer(response, status, body, headers);
    });
  });
  const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: base(),
    comments,
    requests,
    fail: (method, ...more) => void failures.set(method, [...(failures.get(method) ?? []), ...more]),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
