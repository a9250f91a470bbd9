import { describe, expect, test } from 'vitest';
import { supabase } from '../../../steps/_targets/supabase/target.ts';
import { acts as thrown } from '../../../steps/supabase-sign-in/acts.ts';
import { supabaseSignIn } from '../../../steps/supabase-sign-in/step.ts';
import { actContext } from '../../support/act-context.ts';
import { supabaseConfig, useAuthUser } from '../../support/auth-users.ts';
import { useFakeAuth } from '../../support/fake-auth.ts';
import { useLab } from '../../support/lab.ts';
import { openClient } from '../../support/open-target.ts';
import { withOutcomes } from '../../support/outcomes.ts';

const acts = withOutcomes(thrown);

const lab = await useLab();
const password = 'Smoke-night-2026!';

const signIn = async (more: Record<string, unknown> = {}) => {
  const user = await useAuthUser(lab, password);
  const client = await openClient('supabase', supabase, supabaseConfig(lab));
  const ctx = actContext({ clients: { supabase: client }, secrets: { smoke: password } });
  const input = supabaseSignIn.input.parse({
    email: user.email,
    password: { secret: [{ name: 'smoke' }] },
    ...more,
  });
  const outcome = await acts.run(ctx, input, null);
  expect(JSON.stringify(outcome) + ctx.logged()).not.toMatch(/eyJ|Smoke-night/);
  return { user, outcome };
};

describe('a login', () => {
  test('that works says whose it is, and keeps no token', async () => {
    const { user, outcome } = await signIn({ claims: { '/role': 'authenticated', '/aud': 'authenticated' } });
    expect(outcome).toMatchObject({
      done: true,
      output: { signed_in: true, user_id: user.id, refusal: null, session_seconds: 3600 },
    });
  });

  test.each([
    [{ user_id: 'another' }, "signed in, but the user's id is"],
    [{ claims: { '/role': 'admin' } }, 'signed in, but /role is "authenticated", not "admin"'],
    [{ claims: { '/app_metadata/none': 1 } }, '/app_metadata/none is missing, not 1'],
    [{ expect: 'refused' }, 'the login works, and was to be refused'],
    [{ password: 'wrong' }, 'Auth refuses the login: Invalid login credentials (invalid_credentials)'],
  ])('%j: %s', async (more, short) => {
    const { outcome } = await signIn(more);
    expect(outcome).toMatchObject({ done: false, effect: 'none', short: expect.stringContaining(short) });
  });

  test('with a wrong password is refused, where that is expected', async () => {
    const { outcome } = await signIn({ password: 'wrong', expect: 'refused' });
    expect(outcome).toMatchObject({
      done: true,
      output: { signed_in: false, user_id: null, refusal: 'invalid_credentials', session_seconds: null },
    });
  });

  test('that nobody answers is no refusal', async () => {
    const auth = await useFakeAuth();
    const config = { url: auth.url, anon_key: auth.anonKey };
    const client = await openClient('supabase', supabase, config);
    await auth.stop();
    const ctx = actContext({ clients: { supabase: client } });
    const input = supabaseSignIn.input.parse({ email: 'a@b.test', password, expect: 'refused' });
    expect(await acts.run(ctx, input, null)).toMatchObject({
      done: false,
      short: expect.stringContaining('whether the login works is not known'),
    });
  });
});

test('what belongs to a success is refused beside a refusal', () => {
  const input = { email: 'a@b.test', password: 'x', expect: 'refused', user_id: 'u' };
  expect(supabaseSignIn.input.safeParse(input).success).toBe(false);
});
