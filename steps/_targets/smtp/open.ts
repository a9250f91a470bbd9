import type { OpenTarget, TargetContext } from '../../../engine/target.ts';
import type { SmtpClient } from './client.ts';
import { describeSmtp, type SmtpConfig, smtpTls } from './config.ts';
import { openSession } from './session.ts';

const wording = { implicit: 'TLS', starttls: 'STARTTLS', none: 'no TLS, on loopback' } as const;

/** Throws TargetError when the server cannot be reached or refuses us. */
export const open = async (ctx: TargetContext, config: SmtpConfig): Promise<OpenTarget> => {
  const client: SmtpClient = {
    target: ctx.name,
    from: config.from,
    open: (signal) => openSession(ctx, config, signal),
  };
  const look = async () => (await client.open(ctx.signal)).close();
  await look();
  return {
    client,
    async check() {
      await look();
      const login = config.user === undefined ? 'without a login' : `logged in as ${config.user}`;
      const what = `${describeSmtp(config)}: ${login} (${wording[smtpTls(config)]}), sends from ${config.from}`;
      return [{ level: 'verified', what }];
    },
    close: async () => undefined,
  };
};
