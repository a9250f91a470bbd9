/** Mails of the stand-in: a template fetched from a URL, sent by SMTP. */
import { createTransport } from 'nodemailer';
import type { Config } from './config.ts';

/** What a template can name as `{{ .Name }}`. */
export interface MailData {
  readonly SiteURL: string;
  readonly ConfirmationURL: string;
  readonly Email: string;
  readonly Token: string;
  readonly TokenHash: string;
  readonly RedirectTo: string;
}

export interface Mailer {
  sendRecovery(to: string, data: MailData): Promise<void>;
}

const smtpTimeoutMs = 10_000;

export const makeMailer = (config: Config): Mailer => {
  if (config.smtp.host === '') return { sendRecovery: async () => {} };
  const { host, port, user, password, from } = config.smtp;
  const transport = createTransport({
    host,
    port,
    ...(user !== '' && { auth: { user, pass: password } }),
    connectionTimeout: smtpTimeoutMs,
    greetingTimeout: smtpTimeoutMs,
    socketTimeout: smtpTimeoutMs,
  });
  const send = async (to: string, data: MailData): Promise<void> => {
    const html = fill(await recoveryTemplate(config), data);
    await transport.sendMail({ from, to, subject: config.mailer.recoverySubject, html });
  };
  return {
    sendRecovery: config.mailer.inBackground
      ? async (to, data) =>
          void send(to, data).catch((error: Error) => console.error(`mail not sent: ${error.message}`))
      : send,
  };
};

const defaultTemplate = `<h2>Reset password</h2>
<p>Follow this link to choose a new password:</p>
<p><a href="{{ .ConfirmationURL }}">Choose a new password</a></p>
`;

/** A template that cannot be fetched is silently replaced by the default one, which is not in French. */
const recoveryTemplate = async ({ mailer, siteUrl }: Config): Promise<string> => {
  if (mailer.recoveryTemplate === '') return defaultTemplate;
  try {
    const answer = await fetch(new URL(mailer.recoveryTemplate, siteUrl), {
      signal: AbortSignal.timeout(5_000),
    });
    if (answer.ok) return await answer.text();
    console.error(`template ${mailer.recoveryTemplate}: ${answer.status}`);
  } catch (error) {
    console.error(`template ${mailer.recoveryTemplate}: ${String(error)}`);
  }
  return defaultTemplate;
};

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

const fill = (template: string, data: MailData): string => {
  const values = new Map<string, string>(Object.entries(data));
  return template.replace(/\{\{\s*\.(\w+)\s*\}\}/g, (_, name: string) =>
    (values.get(name) ?? '').replace(/[&<>"']/g, (character) => escapes[character] ?? character),
  );
};
