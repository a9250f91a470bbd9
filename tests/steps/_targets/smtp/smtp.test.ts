import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TargetError } from '../../../../engine/target.ts';
import { smtp } from '../../../../steps/_targets/smtp/target.ts';
import { type MailServer, useMailServer } from '../../../support/mail-server.ts';
import { openClient, openTarget } from '../../../support/open-target.ts';

const from = 'Trading Journal <noreply@trading-journal.test>';
const login = { user: 'mailer', password: 'mail-secret-1' };
const message = Buffer.from('From: a@b.test\r\nTo: c@d.test\r\nSubject: x\r\n\r\nHello\r\n');
const configOf = ({ host, port }: MailServer, more: Record<string, unknown> = {}) => ({
  ...{ host, port, from, connect_timeout: '2s' },
  ...more,
});
const still = new AbortController().signal;

const sessionWith = async (server: MailServer) => {
  const client = await openClient('smtp', smtp, configOf(server));
  const session = await client.open(still);
  onTestFinished(() => session.close());
  return session;
};

const refusal = async (config: Record<string, unknown>): Promise<TargetError> => {
  try {
    await openTarget(smtp, config);
  } catch (error) {
    if (error instanceof TargetError) return error;
    throw error;
  }
  throw new Error('it was opened');
};

describe.each(['none', 'implicit', 'starttls'] as const)('with tls %s', (tls) => {
  test('a message goes out, and check says how', async () => {
    const server = await useMailServer({ tls, login });
    const mode = tls === 'none' ? {} : { host: 'localhost', tls: { mode: tls, ca_file: server.caFile } };
    const target = await openTarget(smtp, configOf(server, { ...login, ...mode }));
    expect(await target.check()).toEqual([
      { level: 'verified', what: expect.stringContaining(`logged in as mailer (`) },
    ]);
    const session = await (await openClient('smtp', smtp, configOf(server, { ...login, ...mode }))).open(
      still,
    );
    const envelope = { from: 'noreply@trading-journal.test', to: 'marie@example.test' };
    expect(await session.send(envelope, message)).toMatchObject({ state: 'sent' });
    expect(await session.send({ ...envelope, to: 'paul@example.test' }, message)).toMatchObject({
      state: 'sent',
    });
    session.close();
    expect(server.taken.map(({ to }) => to)).toEqual(['marie@example.test', 'paul@example.test']);
    expect(server.taken[0]?.content).toContain('Hello');
  });
});

describe('a server that', () => {
  test('does not know the login', async () => {
    const server = await useMailServer({ login });
    const error = await refusal(configOf(server, { ...login, password: 'mail-secret-2' }));
    expect(error).toMatchObject({ code: 'auth', retry: false });
    expect(error.message).not.toContain('mail-secret');
  });

  test('has a certificate nobody vouches for', async () => {
    const server = await useMailServer({ tls: 'implicit' });
    expect(await refusal(configOf(server, { tls: { mode: 'implicit' } }))).toMatchObject({
      code: 'config',
      remedy: expect.stringContaining('tls.ca_file'),
    });
  });

  test('offers no STARTTLS where it is required: no login in the open', async () => {
    const server = await useMailServer({ login });
    expect(await refusal(configOf(server, { ...login, tls: { mode: 'starttls' } }))).toMatchObject({
      code: 'config',
    });
  });

  test('is not there', async () => {
    const server = await useMailServer();
    await server.stop();
    expect(await refusal(configOf(server))).toMatchObject({ code: 'unreachable', retry: true });
  });

  test('says nothing', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((ready) => silent.listen(0, '127.0.0.1', ready));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const config = { host: '127.0.0.1', port, from, connect_timeout: '300ms' };
    expect(await refusal(config)).toMatchObject({ code: 'unreachable' });
  });
});

test('no TLS is for a loopback address only', () => {
  const config = { host: 'mail.example.com', from, tls: { mode: 'none' } };
  expect(smtp.config.safeParse(config).error?.issues[0]?.message).toContain('loopback address only');
});

describe('a delivery', () => {
  const to = 'marie@example.test';
  test.each([
    [
      { at: 'rcpt', code: 550, text: 'no such mailbox' },
      { state: 'refused', permanent: true },
    ],
    [
      { at: 'rcpt', code: 450, text: 'greylisted' },
      { state: 'refused', permanent: false },
    ],
    [
      { at: 'data', code: 554, text: 'looks like spam' },
      { state: 'refused', permanent: true },
    ],
    [{ at: 'rcpt', cut: true }, { state: 'unsent' }],
    [{ at: 'data', cut: true }, { state: 'unknown' }],
  ] as const)('%j', async (mishap, expected) => {
    const server = await useMailServer();
    server.mishaps.set(to, mishap);
    const session = await sessionWith(server);
    const delivery = await session.send({ from: 'a@b.test', to }, message);
    expect(delivery).toMatchObject(expected);
    if ('text' in mishap) expect(delivery).toMatchObject({ why: expect.stringContaining(mishap.text) });
    // A refusal of one is not the end of the others.
    if (delivery.state === 'refused')
      expect(await session.send({ from: 'a@b.test', to: 'paul@example.test' }, message)).toMatchObject({
        state: 'sent',
      });
    else
      expect(await session.send({ from: 'a@b.test', to: 'paul@example.test' }, message)).toMatchObject({
        state: 'unsent',
      });
  });
});
