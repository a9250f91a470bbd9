import { expect, test } from 'vitest';
import { clean, escaped, jsonText, marked } from '../../engine/text.ts';

const hostile = [
  ['an escape sequence', 'a\u001b[2Jb', 'ab'],
  ['OSC 52', 'a\u001b]52;c;aGk=\u0007b', 'ab'],
  ['a sequence cut by an unseen character', 'a\u001b\u200b[2Jb', 'a[2Jb'],
  ['C1', 'a\u009b2Jb', 'ab'],
  ['bidi', 'a\u202eb\u2066c\u200f\u061cd', 'abcd'],
  ['zero width', 'a\u200bb\u2060c\ufeffd\u200d', 'abcd'],
  ['line ends that are none', 'a\u2028b\u2029c', 'a b c'],
  ['tags', 'a\u{e0041}b', 'ab'],
  ['a carriage return', 'a\rb', 'ab'],
] as const;

test.each(hostile)('%s is not shown', (_, text, shown) => {
  expect(clean(text)).toBe(shown);
});

test.each(hostile)('%s is in JSON as an escape of the same value', (_, text) => {
  expect(JSON.parse(jsonText({ [text]: text }))).toEqual({ [text]: text });
  expect(jsonText(text)).toMatch(/^[ -~]*$/);
});

test.each(hostile)('%s is in a log as visible text', (_, text) => {
  expect(escaped(text)).toMatch(/^[ -~\r]*$/);
});

test('plain text stays as it is', () => {
  const text = 'tab\tnewline\nü 日本 👍 é';
  expect([clean(text), escaped(text), marked(text)]).toEqual([text, text, text]);
});

test('a marked line is as long as it was', () => {
  expect(marked('a\u001b\u202eb')).toBe('a\ufffd\ufffdb');
});
