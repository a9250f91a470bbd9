/** The mail catcher (docker/mail): where every mail of the lab ends. */
import type { LabInfo } from './info.ts';
import { nodeServer } from './node-server.ts';
import { startServer } from './servers.ts';
import type { World } from './world.ts';

export const smtpUser = 'mailer';

export const mailInfo = ({ ports, passwords }: World): LabInfo['mail'] => ({
  smtpHost: '127.0.0.1',
  smtpPort: ports.smtp,
  user: smtpUser,
  password: passwords.smtp,
  from: 'Trading Journal <bonjour@trading-journal.test>',
  inboxUrl: `http://127.0.0.1:${ports.inbox}`,
  alertUrl: `http://127.0.0.1:${ports.inbox}/lab/alerts`,
});

export const startInbox = ({ dir, ports, passwords }: World): Promise<void> =>
  startServer(dir, {
    name: 'inbox',
    port: ports.inbox,
    ...nodeServer('mail/main.ts', {
      SMTP_PORT: String(ports.smtp),
      HTTP_PORT: String(ports.inbox),
      SMTP_USER: smtpUser,
      SMTP_PASSWORD: passwords.smtp,
    }),
  });

/** No mails, no faults, no alerts. */
export const emptyInbox = async (world: World): Promise<void> => {
  const { inboxUrl } = mailInfo(world);
  for (const what of ['api/v1/messages', 'lab/faults', 'lab/alerts']) {
    const answer = await fetch(`${inboxUrl}/${what}`, { method: 'DELETE' });
    if (!answer.ok) throw new Error(`The inbox answered ${answer.status} to DELETE /${what}`);
  }
};
