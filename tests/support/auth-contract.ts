/** What the contract suite of Auth shares: every available server, and plain calls to it. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { type AuthProgram, chooseAuth, standIn } from '../../docker/native/auth-binary.ts';
import { type AuthServer, startAuthServer } from './auth-server.ts';
import type { LabInfo } from './lab.ts';

const chosen = chooseAuth();

/** The stand-in always, the real one where RUNBOOK_LAB_AUTH_BINARY names it. */
export const authPrograms: readonly AuthProgram[] = chosen === standIn ? [standIn] : [standIn, chosen];

/** One for all tests of a `describe`; a getter, since it starts with them. */
export const useAuthServer = (
  lab: LabInfo,
  program: AuthProgram,
  settings: Readonly<Record<string, string>> = {},
): (() => AuthServer) => {
  let server: AuthServer;
  beforeAll(async () => {
    server = await startAuthServer(lab, settings, program);
  });
  afterAll(async () => server?.[Symbol.asyncDispose]());
  return () => server;
};

export const freshEmail = (): string => `u${randomUUID().slice(0, 13)}@journal.test`;

export interface Call {
  readonly body?: unknown;
  /** As it is, where `body` would be made JSON. */
  readonly raw?: string;
  /** Default: none. */
  readonly bearer?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The members that tests look into, of whatever answer; one that is not in this answer is undefined, and fails its test. */
export interface AuthJson {
  readonly access_token: string;
  readonly banned_until?: string;
  readonly email: string;
  readonly email_confirmed_at?: string;
  readonly email_otp: string;
  readonly error_code: string;
  readonly hashed_token: string;
  readonly id: string;
  readonly identities: readonly unknown[];
  readonly invited_at?: string;
  readonly phone_confirmed_at?: string;
  readonly redirect_to: string;
  readonly refresh_token: string;
  readonly user: AuthJson;
  readonly users: readonly AuthJson[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** null where the answer is no JSON. */
  readonly json: AuthJson;
  readonly text: string;
}

/** `POST /recover`, without following a redirect and without supabase-js, which hides half of it. */
export const call = async (auth: AuthServer, what: string, of: Call = {}): Promise<Answer> => {
  const [method = '', path = ''] = what.split(' ');
  const body = of.raw ?? (of.body === undefined ? undefined : JSON.stringify(of.body));
  const answer = await fetch(`${auth.url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(of.bearer && { authorization: `Bearer ${of.bearer}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...of.headers,
    },
    ...(body !== undefined && { body }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json');
  return { status: answer.status, headers: answer.headers, json: isJson ? JSON.parse(text) : null, text };
};

export const asAdmin = (auth: AuthServer, what: string, of: Call = {}): Promise<Answer> =>
  call(auth, what, { bearer: auth.serviceRoleKey, ...of });

/** With a confirmed address. */
export const createUser = async (
  auth: AuthServer,
  more: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly id: string; readonly email: string }> => {
  const { status, json } = await asAdmin(auth, 'POST /admin/users', {
    body: { email: freshEmail(), email_confirm: true, ...more },
  });
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(json)}`);
  return { id: json.id, email: json.email };
};

export const rowOf = async (auth: AuthServer, id: string): Promise<Readonly<Record<string, unknown>>> =>
  (await auth.ask('SELECT * FROM auth.users WHERE id = $1', [id]))[0] ?? {};

export const logIn = (auth: AuthServer, email: string, password: string): Promise<Answer> =>
  call(auth, 'POST /token?grant_type=password', { body: { email, password } });

export const banned = (auth: AuthServer, id: string): Promise<unknown> =>
  auth.ask("UPDATE auth.users SET banned_until = now() + interval '1 day' WHERE id = $1", [id]);

/** What an error looks like; `msg` may be a matcher. */
export const refused = (status: number, error_code: string, msg: unknown) => ({
  status,
  json: { error_code, msg },
});

/** Opens a mailed link without the gateway that it leads through. */
export const follow = async (auth: AuthServer, link: URL) => {
  const path = link.pathname.replace('/auth/v1', '');
  const { status, headers } = await call(auth, `GET ${path}${link.search}`);
  if (status !== 303) throw new Error(`The link was answered with ${status}`);
  const location = headers.get('location') ?? '';
  return { location, fragment: new URLSearchParams(location.split('#')[1]) };
};

export const identitiesOf = (auth: AuthServer, id: string) =>
  auth.ask('SELECT provider, identity_data FROM auth.identities WHERE user_id = $1 ORDER BY created_at', [
    id,
  ]);

export const tokensOf = (auth: AuthServer, id: string) =>
  auth.ask(
    'SELECT token_type::text, relates_to FROM auth.one_time_tokens WHERE user_id = $1 ORDER BY token_type::text',
    [id],
  );

export const auditOf = (auth: AuthServer, id: string) =>
  auth.ask(
    `SELECT payload ->> 'action' AS action, payload -> 'traits' AS traits FROM auth.audit_log_entries
     WHERE payload ->> 'actor_id' = $1 ORDER BY created_at`,
    [id],
  );
