/**
 * Supabase Auth behind its gateway, as far as our steps see it, with the mishaps that a real server shows once a
 * year: answers of every kind, answers that never come, users by the thousand. What it does when all is well is
 * held against the real server by the lab's own tests.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface FakeUser {
  readonly id: string;
  readonly email: string;
  password?: string;
  recovery_sent_at?: string;
}

export interface RecoverCall {
  readonly email: string;
  readonly redirectTo: string | null;
  readonly at: number;
}

/** What a POST /recover does; `mail` sends it and answers 200. */
export type Recovery =
  | 'mail'
  /** Sent, and the answer is lost. */
  | 'mail-then-cut'
  /** Nothing sent, and no answer. */
  | 'cut'
  | { readonly status: number; readonly code: string; readonly msg: string };

export interface FakeAuth {
  readonly url: string;
  readonly anonKey: string;
  readonly serviceRoleKey: string;
  readonly users: Map<string, FakeUser>;
  /** Addresses that got a mail, in order. */
  readonly mailed: string[];
  readonly calls: RecoverCall[];
  /** Asked for each recovery; default: `mail`. */
  recovery: (email: string, nth: number) => Recovery;
  addUsers(count: number): void;
  stop(): Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<Record<string, string>> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
};

const answer = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-supabase-api-version': '2024-01-01',
    ...headers,
  });
  response.end(JSON.stringify(body));
};

export const useFakeAuth = async (): Promise<FakeAuth> => {
  const users = new Map<string, FakeUser>();
  const mailed: string[] = [];
  const calls: RecoverCall[] = [];
  const keys = { anonKey: 'anon-key-of-the-test', serviceRoleKey: 'service-role-key-of-the-test' };

  const recover = (email: string, redirectTo: string | null, response: ServerResponse): void => {
    calls.push({ email, redirectTo, at: Date.now() });
    const what = fake.recovery(email, calls.length);
    if (typeof what === 'object') {
      answer(response, what.status, { code: what.code, message: what.msg });
      return;
    }
    const user = users.get(email.toLowerCase());
    if (what !== 'cut' && user) {
      user.recovery_sent_at = new Date().toISOString();
      mailed.push(user.email);
    }
    if (what === 'mail') answer(response, 200, {});
    else response.destroy();
  };

  const list = (url: URL, response: ServerResponse): void => {
    const page = Number(url.searchParams.get('page') || 1);
    const perPage = Number(url.searchParams.get('per_page') || 50);
    const all = [...users.values()].toReversed();
    const shown = all.slice((page - 1) * perPage, page * perPage);
    const last = Math.max(1, Math.ceil(all.length / perPage));
    const link = (to: number, rel: string) =>
      `<${url.pathname}?page=${to}&per_page=${perPage}>; rel="${rel}"`;
    answer(
      response,
      200,
      { users: shown.map(({ password: _, ...user }) => user), aud: 'authenticated' },
      {
        'x-total-count': String(all.length),
        link: [...(page < last ? [link(page + 1, 'next')] : []), link(last, 'last')].join(', '),
      },
    );
  };

  const token = (email = '', password = '', response: ServerResponse): void => {
    const user = users.get(email.toLowerCase());
    if (!user || user.password === undefined || user.password !== password) {
      answer(response, 400, { code: 'invalid_credentials', message: 'Invalid login credentials' });
      return;
    }
    const claims = Buffer.from(JSON.stringify({ sub: user.id, role: 'authenticated', email: user.email }));
    answer(response, 200, {
      access_token: `eyJhbGciOiJIUzI1NiJ9.${claims.toString('base64url')}.c2lnbmF0dXJl`,
      refresh_token: 'refresh-token-of-the-test',
      token_type: 'bearer',
      expires_in: 3600,
      user: { id: user.id, email: user.email, aud: 'authenticated', role: 'authenticated' },
    });
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const key = request.headers.apikey;
    const body = await bodyOf(request);
    if (key !== keys.anonKey && key !== keys.serviceRoleKey)
      return answer(response, 401, { message: 'No API key found in request' });
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /auth/v1/health':
        return answer(response, 200, { name: 'GoTrue', version: 'v0-test', description: '' });
      case 'GET /auth/v1/admin/users':
        if (key !== keys.serviceRoleKey)
          return answer(response, 403, { code: 'not_admin', message: 'User not allowed' });
        return list(url, response);
      case 'POST /auth/v1/recover':
        return recover(body.email ?? '', url.searchParams.get('redirect_to'), response);
      case 'POST /auth/v1/token':
        return token(body.email, body.password, response);
      case 'POST /auth/v1/logout':
        response.writeHead(204).end();
        return;
      default:
        return answer(response, 404, { message: 'no Route matched' });
    }
  };

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const stop = () =>
    new Promise<void>((ended) => {
      server.close(() => ended());
      server.closeAllConnections();
    });
  onTestFinished(stop);
  const fake: FakeAuth = {
    ...keys,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    users,
    mailed,
    calls,
    recovery: () => 'mail',
    addUsers(count) {
      for (let i = 0; i < count; i++) {
        const id = `00000000-0000-4000-8000-${String(users.size).padStart(12, '0')}`;
        const email = `user${String(users.size).padStart(4, '0')}@example.test`;
        users.set(email, { id, email });
      }
    },
    stop,
  };
  return fake;
};
