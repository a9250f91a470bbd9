/** The template of a mail: fetched once, kept for ten minutes, and the last good one kept when it fails later. */
import type { Config, MailType } from './config.ts';
import { compileTemplate, type GoTemplate } from './go-template.ts';

export interface MailTemplate {
  readonly subject: GoTemplate;
  readonly body: GoTemplate;
}

const fetchTimeoutMs = 10_000;

const own = (subject: string, sentence: string, label: string): MailTemplate => ({
  subject: compileTemplate(subject),
  body: compileTemplate(`<h2>${subject}</h2>
<p>${sentence}</p>
<p><a href="{{ .ConfirmationURL }}">${label}</a></p>
`),
});

const defaults: Readonly<Record<MailType, MailTemplate>> = {
  signup: own('Confirm your email address', 'Follow this link to finish signing up:', 'Confirm'),
  invite: own("You've been invited", 'Follow this link to create your account:', 'Accept'),
  magiclink: own('Your sign-in link', 'Follow this link to sign in:', 'Sign in'),
  recovery: own('Reset your password', 'Follow this link to choose a new one:', 'Reset password'),
  email_change: own(
    'Confirm your new email address',
    'Follow this link to confirm {{ .NewEmail }}:',
    'Confirm the new address',
  ),
};

const load = async ({ siteUrl, mailer }: Config, type: MailType): Promise<MailTemplate> => {
  const { subject: given, template: address } = mailer.mails[type];
  const subject = given === '' ? defaults[type].subject : compileTemplate(given);
  if (address === '') return { subject, body: defaults[type].body };
  const url = address.startsWith('http') ? address : siteUrl + address;
  const answer = await fetch(url, { signal: AbortSignal.timeout(fetchTimeoutMs) });
  if (answer.status !== 200) throw new Error(`GET ${url}: ${answer.status}`);
  return { subject, body: compileTemplate(await answer.text()) };
};

/**
 * After a first failure Auth sends its own body AND subject, and keeps these as long as a good template: a corrected template
 * is seen after a restart of Auth, or ten minutes later.
 */
const makeCache = (config: Config, type: MailType, now: () => number) => {
  const { mailer } = config;
  let kept: { readonly template: MailTemplate; readonly at: number } | null = null;
  let checkedAt = 0;
  let loading: Promise<MailTemplate> | null = null;

  const reload = async (): Promise<MailTemplate> => {
    try {
      kept = { template: await load(config, type), at: now() };
    } catch (error) {
      console.error(`template ${mailer.mails[type].template}: ${String(error)}`);
      kept ??= { template: defaults[type], at: now() };
    }
    checkedAt = now();
    return kept.template;
  };

  return async (): Promise<MailTemplate> => {
    const fresh = kept && now() - kept.at < mailer.templateMaxAgeMs;
    if (kept && (fresh || now() - checkedAt < mailer.templateRetryMs)) return kept.template;
    loading ??= reload().finally(() => {
      loading = null;
    });
    return loading;
  };
};

/** Each kind of mail has its own. */
export const makeTemplateCache = (config: Config, now: () => number = Date.now) => {
  const caches = {
    signup: makeCache(config, 'signup', now),
    invite: makeCache(config, 'invite', now),
    magiclink: makeCache(config, 'magiclink', now),
    recovery: makeCache(config, 'recovery', now),
    email_change: makeCache(config, 'email_change', now),
  } satisfies Record<MailType, () => Promise<MailTemplate>>;
  return (type: MailType): Promise<MailTemplate> => caches[type]();
};
