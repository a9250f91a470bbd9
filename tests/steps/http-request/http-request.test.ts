import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { localShell } from '../../../steps/_targets/local/local-shell.ts';
import { acts as thrown } from '../../../steps/http-request/acts.ts';
import { httpRequest } from '../../../steps/http-request/step.ts';
import { actContext } from '../../support/act-context.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { useService } from './service.ts';

const acts = withOutcomes(thrown);

const begin = async (given: Record<string, unknown> = {}, signal?: AbortSignal) => {
  const service = await useService();
  const input = httpRequest.input.parse({
    method: 'PUT',
    url: service.url,
    body: '{"value":"new"}',
    probe: { done: { json: { '/value': 'new' } } },
    ...given,
  });
  const ctx = actContext({
    clients: { shell: localShell() },
    secrets: { token: 'hunter2-secret' },
    ...(signal && { signal }),
  });
  return {
    ...service,
    ctx,
    input,
    prepare: async () => (await acts.prepare?.(ctx, input)) ?? null,
    run: (attempt = 1) => acts.run({ ...ctx, attempt }, input, null),
    probe: () => acts.probe(ctx, input, null),
    undo: (before: Parameters<NonNullable<typeof acts.undo>>[2]) => acts.undo!(ctx, input, before),
  };
};

describe('a request', () => {
  test('is sent once, with its secrets, and keeps values of the answer', async () => {
    const { run, writes, answer } = await begin({
      headers: { authorization: { secret: ['Bearer ', { name: 'token' }] } },
      keep: { id: '/id', value: '/record/value' },
    });
    const tokens: unknown[] = [];
    answer(({ headers }) => {
      tokens.push(headers.authorization);
      return false;
    });
    expect(await run()).toEqual({
      done: true,
      output: { status: 200, from: 'local', kept: { id: 1, value: 'new' } },
    });
    expect(tokens).toEqual(['Bearer hunter2-secret']);
    expect(writes()).toHaveLength(1);
  });

  test('that is refused has changed nothing, and says why', async () => {
    const { run, answer } = await begin();
    answer((_, response) => {
      response.writeHead(422).end('{"error":"value is taken"}');
      return true;
    });
    expect(await run()).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
      short: expect.stringMatching(/^expected 200 or 201 or 202 or 204, got 422 .*value is taken/),
    });
  });

  test.each([
    [401, 'none', false],
    [429, 'none', true],
    [408, 'none', true],
    [409, 'unknown', false],
    [302, 'unknown', false],
    [500, 'unknown', false],
    [503, 'unknown', false],
  ])('answered with %i has effect %s', async (status, effect, retryable) => {
    const { run, answer } = await begin();
    answer((_, response) => {
      response.writeHead(status, { location: '/elsewhere' }).end();
      return true;
    });
    expect(await run()).toMatchObject({ done: false, effect, retryable });
  });

  test('whose answer is not as expected may have been carried out', async () => {
    const { run } = await begin({ json: { '/record/value': 'other' } });
    expect(await run()).toMatchObject({ done: false, effect: 'unknown' });
  });

  test('whose answer lacks a value to keep has been carried out', async () => {
    const { run } = await begin({ keep: { id: '/nowhere' } });
    expect(await run()).toMatchObject({
      done: false,
      effect: 'some',
      short: 'the request was carried out, but nothing stands at /nowhere of its answer',
    });
  });

  test('that finds no server has changed nothing', async () => {
    const silent = createServer();
    await new Promise<void>((up) => silent.listen(0, '127.0.0.1', up));
    const { port } = silent.address() as { port: number };
    await new Promise((down) => silent.close(down));
    const { run } = await begin({ url: `http://127.0.0.1:${port}/` });
    expect(await run()).toMatchObject({ done: false, effect: 'none', retryable: true });
  });

  test('that is stopped while the server works is unknown', async () => {
    const control = new AbortController();
    const { run, answer } = await begin({}, control.signal);
    answer(() => {
      control.abort('timeout');
      return true;
    });
    expect(await run()).toMatchObject({ done: false, effect: 'unknown', retryable: false });
  });
});

describe('a request whose answer is lost', () => {
  test.each([
    ['before', 'not-done'],
    ['after', 'done'],
  ] as const)('%s the server acts: the probe says %s', async (when, state) => {
    const { run, probe, lose } = await begin();
    lose(when);
    expect(await run()).toMatchObject({
      done: false,
      effect: 'unknown',
      short: expect.stringContaining('the request was sent, and no answer came'),
    });
    expect(await probe()).toMatchObject({ state });
  });

  test('is sent again with the same key, which the service carries out once', async () => {
    const { run, lose, writes, ctx, answer } = await begin({
      method: 'POST',
      idempotency_header: 'Idempotency-Key',
      keep: { id: '/id' },
    });
    const keys: unknown[] = [];
    answer(({ headers }) => {
      keys.push(headers['idempotency-key']);
      return false;
    });
    lose('after');
    await run();
    expect(await run(2)).toMatchObject({ done: true, output: { kept: { id: 1 } } });
    expect(writes()).toHaveLength(2);
    expect(keys).toEqual([ctx.idempotencyKey, ctx.idempotencyKey]);
  });

  test('and without a probe is unknown', async () => {
    const { probe } = await begin({ probe: undefined });
    expect(await probe()).toMatchObject({ state: 'unknown', why: expect.stringContaining('no probe') });
  });
});

describe('the probe', () => {
  test.each([
    [404, 'not-done'],
    [410, 'not-done'],
    [401, 'unknown'],
    [302, 'unknown'],
    [500, 'unknown'],
  ])('answered with %i says %s', async (status, state) => {
    const { probe, answer } = await begin();
    answer((_, response) => {
      response.writeHead(status).end();
      return true;
    });
    expect(await probe()).toMatchObject({ state });
  });

  test('says no only where the answer is as `not_done` says', async () => {
    const { probe } = await begin({
      probe: { done: { json: { '/value': 'new' } }, not_done: { json: { '/value': 'older' } } },
    });
    expect(await probe()).toMatchObject({ state: 'unknown', why: expect.stringContaining('at /value') });
  });

  test('without a server is unknown', async () => {
    const { probe } = await begin({ probe: { url: 'http://127.0.0.1:1/', done: {} } });
    expect(await probe()).toMatchObject({ state: 'unknown' });
  });
});

describe('the undo', () => {
  const restoring = { before: {}, undo: { method: 'PUT', body_of_before: '' } };

  test('sends back what was there before', async () => {
    const { prepare, run, undo, record } = await begin(restoring);
    const before = await prepare();
    expect(before).toEqual({ status: 200, body: '{"value":"old"}' });
    await run();
    expect(record()).toEqual({ value: 'new' });
    expect(await undo(before)).toEqual({ done: true, output: null });
    expect(record()).toEqual({ value: 'old' });
  });

  test('sends a part of it, or a text of its own', async () => {
    const part = await begin({ ...restoring, undo: { method: 'PUT', body_of_before: '/value' } });
    expect(await part.prepare()).toEqual({ status: 200, body: 'old' });
    const own = await begin({ undo: { method: 'DELETE' } });
    await own.run();
    await own.undo(null);
    expect(own.record()).toBeNull();
  });

  test('is refused by a service: nothing was undone', async () => {
    const { undo, answer } = await begin({ undo: { method: 'DELETE' } });
    answer((_, response) => {
      response.writeHead(403).end();
      return true;
    });
    expect(await undo(null)).toMatchObject({ done: false, effect: 'none' });
  });

  test.each([
    ['a secret', '{"value":"hunter2-secret"}', /a secret in its body/],
    ['too much', JSON.stringify('x'.repeat(70_000)), /at most 65536 are kept/],
  ])('keeps no body with %s: the step does not begin', async (_, body, short) => {
    const { ctx, input, answer } = await begin(restoring);
    answer((_request, response) => {
      response.end(body);
      return true;
    });
    await expect(thrown.prepare!(ctx, input)).rejects.toThrow(short);
  });

  test('of a read that failed, nothing begins', async () => {
    const { ctx, input, answer, writes } = await begin(restoring);
    answer((_request, response) => {
      response.writeHead(404).end();
      return true;
    });
    await expect(thrown.prepare!(ctx, input)).rejects.toThrow(/the read before: expected 200, got 404/);
    expect(writes()).toEqual([]);
  });
});

describe('the dry run', () => {
  test('asks the reads, and sends nothing', async () => {
    const { ctx, input, writes } = await begin({ before: {} });
    const findings = await thrown.check(ctx, input);
    expect(findings.map(({ level }) => level)).toEqual(['verified', 'verified', 'unchecked']);
    expect(writes()).toEqual([]);
  });

  test('of a probe that says that it has happened already is a problem', async () => {
    const { ctx, input } = await begin({ probe: { done: { json: { '/value': 'old' } } } });
    const findings = await thrown.check(ctx, input);
    expect(findings[0]).toMatchObject({ level: 'problem', passing: true });
  });
});

test('body_of_before needs a read before', () => {
  const given = { method: 'PUT', url: 'https://a.example/', undo: { method: 'PUT', body_of_before: '' } };
  expect(httpRequest.input.safeParse(given).success).toBe(false);
});
