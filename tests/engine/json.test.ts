import { describe, expect, test } from 'vitest';
import { jsonFault, maxJsonDepth, parseForeignJson } from '../../engine/json.ts';

describe('JSON of others', () => {
  test.each([
    ['{"id":1,"at":[1.5,-0.1,1e3,null,true,"x"]}', { id: 1, at: [1.5, -0.1, 1000, null, true, 'x'] }],
    ['[9007199254740991,-9007199254740991]', [9007199254740991, -9007199254740991]],
    ['{"order":9007199254740993}', { order: '9007199254740993' }],
    ['[9007199254740992,-9007199254740993]', ['9007199254740992', '-9007199254740993']],
    ['[1e400,-1e400,9007199254740993.5]', ['1e400', '-1e400', '9007199254740993.5']],
    ['[4503599627370497.75,12345678901234567e1]', ['4503599627370497.75', '12345678901234567e1']],
    // A magnitude, no identity.
    ['[1.5e300,1e22,1e-400]', [1.5e300, 1e22, 0]],
    ['"[[[ \\\\\\" {{"', '[[[ \\" {{'],
  ])('%s', (text, value) => {
    expect(parseForeignJson(text)).toEqual(value);
  });

  test.each([
    ['', 'it is not JSON'],
    ['{"a":secret}', 'it is not JSON'],
    ['{"a":{"__proto__":{"admin":true}}}', 'it has a key "__proto__"'],
    ['['.repeat(2_000) + ']'.repeat(2_000), `it is nested deeper than ${maxJsonDepth} levels`],
    ['{"a":'.repeat(1_000_000), `it is nested deeper than ${maxJsonDepth} levels`],
  ])('%.30s is refused', (text, why) => {
    expect(() => parseForeignJson(text)).toThrow(expect.objectContaining({ message: why }));
  });

  test('as deep as is taken', () => {
    const text = '['.repeat(maxJsonDepth) + ']'.repeat(maxJsonDepth);
    expect(JSON.stringify(parseForeignJson(text))).toBe(text);
  });
});

test('a value that may not be journaled is found, however deep', () => {
  expect(jsonFault({ a: [1, { b: 'c' }] })).toBe(null);
  expect(jsonFault(JSON.parse('{"a":[{"__proto__":1}]}'))).toBe('has a key "__proto__"');
  expect(jsonFault(JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)))).toBe(
    `is nested deeper than ${maxJsonDepth} levels`,
  );
});
