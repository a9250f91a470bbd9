/** The Supabase side of the lab: Auth on the lab's own Postgres, and the gateway in front of it. */
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { type AuthProgram, standIn } from './auth-binary.ts';
import { authSettings, givenSettings } from './auth-settings.ts';
import { smtpUser } from './inbox.ts';
import type { LabInfo } from './info.ts';
import { nodeServer } from './node-server.ts';
import { cloneDir } from './place.ts';
import { database } from './postgres.ts';
import { startServer } from './servers.ts';
import type { World } from './world.ts';

const host = '127.0.0.1';

const urlOf = (port: number): string => `http://${host}:${port}`;

/** The two keys that every Supabase project has; the same for as long as the lab keeps its secret. */
const apiKeys = async (jwtSecret: string) => {
  const key = (role: string) =>
    new SignJWT({ role })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer('supabase')
      .setIssuedAt(1_767_225_600)
      .setExpirationTime(2_082_758_400)
      .sign(new TextEncoder().encode(jwtSecret));
  return { anonKey: await key('anon'), serviceRoleKey: await key('service_role') };
};

const databaseUrl = ({ ports }: World, user: string, password: string, name: string): string =>
  `postgres://${user}:${password}@${host}:${ports.postgres}/${name}`;

export const authEnv = (world: World, name: string): Record<string, string> => {
  const { ports, passwords } = world;
  return {
    ...authSettings({
      port: ports.auth,
      databaseUrl: databaseUrl(world, 'supabase_auth_admin', passwords.supabaseAuth, name),
      jwtSecret: passwords.supabaseJwt,
      siteUrl: urlOf(ports.web),
      gatewayUrl: urlOf(ports.supabase),
      smtp: { port: ports.smtp, user: smtpUser, password: passwords.smtp },
    }),
    ...givenSettings(),
  };
};

/** `clone`: where the gateway sees it. */
export const gatewayEnv = async (
  world: World,
  name: string,
  clone: string,
): Promise<Record<string, string>> => {
  const { ports, passwords } = world;
  const { anonKey, serviceRoleKey } = await apiKeys(passwords.supabaseJwt);
  return {
    PORT: String(ports.supabase),
    AUTH_URL: urlOf(ports.auth),
    ANON_KEY: anonKey,
    SERVICE_ROLE_KEY: serviceRoleKey,
    JWT_SECRET: passwords.supabaseJwt,
    DATABASE_URL: databaseUrl(world, 'authenticator', passwords.authenticator, name),
    RECOVERY_TEMPLATE: join(clone, 'runbooks', 'trading-journal', 'mails', 'recovery.html'),
  };
};

/** Returns once Auth has made its tables. */
export const startAuth = (world: World, program: AuthProgram): Promise<void> =>
  startServer(world.dir, {
    name: 'auth',
    port: world.ports.auth,
    ...(program === standIn
      ? nodeServer('supabase/auth-stand-in/main.ts', authEnv(world, database))
      : { argv: program.argv, env: authEnv(world, database) }),
  });

/** Takes requests before Auth and Postgres answer: until then it says 502. */
export const startGateway = async (world: World): Promise<void> =>
  startServer(world.dir, {
    name: 'supabase',
    port: world.ports.supabase,
    ...nodeServer('supabase/gateway/main.ts', await gatewayEnv(world, database, cloneDir)),
  });

/** For a person: the stand-in must not be mistaken for Supabase's. */
export const authTitle = ({ supabase: { auth } }: LabInfo): string =>
  auth === 'stand-in' ? 'stand-in for Supabase Auth' : auth;

export const supabaseInfo = async (
  { ports, passwords: { supabaseJwt: jwtSecret } }: World,
  auth: LabInfo['supabase']['auth'],
): Promise<LabInfo['supabase']> => ({
  url: urlOf(ports.supabase),
  ...(await apiKeys(jwtSecret)),
  jwtSecret,
  authUrl: urlOf(ports.auth),
  auth,
});
