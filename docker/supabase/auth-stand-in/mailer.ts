/** Mails of the stand-in: a template fetched from a URL, sent by SMTP. */
import { createTransport } from 'nodemailer';
import type { Config, MailType } from './config.ts';
import { makeTemplateCache } from './template-cache.ts';

/** What a template can name as `{{ .Name }}`. */
export interface MailData {
  readonly SiteURL: string;
  readonly ConfirmationURL: string;
  readonly Email: string;
  readonly Token: string;
  readonly TokenHash: string;
  /** The user's own metadata. */
  readonly Data: Readonly<Record<string, unknown>>;
  readonly RedirectTo: string;
  /** Of a change of address only. */
  readonly NewEmail?: string;
  readonly SendingTo?: string;
}

export interface Mailer {
  send(type: MailType, to: string, data: MailData): Promise<void>;
}

const smtpTimeoutMs = 10_000;

export const makeMailer = (config: Config): Mailer => {
  if (config.smtp.host === '') return { send: async () => {} };
  const { host, port, user, password, from } = config.smtp;
  const transport = createTransport({
    host,
    port,
    ...(user !== '' && { auth: { user, pass: password } }),
    connectionTimeout: smtpTimeoutMs,
    greetingTimeout: smtpTimeoutMs,
    socketTimeout: smtpTimeoutMs,
  });
  const template = makeTemplateCache(config);
  const send = async (type: MailType, to: string, data: MailData): Promise<void> => {
    const { subject, body } = await template(type);
    const fields = { ...data };
    await transport.sendMail({ from, to, subject: subject.render(fields), html: body.render(fields) });
  };
  return {
    send: config.mailer.inBackground
      ? async (type, to, data) =>
          void send(type, to, data).catch((error: Error) => console.error(`mail not sent: ${error.message}`))
      : send,
  };
};
