/** The canary's mail against the lab's own Auth and inbox: sent, fetched, its link followed to a login. */
import { describe, expect, test } from 'vitest';
import { supabase } from '../../../steps/_targets/supabase/target.ts';
import { acts as thrown } from '../../../steps/supabase-recovery-emails/acts.ts';
import { supabaseRecoveryEmails } from '../../../steps/supabase-recovery-emails/step.ts';
import { actContext } from '../../support/act-context.ts';
import { lastSignIn, mailsTo, supabaseConfig, useAuthUser } from '../../support/auth-users.ts';
import { useLab } from '../../support/lab.ts';
import { openClient } from '../../support/open-target.ts';
import { withOutcomes } from '../../support/outcomes.ts';

const acts = withOutcomes(thrown);

const lab = await useLab();
const newPassword = 'Canary-night-2026!';

const world = async (more: Record<string, unknown> = {}) => {
  const user = await useAuthUser(lab, 'the-old-Password-1');
  const client = await openClient('supabase', supabase, supabaseConfig(lab));
  const ctx = actContext({ clients: { supabase: client }, secrets: { canary: newPassword } });
  const input = supabaseRecoveryEmails.input.parse({
    recipients: { list: [user.email] },
    redirect_to: `${lab.web.url}/auth/recovery`,
    follow: {
      inbox: lab.mail.inboxUrl,
      new_password: { secret: [{ name: 'canary' }] },
      timeout: '20s',
    },
    ...more,
  });
  return { user, ctx, input, client };
};

describe('the canary', () => {
  test('is mailed, and its link leads to a new password and a login; no token is told', async () => {
    const { user, ctx, input, client } = await world();
    const outcome = await acts.run(ctx, input, null);
    expect(outcome).toMatchObject({
      done: true,
      output: { planned: 1, sent: 1, completed: true, arrived_after_seconds: expect.any(Number) },
    });
    expect(outcome.done && outcome.output.link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w/-]+$/);
    expect(await lastSignIn(lab, user.id)).toBeDefined();
    expect(await mailsTo(lab, user.email)).toBe(1);
    const { error } = await client
      .anon()
      .client.auth.signInWithPassword({ email: user.email, password: 'the-old-Password-1' });
    expect(error?.code).toBe('invalid_credentials');
    const told = JSON.stringify(outcome) + ctx.logged();
    expect(told).not.toMatch(/token|eyJ|@|Canary-night/);
  });

  test('of an attempt that died behind its link is known by the login', async () => {
    const { user, ctx, input } = await world();
    expect(await acts.run(ctx, input, null)).toMatchObject({ done: true });
    expect(await acts.probe(ctx, input, null)).toEqual({ state: 'alive' });
    expect(await acts.run(ctx, input, null)).toMatchObject({ done: true, output: { completed: true } });
    expect(await mailsTo(lab, user.email)).toBe(1);
  });

  test('finds an address that is not on the allow list, which Auth replaces silently', async () => {
    const { ctx, input } = await world({ redirect_to: 'https://elsewhere.example.test/auth/recovery' });
    const outcome = await acts.run(ctx, input, null);
    expect(outcome).toMatchObject({
      done: false,
      effect: 'some',
      short: expect.stringContaining('Auth has replaced it silently'),
      remedy: expect.stringContaining('allow list'),
    });
  });

  test('waits for its mail no longer than it may', async () => {
    const { ctx, input, user } = await world();
    const elsewhere = { ...input, follow: input.follow && { ...input.follow, timeout: 1_000 } };
    await fetch(new URL('/lab/faults', lab.mail.inboxUrl), {
      method: 'POST',
      body: JSON.stringify([{ kind: 'drop', to: user.email, times: 1, kept: false }]),
    });
    const outcome = await acts.run(ctx, elsewhere, null);
    expect(outcome).toMatchObject({ done: false, effect: 'some' });
    expect(outcome.done ? '' : outcome.short).toMatch(/^0 of 1 sent, 1 unknown|no mail came within 1s/);
  });
});
