/** Does with a mailed link what its recipient will do, without a browser: to a new password, and to a login with it. */
import type { SupabaseClient } from '@supabase/supabase-js';
import { type ActContext, type Secretable, StepFailed } from '../../engine/step.ts';
import { shownDuration } from '../_kits/duration.ts';
import type { SupabaseTarget } from '../_targets/supabase/client.ts';
import { awaitMail } from './inbox.ts';
import { type RecoveryLink, recoveryLink, withoutToken, wrongWay } from './link.ts';

export interface Following {
  readonly email: string;
  readonly redirectTo: string;
  readonly inbox: string;
  readonly new_password: Secretable;
  /** Milliseconds. */
  readonly timeout: number;
}

export interface Followed {
  readonly link: string;
  readonly arrived_after_seconds: number;
}

const verifyTimeoutMs = 15_000;
/** The inbox and this machine may disagree on the time by as much. */
const clocksApartMs = 5_000;

/** The mail has gone out. */
const failed = (what: string, remedy: string, retryable = false): StepFailed =>
  new StepFailed(what, { effect: 'some', retryable, remedy });

/** Throws StepFailed. @param sinceMs the mail was not asked for before that */
export const followLink = async (
  ctx: ActContext,
  target: SupabaseTarget,
  following: Following,
  sinceMs: number,
): Promise<Followed> => {
  const { email, redirectTo, inbox, timeout } = following;
  const mail = await awaitMail(ctx, inbox, {
    to: email,
    sinceMs: sinceMs - clocksApartMs,
    timeoutMs: timeout,
  }).catch((error: Error) => {
    throw failed(`the inbox cannot be read: ${error.message}`, 'Check follow.inbox', true);
  });
  if (mail === null)
    throw failed(
      `Auth said yes, but no mail came within ${shownDuration(timeout)}`,
      'Look at SMTP settings and log of Auth: with an empty GOTRUE_SMTP_HOST it answers yes and sends nothing',
      true,
    );
  const link = recoveryLink(mail);
  if (link === null)
    throw failed('there is no recovery link in the mail', 'Look at the mail template of Auth (recovery)');
  const wrong = wrongWay(link, { authUrl: target.url, redirectTo });
  if (wrong) throw failed(wrong.problem, wrong.remedy);
  await useLink(ctx, target, link, following);
  ctx.log('the link led to a new password and to a login with it\n');
  const afterMs = Math.max(0, mail.createdAtMs - sinceMs);
  return { link: withoutToken(link), arrived_after_seconds: Math.round(afterMs / 100) / 10 };
};

const useLink = async (
  ctx: ActContext,
  target: SupabaseTarget,
  link: RecoveryLink,
  { email, redirectTo, new_password }: Following,
): Promise<void> => {
  const password = ctx.reveal(new_password);
  const { client } = target.anon(ctx.signal);
  const used = await enter(ctx, client, link, redirectTo);
  if (used) {
    // An attempt that died after it had used the link has set the password: then the login is what tells.
    return logIn(ctx, target, email, password).catch(() => {
      throw used;
    });
  }
  const { error } = await client.auth.updateUser({ password });
  // It has this password from a rehearsal; the link has opened the account all the same.
  if (error && error.code !== 'same_password')
    throw failed(
      `the link opens the account, but no new password: ${error.message}`,
      'Check the password policy',
    );
  await client.auth.signOut({ scope: 'local' });
  await logIn(ctx, target, email, password);
};

/** Opens the session that the link stands for. Answers with the failure where the link was used before; else throws. */
const enter = async (
  ctx: ActContext,
  client: SupabaseClient,
  link: RecoveryLink,
  redirectTo: string,
): Promise<StepFailed | null> => {
  if (link.kind === 'page') {
    const { error } = await client.auth.verifyOtp({ type: 'recovery', token_hash: link.tokenHash });
    return error ? refusedLink(error.message, error.code) : null;
  }
  const limits = AbortSignal.any([ctx.signal, AbortSignal.timeout(verifyTimeoutMs)]);
  const answer = await fetch(link.url, { redirect: 'manual', signal: limits }).catch(() => {
    throw failed('the mailed link cannot be reached from here', 'Check that its address is public', true);
  });
  const location = URL.parse(answer.headers.get('location') ?? '', link.url.href);
  if (location === null)
    throw failed(`the mailed link answers ${answer.status}, without a redirect`, mailGuide);
  const fragment = new URLSearchParams(location.hash.slice(1));
  const said = (key: string): string | null => fragment.get(key) ?? location.searchParams.get(key);
  if (said('error') !== null)
    return refusedLink(said('error_description') ?? said('error') ?? '', said('error_code'));
  const page = new URL(redirectTo);
  if (location.origin !== page.origin || location.pathname !== page.pathname)
    throw failed(
      `the link ends at ${location.origin}${location.pathname}, not at ${redirectTo}: Auth has replaced it silently`,
      `Add ${redirectTo} to Auth's allow list of redirect URLs (URI_ALLOW_LIST)`,
    );
  const [access_token, refresh_token] = [fragment.get('access_token'), fragment.get('refresh_token')];
  if (access_token === null || refresh_token === null)
    throw failed(
      'the link brings no tokens: it is of the PKCE flow, which dies after five minutes',
      mailGuide,
    );
  const { error } = await client.auth.setSession({ access_token, refresh_token });
  return error ? refusedLink(error.message, null) : null;
};

const mailGuide = 'Look at the mail template of Auth (recovery), and at GOTRUE_MAILER_URLPATHS_RECOVERY';

/** Throws unless Auth's code says that the link was used, or has expired. */
const refusedLink = (why: string, code: string | null | undefined): StepFailed => {
  const failure = failed(
    `Auth refuses the mailed link: ${why}`,
    'It lives as long as GOTRUE_MAILER_OTP_EXP, and works once',
  );
  if (code !== 'otp_expired') throw failure;
  return failure;
};

const logIn = async (
  ctx: ActContext,
  target: SupabaseTarget,
  email: string,
  password: string,
): Promise<void> => {
  const { client } = target.anon(ctx.signal);
  const { error } = await client.auth.signInWithPassword({ email, password });
  if (error) throw failed(`the new password opens nothing: ${error.message}`, "Look at Auth's log");
  await client.auth.signOut({ scope: 'local' });
};
