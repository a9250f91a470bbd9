import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ActLogs } from '../../../engine/run/act-log.ts';
import { createMasking } from '../../../engine/run/masking.ts';

const open = (...secrets: string[]) => {
  const dir = mkdtempSync(join(tmpdir(), 'runbook-log-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const masking = createMasking(new Map(secrets.map((secret, i) => [`s${i}`, secret])));
  const logs = new ActLogs(dir);
  const lines: string[] = [];
  const log = logs.open('s/do/0', 1, 0, masking.stream, (line) => lines.push(line));
  const finish = () => {
    log.end();
    return readFileSync(logs.path('s'), 'utf8');
  };
  return { dir, log, lines, finish };
};

test('a secret is found although the other stream spoke between its halves, within a character too', () => {
  const secret = 'pässwörd-42';
  const bytes = Buffer.from(secret);
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const { log, finish } = open(secret);
    log.write(bytes.subarray(0, cut), 'stdout');
    log.write('warning\n', 'stderr');
    log.write(bytes.subarray(cut), 'stdout');
    const text = finish();
    expect(text).toBe('--- s/do/0#1 1970-01-01T00:00:00.000Z\nwarning\n***');
  }
});

test('a line without an end is shown in pieces as it comes, and so is a long one', () => {
  const { log, lines, finish } = open();
  for (let i = 0; i < 10; i += 1) log.write('x'.repeat(65_536));
  expect(lines).toHaveLength((10 * 65_536) / 4096 - 1);
  log.write(`\n${'y'.repeat(10_000)}\n\nz`);
  expect(finish()).toHaveLength(38 + 10 * 65_536 + 10_004);
  expect(lines.slice(-6).map((line) => line.length)).toEqual([4096, 4096, 4096, 1808, 0, 1]);
});

test('an act that says nothing leaves no file', () => {
  const { dir, log } = open();
  log.end();
  expect(existsSync(join(dir, 's.log'))).toBe(false);
});

test('a log that cannot be written is reported once, and the act continues', () => {
  const { dir, log, lines } = open();
  mkdirSync(join(dir, 's.log'));
  log.write('one\n');
  log.write('two\n');
  log.end();
  expect(lines).toEqual([
    expect.stringMatching(/^\[the log of this step cannot be written: .*EISDIR/),
    'one',
    'two',
  ]);
});

test('a log acts on no terminal: what would is escaped, plain text and progress stay', () => {
  const { log, lines, finish } = open('s3cret-value');
  log.write('plain\tü 日本\n10%\r20%\r\n');
  log.write('\u001b[31mred\u001b[0m \u001b]52;c;aGk=\u0007 \u009b2J \u202eabc\u200b\u2028 s3cret-');
  log.write('value\u0008');
  expect(finish().split('\n').slice(1).join('\n')).toBe(
    'plain\tü 日本\n10%\r20%\r\n' +
      '\\x1b[31mred\\x1b[0m \\x1b]52;c;aGk=\\x07 \\x9b2J \\u202eabc\\u200b\\u2028 ***\\x08',
  );
  expect(lines[0]).toBe('plain\tü 日本');
});

test('a secret that a part left out has cut in two is shown on neither side', () => {
  const secret = 'one-long-secret-word';
  for (let cut = 1; cut < secret.length; cut += 1) {
    const { log, finish } = open(secret);
    log.write(`before ${secret.slice(0, cut)}`, 'stdout');
    log.write('[9.0 MB of stdout were not copied]\n', 'note');
    // What stands before that which follows: the masker sees it, nobody else does.
    log.write(`unseen ${secret.slice(0, cut)}`, 'stdout', false);
    log.write(`${secret.slice(cut)} after\n`, 'stdout');
    const text = finish();
    expect(text.split('\n').slice(1).join('\n')).toBe(
      'before [9.0 MB of stdout were not copied]\n*** after\n',
    );
  }
});
