import { appendFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { acts as thrown } from '../../../steps/log-scan/acts.ts';
import { LineSplitter, longestLine } from '../../../steps/log-scan/line-splitter.ts';
import { Matcher } from '../../../steps/log-scan/matcher.ts';
import { type LogScanOutput, logScan } from '../../../steps/log-scan/step.ts';
import { Tally } from '../../../steps/log-scan/tally.ts';
import { actContext } from '../../support/act-context.ts';
import { useLab } from '../../support/lab.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { type Place, usePlace, useVps } from '../../support/place.ts';

const acts = withOutcomes(thrown);

const lab = await useLab();

const begin = async (given: Record<string, unknown> = {}, place?: Place) => {
  const { dir, shell } = place ?? (await usePlace());
  const path = join(dir, 'access.log');
  await writeFile(path, 'old 500\n');
  const ctx = actContext({ clients: { shell }, secrets: { token: 'hunter2' } });
  const scan = async (more: Record<string, unknown>) => {
    const input = logScan.input.parse({ paths: [path], ...given, ...more });
    return acts.run(ctx, input, await acts.prepare!(ctx, input));
  };
  const output = async (more: Record<string, unknown>): Promise<LogScanOutput> => {
    const outcome = await scan(more);
    if (!outcome.done) throw new Error(outcome.short);
    return outcome.output;
  };
  /** What came since the last call, or since the mark. */
  let since = (await output({ mark: true })).positions;
  const next = async (more: Record<string, unknown> = {}) => {
    const found = await output({ since, ...more });
    // As an expression gives it to a later step.
    since = JSON.parse(JSON.stringify(found.positions)) as typeof since;
    return found;
  };
  return { path, ctx, scan, output, next, marked: since };
};

describe.each(['local', 'ssh'])('log.scan, %s', (where) => {
  test('counts what came since a mark, and leaves a half line to the next scan', async () => {
    const place = where === 'local' ? await usePlace() : await useVps(lab);
    const { path, next } = await begin({ count: { errors: ' 5\\d\\d$', logins: '^login ' } }, place);
    expect(await next()).toMatchObject({ lines: 0, counts: { errors: 0, logins: 0 }, rotated: false });
    await appendFile(path, 'login 200\nlogin 503\r\nlogin 5');
    expect(await next()).toMatchObject({
      lines: 2,
      counts: { errors: 1, logins: 2 },
      samples: ['login 200', 'login 503'],
    });
    await appendFile(path, '00\n');
    expect(await next()).toMatchObject({ lines: 1, counts: { errors: 1 }, samples: ['login 500'] });
    expect(await next()).toMatchObject({ lines: 0 });
  });
});

describe('log.scan', () => {
  test('a half line at the mark belongs to what comes after it', async () => {
    const { path, output, next } = await begin({ count: { all: '.' } });
    await appendFile(path, 'half');
    const { positions } = await output({ mark: true });
    expect(positions[path]?.offset).toBe('old 500\n'.length);
    await appendFile(path, ' done\n');
    expect((await next({ since: positions })).samples).toEqual(['half done']);
  });

  test('watches for as long as it is told, from the beginning of the step', async () => {
    const { path, scan } = await begin();
    const startedAt = Date.now();
    const watching = scan({ for: '2500ms', fail_on: ['boom'], count: { all: '.' } });
    setTimeout(() => void appendFile(path, 'fine\nboom here\n'), 300);
    // Long before the end: on a busy machine a timer is late.
    setTimeout(() => void appendFile(path, 'fine\n'), 800);
    const outcome = await watching;
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(2_490);
    expect(outcome).toMatchObject({
      done: false,
      effect: 'none',
      retryable: true,
      short: '1 line of 3 must not be there: boom here',
    });
  });

  test('an allowed line does not fail, and is not among the matches', async () => {
    const { path, next, scan, marked, ctx } = await begin();
    await appendFile(path, 'GET /healthz 500\nPOST /login 500 hunter2\n');
    const judge = { since: marked, fail_on: [' 500'], allow: ['healthz'], count: { all: '.' } };
    expect(await scan(judge)).toMatchObject({
      done: false,
      short: '1 line of 2 must not be there: POST /login 500 ***',
    });
    expect(ctx.logged()).toBe('POST /login 500 ***\n');
    expect(await next({ ...judge, allow: ['healthz', '/login'] })).toMatchObject({
      matches: 0,
      lines: 2,
      samples: [],
    });
  });

  test.each([
    ['GET /auth/recovery?token_hash=pkce_4f2a&type=recovery HTTP/1.1" 500', '?token_hash=***&type=recovery'],
    ['GET /auth/v1/verify?type=recovery&token=4f2a9b HTTP/1.1" 500', '&token=*** HTTP'],
    ['POST /cb "https://x.test/#access_token=eyJh.bG&refresh_token=v1x" 500', '&refresh_token=***"'],
    ['{"password":"hunter2","level":"error 500"}', '{"password":"***","level"'],
  ])('a sample holds no key to an account: %s', async (line, shown) => {
    const tally = new Tally(logScan.input.parse({ paths: ['/x'], for: '1s', fail_on: ['500'] }), (s) => s);
    tally.add(line);
    tally.flush();
    expect(tally.totals.samples[0]).toContain(shown);
    expect(tally.totals.samples.join()).not.toMatch(/4f2a|eyJh|v1x|hunter2/);
  });

  test('samples are masked, stripped of control characters and cut', async () => {
    const { path, next } = await begin({ count: { all: '.' }, max_lines: 2 });
    await appendFile(path, `\x1b[31mhunter2\n${'x'.repeat(230)}hunter2 and more\nthird\n`);
    const { samples, lines } = await next();
    expect(lines).toBe(3);
    expect(samples[0]).toBe('\u{FFFD}[31m***');
    expect(samples[1]).toHaveLength(240);
    expect(samples.join()).not.toContain('hun');
    expect(samples).toHaveLength(2);
  });

  test('follows a rotation: the rest of the old file, then the new one', async () => {
    const { path, next } = await begin({ count: { all: '.' } });
    await appendFile(path, 'before\n');
    await rename(path, `${path}.1`);
    // Not made yet, and the writer still has the old one open.
    expect(await next()).toMatchObject({ samples: ['before'], rotated: true });
    await appendFile(`${path}.1`, 'late\n');
    await writeFile(path, 'after\n');
    expect(await next()).toMatchObject({ samples: ['late', 'after'], rotated: true });
    await appendFile(path, 'on\n');
    expect(await next()).toMatchObject({ samples: ['on'], rotated: false });
  });

  test('a missing file is an error unless it is optional; then it is read from its beginning', async () => {
    const { path, scan, output } = await begin({ count: { all: '.' } });
    const missing = join(path, '../later.log');
    const paths = [path, missing];
    await expect(output({ paths, for: '1ms' })).rejects.toThrow(/later.log is not there on local/);
    expect(await scan({ paths: ['/etc'], since: {} })).toMatchObject({
      done: false,
      short: /no regular file/,
    });
    const { positions } = await output({ paths, optional: true, mark: true });
    expect(positions[missing]).toMatchObject({ inode: '', offset: 0 });
    await writeFile(missing, 'first\n');
    expect(await output({ paths, optional: true, since: positions })).toMatchObject({ samples: ['first'] });
    const input = logScan.input.parse({ paths: [missing, '/no/such'], mark: true });
    const ctx = actContext({ clients: { shell: (await usePlace()).shell } });
    expect(await acts.check(ctx, input)).toMatchObject([
      { level: 'verified' },
      { level: 'problem', what: /not there/, remedy: /optional: true/, passing: true },
    ]);
  });

  test('a pattern that would backtrack for hours is ended, and named', async () => {
    const { path, scan, marked } = await begin();
    await appendFile(path, `${'a'.repeat(5000)}!\nfine\n`);
    const startedAt = Date.now();
    expect(await scan({ since: marked, fail_on: ['fine', '^(a+)+$'] })).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
      short: /\^\(a\+\)\+\$/,
    });
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  });

  test('needs no memory for a big file, and none for a line that does not end', async () => {
    const { path, next } = await begin({ count: { long: 'x{10}', short: '^short$' } });
    const chunk = `${'x'.repeat(1_000_000)}\n${'short\n'.repeat(20_000)}`;
    for (let i = 0; i < 40; i += 1) await appendFile(path, chunk);
    const before = process.memoryUsage().rss;
    expect((await next()).counts).toEqual({ long: 40, short: 800_000 });
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });

  test('an invalid pattern, a scan of nothing and a mark that scans are refused at load', () => {
    const refused = (given: Record<string, unknown>) =>
      logScan.input.safeParse({ paths: ['/l'], ...given }).error?.message;
    expect(refused({ for: '1s', fail_on: ['('] })).toMatch(/Unterminated group/);
    expect(refused({ for: '1s', count: { x: '[' } })).toMatch(/Not a regular expression/);
    expect(refused({})).toMatch(/nothing to read/);
    expect(refused({ mark: true, for: '1s' })).toMatch(/belong to a scan/);
  });

  test('is stopped by the signal while it watches', async () => {
    const { path } = await begin();
    const control = new AbortController();
    const ctx = actContext({ clients: { shell: (await usePlace()).shell }, signal: control.signal });
    const input = logScan.input.parse({ paths: [path], for: '1h' });
    const before = await acts.prepare!(ctx, input);
    setTimeout(() => control.abort('stop'), 200);
    await expect(acts.run(ctx, input, before)).rejects.toBe('stop');
  });
});

test('lines come out whole, however the bytes arrive', () => {
  const text = 'é one\r\n\ntwo 🎯\nrest';
  const bytes = Buffer.from(text);
  for (const size of [1, 2, 3, 7, 100]) {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    for (let i = 0; i < bytes.length; i += size) splitter.push(bytes.subarray(i, i + size));
    expect(lines).toEqual(['é one', '', 'two 🎯']);
    expect(splitter.consumed).toBe(bytes.length - 4);
  }
});

test('a line is judged as a whole, and refused where it is too long for that', () => {
  const long: string[] = [];
  const splitter = new LineSplitter((line) => long.push(line));
  splitter.push(Buffer.from(`${'x'.repeat(longestLine)}\ny\n`));
  expect(long.map((line) => line.length)).toEqual([longestLine, 1]);
  expect(splitter.consumed).toBe(longestLine + 3);
  expect(() => splitter.push(Buffer.alloc(longestLine + 1, 'x'))).toThrow('a line is longer than 1 MiB');
});

test('the hole that a writer leaves behind in a file that was cut short is no part of its line', () => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (let i = 0; i < 3; i += 1) splitter.push(Buffer.alloc(longestLine));
  splitter.push(Buffer.from('one\ntwo\n'));
  expect(lines).toEqual(['one', 'two']);
  expect(splitter.consumed).toBe(3 * longestLine + 8);
});

test('a matcher goes on after a pattern was too slow', () => {
  const matcher = new Matcher(['^(a+)+$']);
  expect(() => matcher.match([`${'a'.repeat(40)}!`])).toThrow('takes more than 2 s on a line');
  expect(matcher.match(['aaa', 'b'])).toEqual([[true], [false]]);
});
