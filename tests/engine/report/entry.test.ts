import { describe, expect, test } from 'vitest';
import { insertEntry } from '../../../engine/report/entry.ts';
import { fc } from '../../support/property.ts';

const bytes = (text: string) => Buffer.from(text);

const insert = (file: string | Uint8Array, run = 'r1', entry = '## New\n'): string => {
  const done = insertEntry(typeof file === 'string' ? bytes(file) : file, run, entry);
  if ('broken' in done) throw new Error(`line ${done.broken.line}: ${done.broken.why}`);
  return Buffer.from(done.content).toString('latin1');
};

const framed = (run: string, text: string) => `<!-- runbook:${run} -->\n${text}<!-- /runbook:${run} -->\n`;

test('a file that does not exist, one that has other things in it, one without a last newline', () => {
  expect(insert('')).toBe(framed('r1', '## New\n'));
  expect(insert('# Memory\n')).toBe(`# Memory\n\n${framed('r1', '## New\n')}`);
  expect(insert('# Memory')).toBe(`# Memory\n\n${framed('r1', '## New\n')}`);
});

test('a second call replaces the entry in its place', () => {
  const file = `# Memory\n\n${framed('r0', 'Old.\n')}\n${framed('r1', 'First.\n')}\nAfter.\n`;
  expect(insert(file)).toBe(file.replace('First.\n', '## New\n'));
  expect(insert(insert(file))).toBe(insert(file));
});

test('a file of Windows keeps its line ends', () => {
  const once = insert('# Memory\r\n');
  expect(once).toBe('# Memory\r\n\r\n<!-- runbook:r1 -->\r\n## New\r\n<!-- /runbook:r1 -->\r\n');
  expect(insert(once)).toBe(once);
});

test('every other byte stays, also where it is no UTF-8', () => {
  const before = Buffer.from([0x23, 0xff, 0xfe, 0x0a, 0xc3, 0x28, 0x0a]);
  const file = Buffer.concat([before, bytes(framed('r1', 'x\n')), Buffer.from([0x80, 0x00])]);
  const expected = Buffer.concat([before, bytes(framed('r1', '## New\n')), Buffer.from([0x80, 0x00])]);
  expect(insert(file)).toBe(expected.toString('latin1'));
});

test('a marker within a line is text', () => {
  const file = 'See `<!-- runbook:r1 -->` and | <!-- /runbook:r1 --> |\n';
  expect(insert(file)).toBe(`${file}\n${framed('r1', '## New\n')}`);
});

describe('refuses what a hand broke, and says where', () => {
  test.each([
    ['<!-- runbook:r1 -->\nx\n', 1, 'never closed'],
    ['x\n<!-- /runbook:r1 -->\n', 2, 'was not opened before it'],
    [`${framed('r1', 'a\n')}${framed('r1', 'b\n')}`, 4, 'second entry'],
    ['<!-- runbook:r1 -->\n<!-- runbook:r2 -->\n<!-- /runbook:r1 -->\n', 2, 'is inside'],
    ['<!-- runbook:r2 -->\n<!-- /runbook:r1 -->\n', 2, 'was not opened before it'],
    ['<!-- runbook:r2 -->\nof another run\n', 1, 'never closed'],
  ])('%j', (file, line, why) => {
    const done = insertEntry(bytes(file), 'r1', 'x\n');
    expect(done).toMatchObject({ broken: { line, why: expect.stringContaining(why) } });
  });
});

test('any file: taking the entry out again gives back its bytes, and doing it twice changes nothing', () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom('\n', '\r\n', '# x\n', '<!-- note -->\n'));
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const file = pieces.join('');
      const once = insert(file);
      expect(once.startsWith(bytes(file).toString('latin1'))).toBe(true);
      expect(insert(Buffer.from(once, 'latin1'))).toBe(once);
    }),
  );
});
