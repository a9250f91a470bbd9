import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { type Finding, parseForeignJson } from '../../../engine/step.ts';
import { type OpenTarget, type TargetContext, TargetError } from '../../../engine/target.ts';
import type { SupabaseTarget, Wire } from './client.ts';
import type { SupabaseConfig } from './config.ts';
import { watchedFetch } from './wire.ts';

const checkKeys = 'Check url, anon_key and service_role_key: they belong to one project';

/** Opens nothing yet: each call is a request of its own. */
export const open = async (ctx: TargetContext, config: SupabaseConfig): Promise<OpenTarget> => {
  const clientWith = (key: string, signal?: AbortSignal): { client: SupabaseClient; wire: Wire } => {
    const { fetch, wire } = watchedFetch(config.timeout, signal);
    const auth = {
      persistSession: false,
      autoRefreshToken: false,
      detectSessionInUrl: false,
      // A PKCE code dies after five minutes: no link in a mail may hang on one.
      flowType: 'implicit',
    } as const;
    return { client: createClient(config.url, key, { auth, global: { fetch } }), wire };
  };
  const target: SupabaseTarget = {
    target: ctx.name,
    url: config.url,
    hasAdmin: config.service_role_key !== undefined,
    anon: (signal) => clientWith(ctx.reveal(config.anon_key), signal),
    admin(signal) {
      if (config.service_role_key !== undefined)
        return clientWith(ctx.reveal(config.service_role_key), signal);
      throw new TargetError(ctx.name, 'config', 'the target has no service_role_key', 'Give it one');
    },
  };
  return {
    client: target,
    check: async () => [await health(ctx, config), ...(target.hasAdmin ? [await users(ctx, target)] : [])],
    close: async () => undefined,
  };
};

/** Static on the server: it proves the way and the anon key, not the database. */
const health = async (ctx: TargetContext, config: SupabaseConfig): Promise<Finding> => {
  const { fetch } = watchedFetch(config.timeout, ctx.signal);
  const url = new URL('/auth/v1/health', config.url);
  const answer = await fetch(url, { headers: { apikey: ctx.reveal(config.anon_key) } }).catch(
    (error: Error): never => {
      throw new TargetError(
        ctx.name,
        'unreachable',
        `${url} cannot be reached: ${error.message}`,
        'Check the url of the target, and that the project is not paused',
        { cause: error },
      );
    },
  );
  if (!answer.ok)
    throw new TargetError(
      ctx.name,
      answer.status < 500 ? 'auth' : 'unreachable',
      `${url} answers ${answer.status}`,
      answer.status < 500 ? checkKeys : 'Look at the status of the project',
    );
  const said: unknown = await answer
    .text()
    .then(parseForeignJson)
    .catch(() => null);
  const about = said as { name?: unknown; version?: unknown } | null;
  return {
    level: 'verified',
    what: `${config.url}: ${about?.name ?? 'Auth'} ${about?.version ?? ''}`.trim(),
  };
};

/** Reads the database, with the service role's right. */
const users = async (ctx: TargetContext, target: SupabaseTarget): Promise<Finding> => {
  const { client, wire } = target.admin(ctx.signal);
  const { error } = await client.auth.admin.listUsers({ page: 1, perPage: 1 });
  if (error)
    throw new TargetError(
      ctx.name,
      wire.status !== null && wire.status < 500 ? 'auth' : 'unreachable',
      `${target.url}: users cannot be listed: ${error.message}`,
      wire.status !== null && wire.status < 500
        ? checkKeys
        : "Look at Auth's log: it does not reach its database",
      { cause: error },
    );
  const total = wire.headers?.get('x-total-count');
  return { level: 'verified', what: `the service role key reads the users${total ? `: ${total}` : ''}` };
};
