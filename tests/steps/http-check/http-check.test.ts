import { readFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { valueAt } from '../../../steps/_kits/json-pointer.ts';
import { localShell } from '../../../steps/_targets/local/local-shell.ts';
import { acts as thrown } from '../../../steps/http-check/acts.ts';
import { httpCheck } from '../../../steps/http-check/step.ts';
import { actContext } from '../../support/act-context.ts';
import { withOutcomes } from '../../support/outcomes.ts';

const acts = withOutcomes(thrown);

const tlsDir = new URL('../../support/loopback-tls/', import.meta.url).pathname;
const credentials = { key: readFileSync(`${tlsDir}key.pem`), cert: readFileSync(`${tlsDir}cert.pem`) };

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  onTestFinished(() => new Promise((down) => server.close(() => down())));
  return (server.address() as AddressInfo).port;
};

const serve = async (listener: RequestListener) => `http://127.0.0.1:${await listen(createHttp(listener))}`;

const context = (signal?: AbortSignal) =>
  actContext({
    clients: { shell: localShell() },
    secrets: { smoke: 'let-me-in-42' },
    runbookDir: tlsDir,
    ...(signal && { signal }),
  });

const check = (given: Record<string, unknown>, ctx = context()) =>
  acts.run(ctx, httpCheck.input.parse(given), null);

describe('http.check', () => {
  test('says what answered, from where and at which address', async () => {
    const url = await serve((_, response) => response.setHeader('server', 'lab').end('hello'));
    const outcome = await check({ url, body_contains: ['ell'], max_ms: 5_000 });
    expect(outcome).toMatchObject({
      done: true,
      output: {
        status: 200,
        from: 'local',
        address: url.slice('http://'.length),
        peer_certificate_sha256: null,
        bytes: 5,
        headers: { server: 'lab' },
      },
    });
    expect(httpCheck.output.parse((outcome as { output: unknown }).output)).toBeTruthy();
  });

  test('of a secret that a body echoes, nothing is left where the line is cut', async () => {
    const url = await serve((request, response) =>
      response.writeHead(400).end(`${'x'.repeat(110)}${request.headers['x-smoke']}`),
    );
    const headers = { 'x-smoke': { secret: [{ name: 'smoke' }] } };
    const outcome = await check({ url, headers });
    expect(outcome).toMatchObject({ short: expect.stringContaining(`: ${'x'.repeat(110)}***`) });
  });

  test('a mismatch names what was expected, what came, from whom, and the first line of the body', async () => {
    const url = await serve((_, response) => response.writeHead(502).end('<h1>Bad gateway</h1>\nmore'));
    const outcome = await check({ url, status: [200, 503], body_contains: ['Journal'] });
    expect(outcome).toEqual({
      done: false,
      effect: 'none',
      retryable: true,
      short: `expected 200 or 503, got 502; the body does not contain "Journal" from ${new URL(url).host} (asked from local): <h1>Bad gateway</h1>`,
    });
  });

  test('sends method, body and a secret header', async () => {
    const url = await serve(async (request, response) => {
      const body = await text(request);
      response.end(JSON.stringify([request.method, request.headers['x-smoke'], body]));
    });
    const headers = { 'x-smoke': { secret: [{ name: 'smoke' }] } };
    const json = { '/0': 'POST', '/1': 'let-me-in-42', '/2': 'a=1' };
    expect(await check({ url, method: 'POST', headers, body: 'a=1', json })).toMatchObject({ done: true });
    expect(httpCheck.preview(httpCheck.input.parse({ url, headers }))).not.toContain('let-me-in-42');
  });

  test('compares JSON values by pointer', async () => {
    const url = await serve((_, response) => response.end('{"db":{"ok":false},"a/b":[1,2]}'));
    expect(await check({ url, json: { '/a~1b/1': 2 } })).toMatchObject({ done: true });
    expect(await check({ url, json: { '/db/ok': true, '/gone': 1 } })).toMatchObject({
      done: false,
      short: expect.stringMatching(
        /^expected true at \/db\/ok, got false; expected 1 at \/gone, got nothing/,
      ),
    });
    expect(valueAt({ a: 1 }, '/constructor')).toBeUndefined();
    expect(valueAt({ a: 1 }, '')).toEqual({ a: 1 });
  });

  test('verifies TLS by the name in the URL, also at an overridden address', async () => {
    const server = createHttps(credentials, (_, response) => response.end('secure'));
    const resolve = `127.0.0.1:${await listen(server)}`;
    const url = 'https://journal.test/';
    expect(await check({ url, resolve })).toMatchObject({
      done: false,
      short: expect.stringMatching(/self.signed/),
    });
    expect(await check({ url: 'https://other.test/', resolve, ca_file: 'cert.pem' })).toMatchObject({
      done: false,
      short: expect.stringContaining('altnames'),
    });
    expect(await check({ url, resolve, ca_file: 'cert.pem' })).toMatchObject({
      done: true,
      output: { address: resolve, peer_certificate_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(await check({ url: 'https://127.0.0.1/', resolve, ca_file: 'cert.pem' })).toMatchObject({
      done: false,
    });
  });

  test('follows redirects only when told to, and never to another origin', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/') return response.writeHead(302, { location: '/login' }).end();
      if (request.url === '/away')
        return response.writeHead(302, { location: 'http://elsewhere.test/' }).end();
      return response.end('login');
    });
    expect(await check({ url, status: 302 })).toMatchObject({ done: true });
    expect(await check({ url, follow_redirects: true, body_contains: ['login'] })).toMatchObject({
      done: true,
    });
    expect(await check({ url: `${url}/away`, follow_redirects: true })).toMatchObject({
      done: false,
      short: expect.stringContaining('got 302'),
    });
  });

  test('a redirect that is not followed is told with where it leads, without its query', async () => {
    const url = await serve((request, response) =>
      response
        .writeHead(302, { location: request.url === '/loop' ? '/loop' : 'http://elsewhere.test/x?token=abc' })
        .end(),
    );
    expect(await check({ url })).toMatchObject({
      short: /got 302 to http:\/\/elsewhere\.test\/x\?\.\.\. from/,
    });
    expect(await check({ url, follow_redirects: true })).toMatchObject({
      short: /got 302 to http:\/\/elsewhere\.test\/x\?\.\.\., another origin, which is not followed/,
    });
    expect(await check({ url: `${url}/loop`, follow_redirects: true })).toMatchObject({
      short: /got 302 to .*\/loop, after five redirects/,
    });
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const)('a body that comes as %s is decompressed', async (encoding, compress) => {
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(compress('{"ok":true}')),
    );
    expect(await check({ url, body_contains: ['ok'], json: { '/ok': true } })).toMatchObject({
      done: true,
      output: { bytes: 11 },
    });
    expect(await check({ url, method: 'HEAD' })).toMatchObject({ done: true });
  });

  test('of a body that cannot be decompressed nothing is said but that', async () => {
    const broken = gzipSync('x'.repeat(10_000)).subarray(0, 20);
    const url = await serve((request, response) =>
      response.writeHead(200, { 'content-encoding': request.url === '/odd' ? 'odd' : 'gzip' }).end(broken),
    );
    const open = { done: false, noAnswer: true };
    expect(await check({ url, body_contains: ['x'] })).toMatchObject({
      ...open,
      short: /cannot be decoded as gzip/,
    });
    expect(await check({ url: `${url}/odd`, json: { '': 1 } })).toMatchObject({
      ...open,
      short: /encoded as odd/,
    });
    expect(await check({ url })).toMatchObject({ done: true });
  });

  test('text and JSON beyond the first MiB are found, and beyond what is read nothing is said of them', async () => {
    const padding = 'x'.repeat(2 * 1024 * 1024);
    const document = JSON.stringify({ padding, ok: true });
    const long = await serve((_, response) => response.end(document));
    expect(await check({ url: long, body_contains: ['"ok":true'], json: { '/ok': true } })).toMatchObject({
      done: true,
    });
    const endless = await serve((_, response) => response.end(`${padding.repeat(9)}end`));
    const outcome = await check({ url: endless, body_contains: ['end'], json: { '/ok': true } });
    expect(outcome).toMatchObject({ done: false, noAnswer: true, short: /only its first 16 MiB/ });
    expect(await check({ url: endless, body_contains: ['xxx'] })).toMatchObject({
      done: true,
      output: { bytes: 9 * padding.length + 3 },
    });
    expect(await check({ url: endless, status: 503, body_contains: ['end'] })).not.toHaveProperty('noAnswer');
  });

  test('a body is read in its own characters', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/bom') return response.end('\uFEFF{"ok":true}');
      const latin = request.url === '/latin' ? 'iso-8859-1' : 'x-unheard-of';
      return response
        .writeHead(200, { 'content-type': `text/html; charset=${latin}` })
        .end(Buffer.from('Grüße', 'latin1'));
    });
    expect(await check({ url: `${url}/bom`, json: { '/ok': true } })).toMatchObject({ done: true });
    expect(await check({ url: `${url}/latin`, body_contains: ['Grüße'] })).toMatchObject({ done: true });
    expect(await check({ url, body_contains: ['Grüße'] })).toMatchObject({ done: false, noAnswer: true });
  });

  test('a body that drips is too slow, and not a time-out', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200).write('drip');
      const drip = setInterval(() => response.write('drip'), 20);
      response.once('close', () => clearInterval(drip));
    });
    expect(await check({ url, max_ms: 300 })).toMatchObject({
      done: false,
      retryable: true,
      short: /^status 200 and \d+ bytes, but no end of the body, within 300 ms from/,
    });
  });

  test('nobody listening is a failed check that may be tried again', async () => {
    const port = await listen(createTcp());
    const closed = createTcp();
    const gone = await new Promise<number>((done) =>
      closed.listen(0, '127.0.0.1', () => {
        const { port: free } = closed.address() as AddressInfo;
        closed.close(() => done(free));
      }),
    );
    expect(gone).not.toBe(port);
    expect(await check({ url: `http://127.0.0.1:${gone}/` })).toMatchObject({
      done: false,
      effect: 'none',
      retryable: true,
      short: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('ends with the signal when the server never answers', async () => {
    const abort = new AbortController();
    const sockets: { destroy(): void }[] = [];
    const port = await listen(
      createTcp((socket) => {
        sockets.push(socket.on('error', () => undefined));
        abort.abort('timeout');
      }),
    );
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    await expect(check({ url: `http://127.0.0.1:${port}/` }, context(abort.signal))).rejects.toBe('timeout');
  });

  test('a password in the URL is refused', () => {
    expect(httpCheck.input.safeParse({ url: 'https://me:pw@journal.test/' }).success).toBe(false);
    expect(httpCheck.input.safeParse({ url: 'ftp://journal.test/' }).success).toBe(false);
  });
});
