import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { ActContext } from '../../engine/step.ts';
import type { Listed } from '../_kits/mailing/gather.ts';
import type { EmailSendInput } from './step.ts';
import { columnsOf, fillHtml, fillLine, fillText } from './template.ts';

/** The texts with their placeholders. */
export interface Texts {
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
}

export const readTexts = async (ctx: ActContext, input: EmailSendInput): Promise<Texts> => {
  const read = async (inline: string | undefined, path: string | undefined): Promise<string | null> =>
    inline ?? (path === undefined ? null : new TextDecoder().decode(await ctx.readFile(path)));
  return {
    subject: input.subject,
    text: (await read(input.text, input.text_file)) ?? '',
    html: await read(input.html, input.html_file),
  };
};

/** Names that stand in the texts and that some recipient has no column for. */
export const missingColumns = (
  { subject, text, html }: Texts,
  values: EmailSendInput['values'],
  listed: readonly Listed[],
): readonly string[] => {
  const needed = new Set([subject, text, html ?? ''].flatMap(columnsOf));
  for (const name of Object.keys(values)) needed.delete(name);
  return [...needed].filter((name) =>
    listed.some(({ value }) => !Object.hasOwn(value.columns, name) && name !== 'email' && name !== 'key'),
  );
};

export interface Sender {
  /** As shown: `Name <address>`. */
  readonly header: string;
  /** For the envelope. */
  readonly address: string;
}

export const senderOf = (header: string): Sender => ({
  header,
  address: /<([^<>]+)>\s*$/.exec(header)?.[1] ?? header.trim(),
});

/** The same mail of the same act has the same id: a mail server, or a reader, can see that one came twice. */
const messageId = (ctx: ActContext, key: string, { address }: Sender): string => {
  const id = createHash('sha256').update(`${ctx.idempotencyKey}\0${key}`).digest('hex').slice(0, 40);
  return `<${id}@${address.split('@')[1] ?? 'localhost'}>`;
};

export const composeMail = (
  ctx: ActContext,
  sender: Sender,
  texts: Texts,
  { headers, values }: EmailSendInput,
  { key, value: { email, columns } }: Listed,
): Promise<Uint8Array> => {
  const same = Object.entries(values).map(([name, value]) => [name, String(value)]);
  const all = { ...Object.fromEntries(same), ...columns, email, key };
  return new MailComposer({
    from: sender.header,
    to: { name: '', address: email },
    subject: fillLine(texts.subject, all),
    text: fillText(texts.text, all),
    ...(texts.html !== null && { html: fillHtml(texts.html, all) }),
    headers: { 'Auto-Submitted': 'auto-generated', ...headers },
    messageId: messageId(ctx, key, sender),
    // A path or a URL in a column stays text.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
};
