import { describe, expect, test } from 'vitest';
import { smtp } from '../../../steps/_targets/smtp/target.ts';
import { acts as thrown } from '../../../steps/notify/acts.ts';
import { notify } from '../../../steps/notify/step.ts';
import { actContext } from '../../support/act-context.ts';
import { useMailServer } from '../../support/mail-server.ts';
import { openClient } from '../../support/open-target.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { secretPath, tlsFile, useReceiver } from './receiver.ts';

const acts = withOutcomes(thrown);

const hook = { secret: [{ name: 'hook' }] };

/** One run; `again` is a resumed session of it. */
const page = (url: string, given: Record<string, unknown> = {}, signal?: AbortSignal) => {
  const { format, ca_file, ...more } = given;
  const webhook = {
    url: hook,
    ...(format !== undefined && { format }),
    ...(ca_file !== undefined && { ca_file }),
  };
  const input = notify.input.parse({ webhook, text: 'Doors <open> & shut', fields: { rows: 3 }, ...more });
  const ctx = actContext({ clients: {}, secrets: { hook: url }, ...(signal && { signal }) });
  return {
    ctx,
    input,
    run: (attempt = 1) => acts.run({ ...ctx, attempt }, input, null),
    probe: () => acts.probe(ctx, input, null),
  };
};

describe('notify by webhook', () => {
  test('posts plain JSON with an id that is the same for every attempt', async () => {
    const { url, taken } = await useReceiver();
    const { ctx, run, probe } = page(url);
    expect(await probe()).toEqual({ state: 'not-done' });
    expect(await run()).toEqual({ done: true, output: { status: 200, delivered: true } });
    expect(taken[0]?.path).toBe(secretPath);
    expect(taken[0]?.headers['idempotency-key']).toBe(ctx.idempotencyKey);
    expect(JSON.parse(taken[0]?.body ?? '')).toEqual({
      id: ctx.idempotencyKey,
      run: ctx.runId,
      step: 'step',
      text: 'Doors <open> & shut',
      fields: { rows: 3 },
    });
    expect(await probe()).toEqual({ state: 'done', output: { status: null, delivered: true } });
    expect(await run(2), 'who was told is not told again').toMatchObject({ done: true });
    expect(taken).toHaveLength(1);
  });

  test('speaks Slack, and mentions nobody by accident', async () => {
    const { url, taken } = await useReceiver();
    const { ctx, run } = page(url, { format: 'slack', text: 'Look <!channel>', fields: { 'a<b': true } });
    expect(await run()).toMatchObject({ done: true });
    expect(JSON.parse(taken[0]?.body ?? '')).toEqual({
      text: `Look &lt;!channel&gt;\n*a&lt;b*: true\n_${ctx.runId} step_`,
    });
  });

  test('verifies the certificate, whatever the environment says', async () => {
    const { url, taken } = await useReceiver(undefined, true);
    expect(await page(url, { ca_file: tlsFile('cert.pem') }).run()).toMatchObject({ done: true });
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const strict = page(url);
      expect(await strict.run()).toMatchObject({
        done: false,
        effect: 'none',
        short: /cannot be reached: .*certificate/,
      });
      expect(await strict.probe()).toEqual({ state: 'not-done' });
      expect(await acts.check(strict.ctx, strict.input)).toMatchObject([
        { level: 'problem', what: /certificate/ },
      ]);
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
    expect(taken).toHaveLength(1);
  });

  test.each([
    { status: 404, retryable: false },
    { status: 302, retryable: false },
    { status: 429, retryable: true },
    { status: 503, retryable: true },
  ])('an answer of $status is a no, and the address is not in it', async ({ status, retryable }) => {
    const { url } = await useReceiver((response) => {
      response.writeHead(status, { location: 'http://127.0.0.1:1/' });
      response.end(`no service at ${secretPath}, token xyzSecretToken\nmore`);
    });
    const { ctx, run, probe } = page(url);
    const outcome = await run();
    expect(outcome).toMatchObject({
      done: false,
      effect: 'none',
      retryable,
      short: new RegExp(`answered ${status}: no service`),
    });
    expect(JSON.stringify(outcome) + ctx.logged()).not.toMatch(/T0AAAA|xyzSecretToken/);
    expect(await probe()).toEqual({ state: 'not-done' });
  });

  test('a connection that breaks after the message leaves it unknown, and the next attempt sends the same id', async () => {
    const { url, taken } = await useReceiver((response, n) => {
      if (n === 1) response.socket?.destroy();
      else response.end();
    });
    const { run, probe } = page(url);
    expect(await run()).toMatchObject({ done: false, effect: 'unknown', retryable: true });
    expect(await probe()).toMatchObject({ state: 'unknown' });
    expect(notify.onUnknown).toBe('rerun');
    expect(await run(2)).toMatchObject({ done: true });
    expect(new Set(taken.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(taken).toHaveLength(2);
  });

  test('a receiver that never answers is given up with the step', async () => {
    const { url } = await useReceiver(() => undefined);
    const control = new AbortController();
    const { run, probe } = page(url, {}, control.signal);
    setTimeout(() => control.abort('timeout'), 300);
    expect(await run()).toMatchObject({ done: false, effect: 'unknown' });
    expect(await probe()).toMatchObject({ state: 'unknown' });
  });

  test('nobody there: nothing was sent, and it may be tried again', async () => {
    const { run, probe } = page(`http://127.0.0.1:1${secretPath}`);
    const outcome = await run();
    expect(outcome).toMatchObject({
      done: false,
      effect: 'none',
      retryable: true,
      short: /127.0.0.1:1 cannot be reached/,
    });
    expect(JSON.stringify(outcome)).not.toContain('xyzSecretToken');
    expect(await probe()).toEqual({ state: 'not-done' });
  });

  test.each(['hooks.example.org/x', 'ftp://hooks.example.org/x', 'http://hooks.example.org/xyzSecretToken'])(
    'an address that cannot be used is refused without being quoted: %s',
    async (url) => {
      const { ctx, input, run } = page(url);
      const outcome = await run();
      expect(outcome).toMatchObject({
        done: false,
        effect: 'none',
        retryable: false,
        short: /^the webhook address is/,
      });
      expect(JSON.stringify([outcome, await acts.check(ctx, input)])).not.toContain('example.org/');
    },
  );

  test('the dry run connects and posts nothing', async () => {
    const { url, taken, connections } = await useReceiver();
    const { ctx, input } = page(url);
    expect(await acts.check(ctx, input)).toMatchObject([{ level: 'verified', what: /nothing was posted/ }]);
    expect(connections()).toBe(1);
    expect(taken).toEqual([]);
  });

  test('no preview shows an address', () => {
    const shown = (url: unknown) => notify.preview(notify.input.parse({ webhook: { url }, text: 'Open' }));
    expect(shown(hook)).toBe('POST [hook]: Open');
    expect(shown(`https://hooks.example.org${secretPath}`)).toBe('POST https://hooks.example.org/...: Open');
    expect(shown({ secret: ['https://hooks.example.org/', { name: 'token' }] })).toBe(
      'POST ...[token]: Open',
    );
  });
});

describe('notify by mail', () => {
  const begin = async () => {
    const server = await useMailServer();
    const client = await openClient('smtp', smtp, {
      host: server.host,
      port: server.port,
      from: 'Runbook <ops@journal.test>',
    });
    const ctx = actContext({ clients: { smtp: client } });
    const mail = {
      through: 'mailer',
      to: ['ann@journal.test', 'bob@journal.test'],
      subject: 'Ouverture à 22h',
    };
    const input = notify.input.parse({ mail, text: 'Doors are open', fields: { release: '2.0.0' } });
    return { server, ctx, input };
  };

  test('reaches every recipient once', async () => {
    const { server, ctx, input } = await begin();
    expect(notify.uses?.(input)).toEqual([{ target: 'mailer', kinds: ['smtp'], path: ['mail', 'through'] }]);
    expect(await acts.check(ctx, input)).toMatchObject([{ level: 'verified' }]);
    expect(server.taken).toEqual([]);
    expect(await acts.run(ctx, input, null)).toEqual({
      done: true,
      output: { status: null, delivered: true },
    });
    expect(server.taken.map(({ to }) => to)).toEqual(['ann@journal.test', 'bob@journal.test']);
    expect(server.taken[0]?.content).toMatch(
      /From: Runbook <ops@journal.test>[\s\S]*Doors are open[\s\S]*release: 2.0.0/,
    );
    expect(server.taken[0]?.content).toMatch(/Subject: =\?UTF-8\?/);
    expect(await acts.probe(ctx, input, null)).toMatchObject({ state: 'done' });
  });

  test('a refused recipient fails the step, and the next attempt leaves out who was told', async () => {
    const { server, ctx, input } = await begin();
    server.mishaps.set('bob@journal.test', { at: 'rcpt', code: 550, text: 'no such mailbox' });
    expect(await acts.run(ctx, input, null)).toMatchObject({
      done: false,
      effect: 'some',
      retryable: false,
      short: /no such mailbox/,
    });
    expect(await acts.probe(ctx, input, null)).toMatchObject({ state: 'unknown', why: /1 of 2/ });
    server.mishaps.clear();
    expect(await acts.run({ ...ctx, attempt: 2 }, input, null)).toMatchObject({ done: true });
    expect(server.taken.map(({ to }) => to)).toEqual(['ann@journal.test', 'bob@journal.test']);
  });

  test('a connection cut after the message leaves it unknown, and the mail is repeated under its id', async () => {
    const { server, ctx, input } = await begin();
    server.mishaps.set('ann@journal.test', { at: 'data', cut: true });
    expect(await acts.run(ctx, input, null)).toMatchObject({ done: false, effect: 'unknown' });
    server.mishaps.clear();
    expect(await acts.run({ ...ctx, attempt: 2 }, input, null)).toMatchObject({ done: true });
    const ids = server.taken.map(
      ({ to, content }) => `${to} ${/^Message-ID: (.*)\r?$/im.exec(content)?.[1]}`,
    );
    expect(new Set(ids).size).toBe(2);
  });

  test('either a webhook or a mail; an address that could add a header is refused', () => {
    const refused = (given: Record<string, unknown>) =>
      notify.input.safeParse({ text: 'x', ...given }).success;
    const mail = { through: 'mailer', to: ['a@b.test'], subject: 's' };
    expect(refused({})).toBe(false);
    expect(refused({ mail, webhook: { url: 'https://a.test/' } })).toBe(false);
    expect(refused({ mail: { ...mail, to: ['a@b.test\nBcc: c@d.test'] } })).toBe(false);
    expect(refused({ mail: { ...mail, subject: 'a\r\nBcc: c@d.test' } })).toBe(false);
    expect(refused({ mail })).toBe(true);
  });
});
