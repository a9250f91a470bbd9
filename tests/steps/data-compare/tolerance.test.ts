import { expect, test } from 'vitest';
import { canonicalJson } from '../../../steps/data-compare/canonical-json.ts';
import { isWithin, toleranceOf } from '../../../steps/data-compare/tolerance.ts';
import { fc } from '../../support/property.ts';

test('a tolerance is a number or a duration, and nothing else', () => {
  expect(toleranceOf('0.01')).toEqual({ of: 'number', digits: 1n, scale: 2 });
  expect(toleranceOf('1.5s')).toEqual({ of: 'instant', micros: 1_500_000n });
  for (const text of ['', '-1', '-1s', 'much', '1e3', '.5']) expect(toleranceOf(text), text).toBeNull();
});

test.each([
  ['0s', 0n],
  ['1d', 86_400_000_000n],
  ['1h30m', 5_400_000_000n],
  ['1m 5s', 65_000_000n],
  ['5ms', 5_000n],
  ['1s500ms', 1_500_000n],
  ['250us', 250n],
  ['250µs', 250n],
  ['0.000001s', 1n],
])('%s is a tolerance of a time', (text, micros) => {
  expect(toleranceOf(text)).toEqual({ of: 'instant', micros });
});

test.each([
  ...['1,5s', '0,5s', '1M', '1S', '0x10s', '1:30s', 'foo 5s', '1s -1s', '3 s per day', '1ns', '1s 1m'],
  ...[
    '5m5m',
    '1.5h',
    '0.0000001s',
    '1_000s',
    '1e3s',
    ' 1s',
    '1s ',
    '1s\n',
    '1 month',
    '1y',
    '1w',
    's',
    'ms',
    '5min',
    '5m s',
  ],
])('%j is no tolerance', (text) => {
  expect(toleranceOf(text)).toBeNull();
});

test('what is as far apart as the tolerance is within it, and one digit more is not', () => {
  const digits = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
  const text = (n: bigint) => {
    const padded = String(n < 0n ? -n : n).padStart(9, '0');
    return `${n < 0n ? '-' : ''}${padded.slice(0, -8)}.${padded.slice(-8)}`;
  };
  fc.assert(
    fc.property(digits, fc.bigInt({ min: 0n, max: 10n ** 10n }), (n, far) => {
      const tolerance = toleranceOf(text(far))!;
      expect(isWithin(tolerance, text(n), text(n + far))).toBe(true);
      expect(isWithin(tolerance, text(n), text(n - far))).toBe(true);
      expect(isWithin(tolerance, text(n), text(n + far + 1n))).toBe(false);
    }),
  );
});

test('an instant that is none is never within a tolerance', () => {
  const hour = toleranceOf('1h')!;
  for (const text of ['infinity', '0000-00-00 00:00:00', '2024-02-30 00:00:00', '20240-01-01 00:00:00'])
    expect(isWithin(hour, text, text), text).toBe(false);
});

test('JSON has one form, whoever wrote it', () => {
  const same = [
    ['{"b":1,"a":2}', ' { "a" : 2.0 , "b" : 10e-1 } '],
    ['[0.000001, -0, 1E+3, 12300]', '[1e-6,0.0,1000,1.23e4]'],
    ['"\\u00e9\\n"', '"é\\n"'],
    ['{"a":1,"a":2}', '{"a":2}'],
  ];
  for (const [a, b] of same) expect(canonicalJson(a!), a).toBe(canonicalJson(b!));
  expect(canonicalJson('123456789012345678901234567890')).toBe('123456789012345678901234567890');
  expect(canonicalJson('{"__proto__":1}')).toBe('{"__proto__":1}');
  expect(canonicalJson('{a:1}')).toBeNull();
});

test('any JSON is the same after it was written anew', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const once = canonicalJson(text);
      expect(once).not.toBeNull();
      expect(canonicalJson(JSON.stringify(JSON.parse(once!)))).toBe(
        canonicalJson(JSON.stringify(JSON.parse(text))),
      );
    }),
  );
});
