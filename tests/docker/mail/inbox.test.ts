/** The mail catcher: SMTP on one side, Mailpit's API on the other, and what goes wrong on demand. */
import { randomUUID } from 'node:crypto';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { afterAll, describe, expect, test } from 'vitest';
import { openInbox } from '../../support/inbox.ts';
import { useLab } from '../../support/lab.ts';

const lab = await useLab();
const { smtpHost: host, smtpPort: port, user, password: pass, inboxUrl } = lab.mail;
const inbox = openInbox(lab);

const transport = createTransport({ host, port, auth: { user, pass } });
afterAll(() => transport.close());

const freshAddress = (): string => `${randomUUID().slice(0, 13)}@inbox.test`;
const send = (to: string, more: SendMailOptions = {}) =>
  transport.sendMail({
    from: 'Équipe <bonjour@lab.test>',
    to,
    subject: 'Bonjour à tous',
    text: 'salut',
    ...more,
  });
interface Listed {
  readonly total: number;
  readonly messages_count: number;
  readonly messages: readonly { readonly ID: string; readonly Subject: string }[];
}

const get = async <T>(path: string) => {
  const answer = await fetch(`${inboxUrl}${path}`);
  return { status: answer.status, body: (await answer.json()) as T };
};

test('accepts mails only after a login', async () => {
  const to = freshAddress();
  const mail = { from: 'a@lab.test', to, text: 'x' };
  await expect(createTransport({ host, port }).sendMail(mail)).rejects.toMatchObject({ responseCode: 530 });
  const wrong = createTransport({ host, port, auth: { user, pass: 'wrong' } });
  await expect(wrong.sendMail(mail)).rejects.toMatchObject({ responseCode: 535 });
  expect(await inbox.mailsTo(to)).toEqual([]);
});

describe('what it took', () => {
  test('is found by recipient, read whole, and deleted', async () => {
    const to = freshAddress();
    await send(to, { html: '<p>salut <b>toi</b></p>' });
    const found = await get<Listed>(`/api/v1/search?query=to:${to.toUpperCase()}`);
    expect(found.body).toMatchObject({
      messages_count: 1,
      start: 0,
      messages: [
        {
          ID: expect.any(String),
          From: { Name: 'Équipe', Address: 'bonjour@lab.test' },
          To: [{ Name: '', Address: to }],
          Subject: 'Bonjour à tous',
          Username: user,
          Attachments: 0,
        },
      ],
    });
    const ID = found.body.messages[0]?.ID;
    expect((await get(`/api/v1/message/${ID}`)).body).toMatchObject({
      ReturnPath: 'bonjour@lab.test',
      Text: 'salut',
      HTML: '<p>salut <b>toi</b></p>',
    });
    await fetch(`${inboxUrl}/api/v1/messages`, { method: 'DELETE', body: JSON.stringify({ IDs: [ID] }) });
    expect((await get(`/api/v1/message/${ID}`)).status).toBe(404);
  });

  test('is listed newest first and in pages, with a blind recipient as such', async () => {
    const [to, bcc] = [freshAddress(), freshAddress()];
    for (const subject of ['one', 'two', 'three']) await send(to, { subject, bcc });
    const page = await get<Listed>(`/api/v1/search?query=to:${to}&start=1&limit=1`);
    expect(page.body).toMatchObject({ messages_count: 3, count: 1, start: 1 });
    expect(page.body.messages[0]).toMatchObject({ Subject: 'two', Bcc: [{ Address: bcc }] });
    const both = await get<Listed>(`/api/v1/search?query=${encodeURIComponent(`to:${to} subject:"three"`)}`);
    expect(both.body.messages_count).toBe(1);
    const { body: info } = await get<{ Messages: number; RuntimeStats: { SMTPAccepted: number } }>(
      '/api/v1/info',
    );
    expect(info.Messages).toBe((await get<Listed>('/api/v1/messages')).body.total);
    expect(info.RuntimeStats.SMTPAccepted).toBeGreaterThanOrEqual(3);
  });
});

describe('a fault', () => {
  test('refuses a recipient temporarily or permanently, as often as configured', async () => {
    const to = freshAddress();
    await inbox.addFault({ kind: 'reject', to, code: 451, times: 1 });
    await expect(send(to)).rejects.toMatchObject({ responseCode: 451, command: 'RCPT TO' });
    await send(to);
    await inbox.addFault({ kind: 'reject', to, at: 'data', code: 550, message: 'no such user' });
    await expect(send(to)).rejects.toMatchObject({ responseCode: 550, command: 'DATA' });
    expect(await inbox.mailsTo(to)).toHaveLength(1);
  });

  test.each([
    [true, 1],
    [false, 0],
  ])('hangs up after DATA, the mail kept: %s', async (kept, mails) => {
    const to = freshAddress();
    await inbox.addFault({ kind: 'drop', to, kept });
    await expect(send(to)).rejects.not.toHaveProperty('responseCode');
    expect(await inbox.mailsTo(to)).toHaveLength(mails);
  });

  test('answers late', async () => {
    const to = freshAddress();
    await inbox.addFault({ kind: 'delay', to, ms: 300 });
    const before = performance.now();
    await send(to);
    expect(performance.now() - before).toBeGreaterThan(290);
  });

  test('that makes no sense is refused', async () => {
    await expect(inbox.addFault({ kind: 'reject', to: '', code: 250 })).rejects.toThrow('code');
  });
});
