/** Tells people by a webhook or a mail: for the step type `notify`, and for `notify` of a whole run. */
import type { Finding } from '../../../engine/step.ts';
import type { Channel, Delivery, TellContext, Teller, TellMessage } from '../../../engine/tell.ts';
import { sendMail } from './mail.ts';
import { webhookBody } from './shapes.ts';
import { addressOf, BadAddress, knock, post } from './webhook.ts';

const deliverMail = async (
  ctx: TellContext,
  mail: Extract<Channel, { kind: 'mail' }>,
  message: TellMessage,
): Promise<Delivery> => {
  let fault: Delivery | null = null;
  for (const to of new Set(mail.to)) {
    const delivery = await sendMail(ctx, mail, message, to);
    if (delivery.state !== 'done' && fault?.state !== 'unknown') fault = delivery;
  }
  return fault ?? { state: 'done', status: null };
};

const badAddress = ({ message, remedy }: BadAddress): Delivery => ({
  state: 'not-done',
  passing: false,
  why: message,
  remedy,
});

export const teller: Teller = {
  async deliver(ctx, channel, message) {
    if (channel.kind === 'mail') return deliverMail(ctx, channel, message);
    try {
      const url = addressOf(ctx, channel.url);
      return await post(ctx, channel.caFile, url, {
        body: webhookBody(channel.shape, message),
        id: message.id,
      });
    } catch (error) {
      if (error instanceof BadAddress) return badAddress(error);
      throw error;
    }
  },

  async check(ctx, channel): Promise<readonly Finding[]> {
    if (channel.kind === 'mail') {
      await ctx.connect('smtp', channel.through);
      return [{ level: 'verified', what: `${channel.through} takes the login; nothing was sent` }];
    }
    try {
      const url = addressOf(ctx, channel.url);
      await knock(ctx, channel.caFile, url);
      return [{ level: 'verified', what: `${url.host} answers; nothing was posted` }];
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const what = `the webhook cannot be reached: ${ctx.mask(text)}`;
      const remedy =
        error instanceof BadAddress ? error.remedy : 'Check the address, the network and the certificate';
      return [{ level: 'problem', what, remedy }];
    }
  },
};
