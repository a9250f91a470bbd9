import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TargetError } from '../../../../engine/target.ts';
import { supabase } from '../../../../steps/_targets/supabase/target.ts';
import { watchedFetch } from '../../../../steps/_targets/supabase/wire.ts';
import { type FakeAuth, useFakeAuth } from '../../../support/fake-auth.ts';
import { openClient, openTarget } from '../../../support/open-target.ts';

const configOf = ({ url, anonKey, serviceRoleKey }: FakeAuth, more: Record<string, unknown> = {}) => ({
  ...{ url, anon_key: anonKey, service_role_key: serviceRoleKey, timeout: '1s' },
  ...more,
});

const found = async (config: Record<string, unknown>): Promise<TargetError> => {
  const target = await openTarget(supabase, config);
  try {
    await target.check();
  } catch (error) {
    if (error instanceof TargetError) return error;
    throw error;
  }
  throw new Error('it is fine');
};

describe('check', () => {
  test('reads the health with the anon key and the users with the service role key', async () => {
    const auth = await useFakeAuth();
    auth.addUsers(3);
    expect(await (await openTarget(supabase, configOf(auth))).check()).toEqual([
      { level: 'verified', what: `${auth.url}: GoTrue v0-test` },
      { level: 'verified', what: 'the service role key reads the users: 3' },
    ]);
  });

  test('without a service role key only the health', async () => {
    const auth = await useFakeAuth();
    const target = await openTarget(supabase, configOf(auth, { service_role_key: undefined }));
    expect(await target.check()).toHaveLength(1);
  });

  test.each([
    ['anon_key', 'answers 401'],
    ['service_role_key', 'users cannot be listed'],
  ])('names a wrong %s, and does not tell it', async (key, what) => {
    const auth = await useFakeAuth();
    const error = await found(configOf(auth, { [key]: 'a-key-of-another-project' }));
    expect(error).toMatchObject({ code: 'auth', retry: false });
    expect(error.message).toContain(what);
    expect(error.message).not.toContain('a-key-of-another-project');
  });

  test('of a server that is not there', async () => {
    const auth = await useFakeAuth();
    await auth.stop();
    expect(await found(configOf(auth))).toMatchObject({ code: 'unreachable', retry: true });
  });
});

test('the keys leave the machine encrypted only', () => {
  const config = { url: 'http://project.example.com', anon_key: 'x' };
  expect(supabase.config.safeParse(config).error?.issues[0]?.message).toContain('loopback address only');
});

describe('of a call that failed', () => {
  const listening = async (handle: Parameters<typeof createServer>[1]): Promise<string> => {
    const server = createServer(handle as never);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    onTestFinished(() => void server.closeAllConnections());
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };

  test('the wire knows that nobody was there', async () => {
    const auth = await useFakeAuth();
    const target = await openClient('supabase', supabase, configOf(auth));
    await auth.stop();
    const { client, wire } = target.anon();
    const { error } = await client.auth.resetPasswordForEmail('marie@example.test');
    expect(error?.message).toContain('ECONNREFUSED');
    expect(wire).toMatchObject({ outcome: 'unsent', status: null });
  });

  test.each([
    ['cut off', (_: unknown, response: { destroy(): void }) => response.destroy(), /./],
    ['never answered', () => undefined, /no answer within 0.2 s/],
  ])('the wire does not know what became of one %s', async (_, handle, why) => {
    const { fetch, wire } = watchedFetch(200);
    await expect(fetch(await listening(handle as never))).rejects.toThrow(why);
    expect(wire.outcome).toBe('lost');
  });

  test('a redirect is not followed: it would take the key along', async () => {
    const { fetch } = watchedFetch(200);
    const url = await listening(((_: unknown, response: import('node:http').ServerResponse) => {
      response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
    }) as never);
    await expect(fetch(url)).rejects.toThrow(/redirect/);
  });
});
