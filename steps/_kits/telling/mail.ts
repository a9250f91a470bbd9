import { createHash } from 'node:crypto';
import addressparser from 'nodemailer/lib/addressparser';
import MailComposer from 'nodemailer/lib/mail-composer';
import { TargetError } from '../../../engine/target.ts';
import type { Channel, Delivery, TellContext, TellMessage } from '../../../engine/tell.ts';
import { mailText } from './shapes.ts';

type Mail = Extract<Channel, { kind: 'mail' }>;

const bareAddress = (from: string): string => {
  const [first] = addressparser(from);
  return first !== undefined && 'address' in first && first.address ? first.address : from;
};

/** The same id for every attempt, so that a repeated mail is shown once where that is supported. */
const messageId = ({ id }: TellMessage, to: string, from: string): string =>
  `<${createHash('sha256').update(`${id}\0${to}`).digest('hex').slice(0, 32)}@${from.split('@').at(-1)}>`;

const compose = (mail: Mail, message: TellMessage, from: string, to: string): Promise<Buffer> =>
  new MailComposer({
    from,
    to: [...mail.to],
    subject:
      mail.subject ??
      message.text
        .split('\n', 1)[0]
        ?.replaceAll(/\p{Cc}/gu, ' ')
        .slice(0, 200),
    text: mailText(message),
    messageId: messageId(message, to, bareAddress(from)),
    headers: { 'Auto-Submitted': 'auto-generated' },
    // A text is a text: nothing in it may name a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();

/** To one recipient, on a connection of its own. Throws the signal's reason while nothing has been sent. */
export const sendMail = async (
  ctx: TellContext,
  mail: Mail,
  told: TellMessage,
  to: string,
): Promise<Delivery> => {
  try {
    const client = await ctx.connect('smtp', mail.through);
    const message = await compose(mail, told, client.from, to);
    const session = await client.open(ctx.signal);
    try {
      const delivery = await session.send({ from: bareAddress(client.from), to }, message);
      if (delivery.state === 'sent') return { state: 'done', status: null };
      const why = ctx.mask(delivery.why);
      if (delivery.state === 'unknown') return { state: 'unknown', why };
      return {
        state: 'not-done',
        passing: delivery.state !== 'refused' || !delivery.permanent,
        why: `the mail server did not take it: ${why}`,
        remedy: `Check the recipient, and what ${mail.through} may send`,
      };
    } finally {
      session.close();
    }
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return { state: 'not-done', passing: error.retry, why: error.message, remedy: error.remedy };
  }
};
