import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../engine/plan.ts';
import type { SqlClient } from '../../../steps/_kits/sql/client.ts';
import { judgeRead } from '../../../steps/_targets/mysql/judge-read.ts';
import type { PostgresClient } from '../../../steps/_targets/postgres/client.ts';
import { smtp } from '../../../steps/_targets/smtp/target.ts';
import { acts as thrown } from '../../../steps/email-send/acts.ts';
import { emailSend } from '../../../steps/email-send/step.ts';
import { actContext } from '../../support/act-context.ts';
import { useMailServer } from '../../support/mail-server.ts';
import { openClient } from '../../support/open-target.ts';
import { withOutcomes } from '../../support/outcomes.ts';

const acts = withOutcomes(thrown);

const rowsClient = (rows: readonly { readonly [column: string]: Json }[]): SqlClient => {
  const client: Pick<SqlClient, 'target' | 'open' | 'judge' | 'unproven'> = {
    judge: judgeRead,
    unproven: async () => [],
    target: 'legacy',
    open: async () => ({
      id: '1',
      query: async () => ({ rows, rowCount: rows.length, affectedRows: 0 }),
      async *stream() {
        yield* [];
      },
      commit: async () => undefined,
      rollback: async () => true,
      close: async () => undefined,
      destroy: () => undefined,
    }),
  };
  return client as SqlClient;
};

const people = ['Marie', 'Paul & Co <b>', 'Zoé\r\nBcc: all@example.test'].map((name, i) => ({
  key: `ck${i}`,
  email: `u${i}@example.test`,
  name,
}));

const world = async (more: Record<string, unknown> = {}, rows: readonly Record<string, Json>[] = people) => {
  const server = await useMailServer();
  const { host, port } = server;
  const client = await openClient('smtp', smtp, { host, port, from: 'Journal <noreply@journal.test>' });
  const ctx = actContext({ clients: { smtp: client, postgres: rowsClient(rows) as PostgresClient } });
  const input = emailSend.input.parse({
    recipients: { target: 'legacy', sql: 'SELECT id AS key, email, name FROM users' },
    expect_count: 3,
    subject: 'Maintenance, {{ name }}',
    text: 'Bonjour {{name}},\nà ce soir.\n',
    html: '<p>Bonjour {{ name }}</p>',
    headers: { 'X-Night': 'cutover' },
    rate: { per_second: 1000 },
    ...more,
  });
  return { server, ctx, input, run: () => acts.run(ctx, input, null) };
};

describe('everybody', () => {
  test('gets one mail with their own name in it, escaped where it is HTML', async () => {
    const { server, ctx, run, input } = await world();
    expect(await run()).toMatchObject({ done: true, output: { planned: 3, sent: 3, failed: 0, unknown: 0 } });
    expect(server.connections()).toBeLessThanOrEqual(3);
    const mails = await Promise.all(server.taken.map(({ content }) => simpleParser(content)));
    expect(mails.map(({ subject }) => subject)).toEqual([
      'Maintenance, Marie',
      'Maintenance, Paul & Co <b>',
      'Maintenance, Zoé Bcc: all@example.test',
    ]);
    expect(mails[1]?.html).toContain('Bonjour Paul &amp; Co &lt;b&gt;');
    expect(mails[1]?.text).toContain('Bonjour Paul & Co <b>,');
    expect(mails[2]?.bcc).toBeUndefined();
    expect(mails[0]?.headers.get('x-night')).toBe('cutover');
    expect(mails[0]?.messageId).toMatch(/^<[0-9a-f]{40}@journal\.test>$/);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(3);
    expect(await acts.probe(ctx, input, null)).toMatchObject({ state: 'done' });
    expect(await run()).toMatchObject({ done: true, output: { sent: 3 } });
    expect(server.taken).toHaveLength(3);
    expect(ctx.logged()).not.toContain('@');
  });
});

describe('one of them', () => {
  test('is refused for good, and the others get theirs', async () => {
    const { server, run, ctx } = await world();
    server.mishaps.set('u1@example.test', { at: 'rcpt', code: 550, text: 'no mailbox u1@example.test' });
    expect(await run()).toMatchObject({ done: true, output: { sent: 2, failed: 1 } });
    expect(ctx.logged()).toContain('ck1: failed:');
    expect(ctx.logged()).not.toContain('u1@example.test');
  });

  test('may have got it: the step holds, and never sends it again by itself', async () => {
    const { server, run, ctx, input } = await world();
    server.mishaps.set('u1@example.test', { at: 'data', cut: true });
    const outcome = await run();
    expect(outcome).toMatchObject({ done: false, effect: 'some', retryable: false });
    expect(outcome.done ? '' : outcome.short).toMatch(
      /^2 of 3 sent, 1 unknown \(ck1, claimed .* UTC\): runbook ledger/,
    );
    expect(await acts.probe(ctx, input, null)).toEqual({ state: 'alive' });
    server.mishaps.clear();
    await run();
    // This server had taken it before it hung up.
    expect(server.taken.map(({ to }) => to).toSorted()).toEqual(people.map(({ email }) => email));
  });
});

test('a text that names what the query does not give is refused before the first mail', async () => {
  const { server, run } = await world({ text: 'Bonjour {{ prenom }}' });
  expect(await run()).toMatchObject({
    done: false,
    effect: 'none',
    short: expect.stringContaining('prenom'),
  });
  expect(server.taken).toEqual([]);
});

test('a mail needs a plain text', () => {
  const input = { recipients: { list: ['a@b.test'] }, subject: 's', html: '<p>x</p>' };
  expect(emailSend.input.safeParse(input).error?.issues[0]?.message).toContain('text or text_file');
});

test('what is the same in every mail is given once; a column of that name comes first', async () => {
  const { server, run } = await world({
    text: '{{ name }}: {{ slot }}',
    values: { slot: '4 h', name: 'vous' },
  });
  expect(await run()).toMatchObject({ done: true });
  expect(server.taken.map(({ content }) => content).join('')).toContain('4 h');
  expect(server.taken.map(({ content }) => content).join('')).not.toContain('vous');
});
