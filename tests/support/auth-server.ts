/**
 * A Supabase Auth of the test's own, on a database of its own: real or stand-in, with settings that no shared
 * one could have. Mails go to the lab's inbox.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { AuthClient } from '@supabase/supabase-js';
import { SignJWT } from 'jose';
import pRetry from 'p-retry';
import pg from 'pg';
import { type AuthProgram, standIn } from '../../docker/native/auth-binary.ts';
import { authSettings } from '../../docker/native/auth-settings.ts';
import { compileCache } from '../../docker/native/node-server.ts';
import { pickPorts } from '../../docker/native/ports.ts';
import { databaseSql } from '../../docker/native/postgres-supabase.ts';
import { type Inbox, openInbox } from './inbox.ts';
import type { LabInfo } from './lab.ts';

export type Client = InstanceType<typeof AuthClient>;

export interface AuthServer extends AsyncDisposable {
  readonly url: string;
  readonly siteUrl: string;
  readonly gatewayUrl: string;
  readonly serviceRoleKey: string;
  readonly anonKey: string;
  readonly inbox: Inbox;
  /** With the service_role key. */
  readonly admin: Client;
  /** A client like a browser's: its session is in memory. */
  newClient(flow?: 'implicit' | 'pkce'): Client;
  /** As the administrator of the database. */
  ask(sql: string, values?: unknown[]): Promise<readonly Record<string, unknown>[]>;
}

const siteUrl = 'https://journal.test';
const gatewayUrl = 'https://project.supabase.test';

export const startAuthServer = async (
  lab: LabInfo,
  settings: Readonly<Record<string, string>> = {},
  program: AuthProgram = standIn,
): Promise<AuthServer> => {
  const { host, port: postgresPort, adminUser: user, adminPassword: password } = lab.postgres;
  const name = `auth_${randomUUID().replaceAll('-', '')}`;
  const server = new pg.Client({ host, port: postgresPort, user, password, database: 'postgres' });
  await server.connect();
  await server.query(`CREATE DATABASE ${name} OWNER app`);
  const database = new pg.Client({ host, port: postgresPort, user, password, database: name });
  await database.connect();
  await database.query(databaseSql(name));

  const { auth: port } = await pickPorts();
  const { jwtSecret } = lab.supabase;
  const databaseUrl = `postgres://${user}:${password}@${host}:${postgresPort}/${name}?options=-csearch_path%3Dauth`;
  const smtp = { port: lab.mail.smtpPort, user: lab.mail.user, password: lab.mail.password };
  const [file, ...args] = program.argv;
  const child = spawn(file, args, {
    env: {
      PATH: process.env.PATH,
      ...compileCache(),
      ...authSettings({ port, databaseUrl, jwtSecret, siteUrl, gatewayUrl, smtp }),
      GOTRUE_MAILER_TEMPLATES_RECOVERY: `${lab.supabase.url}/lab/mails/recovery.html`,
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-2_000);
  });
  const url = `http://127.0.0.1:${port}`;
  const whenReady = async () => {
    if (child.exitCode !== null) throw new Error(`Auth ended while starting: ${said}`);
    await fetch(`${url}/health`);
  };
  const end = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await database.end();
    await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await server.end();
  };
  await pRetry(whenReady, {
    retries: 400,
    factor: 1,
    minTimeout: 50,
    shouldRetry: () => child.exitCode === null,
  }).catch(async (error: unknown) => {
    await end();
    throw error;
  });

  const keyOf = (role: string) =>
    new SignJWT({ role }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(jwtSecret));
  const [serviceRoleKey, anonKey] = [await keyOf('service_role'), await keyOf('anon')];
  const client = (key: string, flowType: 'implicit' | 'pkce') =>
    new AuthClient({
      url,
      headers: { apikey: key, Authorization: `Bearer ${key}` },
      flowType,
      autoRefreshToken: false,
      detectSessionInUrl: false,
      persistSession: flowType === 'pkce',
      ...(flowType === 'pkce' && { storage: memory() }),
    });
  return {
    url,
    siteUrl,
    gatewayUrl,
    serviceRoleKey,
    anonKey,
    inbox: openInbox(lab),
    admin: client(serviceRoleKey, 'implicit'),
    newClient: (flow = 'implicit') => client(anonKey, flow),
    ask: async (sql, values = []) => (await database.query(sql, values)).rows,
    [Symbol.asyncDispose]: end,
  };
};

/** Where a PKCE client keeps its secret between the request and the code. */
const memory = () => {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
};
