/** Whom Auth would skip or refuse in silence, held against the lab's own Auth: stand-in or real. */
import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { supabase } from '../../../steps/_targets/supabase/target.ts';
import { acts as thrown } from '../../../steps/supabase-recovery-emails/acts.ts';
import { supabaseRecoveryEmails } from '../../../steps/supabase-recovery-emails/step.ts';
import { actContext } from '../../support/act-context.ts';
import { mailsTo, supabaseConfig, useAuthUser } from '../../support/auth-users.ts';
import { useLab } from '../../support/lab.ts';
import { openClient } from '../../support/open-target.ts';
import { withOutcomes } from '../../support/outcomes.ts';

const acts = withOutcomes(thrown);

const lab = await useLab();

const sql = async (text: string, values: unknown[]): Promise<void> => {
  const { host, port, adminUser: user, adminPassword: password, database } = lab.postgres;
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  await client.query(text, values).finally(() => client.end());
};

/** As SSO leaves them in Auth's own table: no API makes one. */
const useSsoUser = async (email: string): Promise<void> => {
  const id = randomUUID();
  const provider = `sso:${randomUUID()}`;
  await sql(
    `INSERT INTO auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, confirmation_token,
       recovery_token, email_change_token_new, email_change, raw_app_meta_data, raw_user_meta_data, is_sso_user, created_at, updated_at)
     VALUES ('00000000-0000-0000-0000-000000000000', $1, 'authenticated', 'authenticated', $2, '', now(), '', '', '', '',
       $3, '{}', true, now(), now())`,
    [id, email, { provider, providers: [provider] }],
  );
  onTestFinished(() => sql('DELETE FROM auth.users WHERE id = $1', [id]));
};

const send = async (email: string) => {
  const client = await openClient('supabase', supabase, supabaseConfig(lab));
  const ctx = actContext({ clients: { supabase: client } });
  const input = supabaseRecoveryEmails.input.parse({
    recipients: { list: [email] },
    redirect_to: `${lab.web.url}/auth/recovery`,
  });
  const checked = await acts.check?.(ctx, input);
  return { outcome: await acts.run(ctx, input, null), checked: JSON.stringify(checked) };
};

const refused = async (email: string, why: string): Promise<void> => {
  const { outcome, checked } = await send(email);
  expect(outcome).toMatchObject({
    done: false,
    effect: 'none',
    retryable: false,
    short: expect.stringContaining(why),
  });
  expect(checked).toContain(why);
  expect(JSON.stringify(outcome)).not.toContain(email);
  expect(await mailsTo(lab, email)).toBe(0);
};

const freshEmail = (): string => `u${randomUUID().slice(0, 13)}@journal.test`;

test('who logs in by SSO is refused: Auth says yes and sends nothing', async () => {
  const email = freshEmail();
  await useSsoUser(email);
  const client = createClient(lab.supabase.url, lab.supabase.anonKey);
  expect((await client.auth.resetPasswordForEmail(email)).error).toBeNull();
  expect(await mailsTo(lab, email)).toBe(0);
  await refused(email, 'they log in by SSO');
});

test('who has a password beside an SSO user of the same address gets the mail', async () => {
  const { email } = await useAuthUser(lab, 'a-Password-of-1');
  await useSsoUser(email);
  expect((await send(email)).outcome).toMatchObject({ done: true, output: { sent: 1 } });
  expect(await mailsTo(lab, email)).toBe(1);
});

test('who is banned is refused: the mail would go out, and its link open nothing', async () => {
  const { email, id } = await useAuthUser(lab, 'a-Password-of-1');
  const { admin } = createClient(lab.supabase.url, lab.supabase.serviceRoleKey).auth;
  await admin.updateUserById(id, { ban_duration: '24h' });
  await refused(email, 'they are banned');
  await admin.updateUserById(id, { ban_duration: 'none' });
  expect((await send(email)).outcome).toMatchObject({ done: true, output: { sent: 1 } });
});

test('a ban that is over refuses nobody', async () => {
  const { email, id } = await useAuthUser(lab, 'a-Password-of-1');
  await sql("UPDATE auth.users SET banned_until = now() - interval '1 minute' WHERE id = $1", [id]);
  expect((await send(email)).outcome).toMatchObject({ done: true, output: { sent: 1 } });
});
