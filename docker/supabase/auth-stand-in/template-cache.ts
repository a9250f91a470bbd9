/** The template of a mail: fetched once, kept for ten minutes, and the last good one kept when it fails later. */
import type { Config } from './config.ts';
import { compileTemplate, type GoTemplate } from './go-template.ts';

export interface MailTemplate {
  readonly subject: GoTemplate;
  readonly body: GoTemplate;
}

const fetchTimeoutMs = 10_000;

const defaults: MailTemplate = {
  subject: compileTemplate('Reset your password'),
  body: compileTemplate(`<h2>Reset your password</h2>
<p>Follow this link to choose a new one:</p>
<p><a href="{{ .ConfirmationURL }}">Reset password</a></p>
`),
};

type Settings = Pick<Config, 'siteUrl'> & Pick<Config['mailer'], 'recoverySubject' | 'recoveryTemplate'>;

const load = async ({
  siteUrl,
  recoverySubject,
  recoveryTemplate: address,
}: Settings): Promise<MailTemplate> => {
  const subject = recoverySubject === '' ? defaults.subject : compileTemplate(recoverySubject);
  if (address === '') return { subject, body: defaults.body };
  const url = address.startsWith('http') ? address : siteUrl + address;
  const answer = await fetch(url, { signal: AbortSignal.timeout(fetchTimeoutMs) });
  if (answer.status !== 200) throw new Error(`GET ${url}: ${answer.status}`);
  return { subject, body: compileTemplate(await answer.text()) };
};

/**
 * After a first failure Auth sends its own body AND subject, and keeps these as long as a good template: a corrected template
 * is seen after a restart of Auth, or ten minutes later.
 */
export const makeTemplateCache = ({ siteUrl, mailer }: Config, now: () => number = Date.now) => {
  let kept: { readonly template: MailTemplate; readonly at: number } | null = null;
  let checkedAt = 0;
  let loading: Promise<MailTemplate> | null = null;

  const reload = async (): Promise<MailTemplate> => {
    try {
      kept = { template: await load({ siteUrl, ...mailer }), at: now() };
    } catch (error) {
      console.error(`template ${mailer.recoveryTemplate}: ${String(error)}`);
      kept ??= { template: defaults, at: now() };
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
