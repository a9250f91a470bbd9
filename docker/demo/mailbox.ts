/** The users' side of the mailing: what arrived, and whether its link leads back into the app. */
import { createClient } from '@supabase/supabase-js';
import type { LabInfo } from '../native/lab.ts';
import { logIn } from './scene.ts';

interface Message {
  readonly ID: string;
  readonly Subject: string;
  readonly To: readonly { readonly Address: string }[];
}

const ask = async <T>(lab: LabInfo, path: string): Promise<T> =>
  (await (await fetch(`${lab.mail.inboxUrl}/api/v1/${path}`)).json()) as T;

/** Mails with a link to a new password, by address. */
export const recoveryMails = async (lab: LabInfo): Promise<ReadonlyMap<string, readonly Message[]>> => {
  const { messages } = await ask<{ messages: readonly Message[] }>(lab, 'messages?start=0&limit=10000');
  const byAddress = new Map<string, Message[]>();
  for (const message of messages.filter(({ Subject }) => /mot de passe/i.test(Subject))) {
    const address = message.To[0]?.Address.toLowerCase() ?? '';
    byAddress.set(address, [...(byAddress.get(address) ?? []), message]);
  }
  return byAddress;
};

/** Follows a mail's link as its reader would: a new password, then a login in the app with it. */
export const complete = async (lab: LabInfo, email: string, { ID }: Message): Promise<boolean> => {
  const { HTML, Text } = await ask<{ HTML: string; Text: string }>(lab, `message/${ID}`);
  const link = /https?:\/\/[^\s"'<>]*\/verify\?[^\s"'<>]*/.exec(HTML || Text)?.[0]?.replaceAll('&amp;', '&');
  if (!link) return false;
  const answer = await fetch(link, { redirect: 'manual' });
  const landed = new URL(answer.headers.get('location') ?? 'about:blank');
  const tokens = new URLSearchParams(landed.hash.slice(1));
  const { url, anonKey } = lab.supabase;
  const client = createClient(url, anonKey, { auth: { persistSession: false, autoRefreshToken: false } });
  const { error } = await client.auth.setSession({
    access_token: tokens.get('access_token') ?? '',
    refresh_token: tokens.get('refresh_token') ?? '',
  });
  if (error || landed.origin !== new URL(lab.web.url).origin) return false;
  const password = `nouveau ${email}`;
  const changed = await client.auth.updateUser({ password });
  return changed.error === null && (await logIn(lab.web.url, { email, password })) === 303;
};
