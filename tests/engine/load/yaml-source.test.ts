import { expect, test } from 'vitest';
import { parseYaml } from '../../../engine/load/parse-yaml.ts';
import { Problems } from '../../../engine/load/problems.ts';
import { fc } from '../../support/property.ts';

const parse = (text: string) => {
  const problems = new Problems();
  const { source } = parseYaml(text, 'f.yaml', problems);
  problems.throwIfAny();
  return source;
};

test('points at keys and values', () => {
  const source = parse('a:\n  - b: one\n    c: two\n');
  expect(source.key(['a', 0, 'c'])).toMatchObject({ line: 3, col: 5, length: 1, sourceLine: '    c: two' });
  expect(source.value(['a', 0, 'c'])).toMatchObject({ line: 3, col: 8, length: 3 });
});

test('points at the nearest thing above what is missing', () => {
  const source = parse('a:\n  with: { b: 1 }\n');
  expect(source.key(['a', 'with', 'nope', 'deeper'])).toMatchObject({ line: 2, col: 3, length: 4 });
});

test.each([
  ['plain', 'a: x ${{ vars.y }} z\n', 1, 10],
  ['double quotes', 'a: "x ${{ vars.y }} z"\n', 1, 11],
  ['escapes before it', 'a: "x \\n\\u00e9 ${{ vars.y }} z"\n', 1, 20],
  ['a block', 'a: |\n  first\n  x ${{ vars.y }} z\n', 3, 9],
  ['the second of two', 'a: "${{ vars.q }} ${{ vars.y }} z"\n', 1, 23],
])('finds a part of an expression in %s', (_, text, line, col) => {
  const source = parse(text);
  const value = String((source.root as unknown as { toJSON(): { a: string } }).toJSON().a);
  const start = value.indexOf('vars.y');
  const at = source.within(['a'], { start, end: start + 6, open: value.lastIndexOf('${{') });
  expect(at).toMatchObject({ line, col, length: 6 });
});

test('falls back to the mark where folding moved the text', () => {
  const source = parse('a: >\n  x ${{ vars\n  .y }}\n');
  expect(source.within(['a'], { start: 6, end: 13, open: 2 })).toMatchObject({ line: 2, col: 5, length: 3 });
});

test('every position is inside of its line', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 8 })),
      fc.nat(80),
      fc.nat(80),
      (lines, a, b) => {
        const source = parse(`x: 1\n${lines.map((l) => `# ${l}`).join('\n')}\n`);
        const p = source.positionOf(Math.min(a, b), Math.max(a, b));
        expect(p.line).toBeGreaterThanOrEqual(1);
        expect(p.length).toBeGreaterThanOrEqual(1);
        expect(p.col).toBeLessThanOrEqual(p.sourceLine.length + 1);
      },
    ),
  );
});

test.each([
  ['a block', 'a: |\n  one\n    two three\n', 3, 9],
  ['folded', 'a: >-\n  one\n  two three\n', 3, 7],
  ['double quotes with escapes', 'a: "\\"one\\" two three"\n', 1, 17],
  ['the second of two', 'a: |\n  three\n  three\n', 3, 3],
])('finds a part of a text in %s', (_, text, line, col) => {
  const source = parse(text);
  const value = String((source.root as unknown as { toJSON(): { a: string } }).toJSON().a);
  const start = value.lastIndexOf('three');
  expect(source.within(['a'], { start, end: start + 5, open: null })).toMatchObject({ line, col, length: 5 });
});
