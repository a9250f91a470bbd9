/** The SMTP side of the catcher: a client that logs in may send to anybody, and nothing leaves the machine. */
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { Faults } from './faults.ts';
import type { Mailbox } from './mailbox.ts';

const maxBytes = 10 << 20;

export interface SmtpOptions {
  readonly user: string;
  readonly password: string;
  readonly mailbox: Mailbox;
  readonly faults: Faults;
}

const refusal = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode });

export const makeSmtpServer = ({ user, password, mailbox, faults }: SmtpOptions): SMTPServer => {
  const sockets = new Map<number, Socket>();

  const receive = async (raw: Buffer, session: SMTPServerSession): Promise<Error | null> => {
    const to = session.envelope.rcptTo.map(({ address }) => address);
    const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : '';
    const keep = () => mailbox.keep(raw, { from, to, username: String(session.user ?? '') });
    const rejected = faults.take('reject', to, ({ at }) => at === 'data');
    if (rejected) {
      mailbox.counts.rejected += 1;
      return refusal(rejected.code, rejected.message);
    }
    const delay = faults.take('delay', to);
    if (delay) await sleep(delay.ms);
    const drop = faults.take('drop', to);
    if (drop?.kept !== false) await keep();
    if (drop) sockets.get(session.remotePort)?.destroy();
    return null;
  };

  const server = new SMTPServer({
    banner: 'runbook lab mail catcher',
    authMethods: ['PLAIN', 'LOGIN'],
    // On loopback only. A certificate that nobody trusts would stop the clients that try STARTTLS when offered.
    allowInsecureAuth: true,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    size: maxBytes,
    onAuth: (auth, _session, answer) =>
      auth.username === user && auth.password === password
        ? answer(null, { user })
        : answer(refusal(535, 'Authentication credentials invalid')),
    onRcptTo: ({ address }, _session, answer) => {
      const rejected = faults.take('reject', [address], ({ at }) => at === 'rcpt');
      if (rejected) mailbox.counts.rejected += 1;
      answer(rejected ? refusal(rejected.code, rejected.message) : null);
    },
    onData: (stream, session, answer) => {
      buffer(stream)
        .then((raw) => (stream.sizeExceeded ? refusal(552, 'Message too large') : receive(raw, session)))
        .then((error) => answer(error), answer);
    },
  });
  server.server.on('connection', (socket: Socket) => {
    const { remotePort } = socket;
    if (remotePort === undefined) return;
    sockets.set(remotePort, socket);
    socket.once('close', () => sockets.delete(remotePort));
  });
  // A client that hangs up in the middle is its own affair.
  server.on('error', (error) => console.error(`smtp: ${error.message}`));
  return server;
};
