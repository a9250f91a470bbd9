/** A sample of a log shows why it was taken, and opens no account. */
import { expect, test } from 'vitest';
import { logScan } from '../../../steps/log-scan/step.ts';
import { Tally } from '../../../steps/log-scan/tally.ts';

const sampleOf = (line: string): string | undefined => {
  const tally = new Tally(logScan.input.parse({ paths: ['/x'], for: '1s', fail_on: ['.'] }), (s) => s);
  tally.add(line);
  tally.flush();
  return tally.totals.samples[0];
};

test.each([
  ['POST /oauth?client_secret=s3cr-et&x=1 500', 'POST /oauth?client_secret=***&x=1 500'],
  ['db_password=s3cr,et failed', 'db_password=*** failed'],
  ['DB_PASSWORD=s3cret', 'DB_PASSWORD=***'],
  ['config.passwd: s3cret', 'config.passwd: ***'],
  ['x-api-key: s3cret 500', 'x-api-key: *** 500'],
  ['Authorization: Bearer s3.cr-et 500', 'Authorization: Bearer *** 500'],
  ['"authorization":"Basic czNjcmV0","n":1', '"authorization":"Basic ***","n":1'],
  ['authorization: s3cret', 'authorization: ***'],
  ['sent Bearer s3cret.s3cret failed', 'sent Bearer *** failed'],
  ['no answer of postgres://user:s3cr@et@host/app', 'no answer of postgres://user:***@host/app'],
  ['redis://:s3cret@host:6379 500', 'redis://:***@host:6379 500'],
  ['Set-Cookie: session=s3cret; Path=/', 'Set-Cookie: session=***'],
  ['"cookie":"a=s3cret; b=s3cret","level":"error"', '"cookie":"a=***","level":"error"'],
  ['body {\\"token\\":\\"s3cret\\",\\"n\\":1}', 'body {\\"token\\":\\"***\\",\\"n\\":1}'],
  ['{"password":"s3cret and s3cret","n":1}', '{"password":"***","n":1}'],
  ['{"password":"s3\\"cret","n":1}', '{"password":"***","n":1}'],
  ["{ password: 's3cret, s3cret', n: 1 }", "{ password: '***', n: 1 }"],
  ['{"password"=>"s3cret"}', '{"password"=>"***"}'],
  ['GET /cb?code=s3cret&n=1', 'GET /cb?code=***&n=1'],
  ['href="/cb?n=1&amp;code=s3cret"', 'href="/cb?n=1&amp;code=***"'],
])('%s is shown without its key', (line, shown) => {
  expect(sampleOf(line)).toBe(shown);
});

test.each([
  'error code: 500',
  '{"code":"ECONNREFUSED"}',
  'exit code=1',
  'SyntaxError: Unexpected token: <',
  'unexpected token: "x"',
  'FATAL: password authentication failed for user "app"',
  'http://127.0.0.1:3000/users/a@example.org 500',
  'cookie: there is none',
  'the bearer of it',
])('%s is shown as it is', (line) => {
  expect(sampleOf(line)).toBe(line);
});

test.each(['token', '"', '\\', '\\"', 'password="', '://:', 'cookie=a', 'authorization ', '-', 'a'])(
  'a flood of %j does not hold the engine',
  (piece) => {
    const startedAt = performance.now();
    sampleOf(piece.repeat(1_000_000 / piece.length));
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  },
);
