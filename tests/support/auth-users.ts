/** Users of the lab's own Auth that belong to one test, and the mails that they got. */
import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import { onTestFinished } from 'vitest';
import type { LabInfo } from './lab.ts';

export interface AuthUser {
  readonly id: string;
  readonly email: string;
}

const adminOf = ({ supabase }: LabInfo) =>
  createClient(supabase.url, supabase.serviceRoleKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  }).auth.admin;

export const useAuthUser = async (lab: LabInfo, password?: string): Promise<AuthUser> => {
  const admin = adminOf(lab);
  const email = `u${randomUUID().slice(0, 13)}@journal.test`;
  const { data, error } = await admin.createUser({
    email,
    email_confirm: true,
    ...(password && { password }),
  });
  if (error) throw error;
  const { id } = data.user;
  onTestFinished(async () => void (await admin.deleteUser(id)));
  return { id, email };
};

export const lastSignIn = async (lab: LabInfo, id: string): Promise<string | undefined> => {
  const { data, error } = await adminOf(lab).getUserById(id);
  if (error) throw error;
  return data.user.last_sign_in_at;
};

/** How many mails the catcher has for the address. */
export const mailsTo = async ({ mail }: LabInfo, email: string): Promise<number> => {
  const answer = await fetch(new URL(`/api/v1/search?query=to:${email}`, mail.inboxUrl));
  const { messages } = (await answer.json()) as { messages: unknown[] };
  return messages.length;
};

/** As a target of a runbook. */
export const supabaseConfig = ({ supabase }: LabInfo) => ({
  url: supabase.url,
  anon_key: supabase.anonKey,
  service_role_key: supabase.serviceRoleKey,
});
