import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createMasker } from '../../../engine/run/mask.ts';
import { maskVariants } from '../../../engine/run/mask-variants.ts';
import { fc } from '../../support/property.ts';

const secret = "p@ss w'rd/€42";

const armed = (...secrets: string[]) => {
  const masker = createMasker();
  for (const s of secrets) masker.arm(s);
  return masker;
};

describe('a secret is masked', () => {
  test.each([
    ['as it is', secret],
    ['URL-encoded', encodeURIComponent(secret)],
    ['form-encoded', new URLSearchParams({ p: secret }).toString().slice(2)],
    ['base64', Buffer.from(secret).toString('base64')],
    ['base64 behind one byte', Buffer.from(`:${secret}`).toString('base64')],
    ['base64 behind two bytes', Buffer.from(`a:${secret}:`).toString('base64')],
    ['base64url', Buffer.from(`u:${secret}`).toString('base64url')],
    ['hex', Buffer.from(secret).toString('hex')],
    ['shell-quoted', `'${secret.replaceAll("'", "'\\''")}'`],
    ['JSON', JSON.stringify(secret)],
  ])('%s', (_, form) => {
    const masked = armed(secret).mask(`before ${form} after`);
    expect(masked).toMatch(/^before .*\*\*\*.* after$/);
    for (const piece of [form.slice(1, 13), form.slice(-13, -2)]) expect(masked).not.toContain(piece);
  });

  test.each([64, 200_000])('of 100 KiB in lines of %i', (columns) => {
    const blocks = Array.from({ length: 1_600 }, (_, i) =>
      createHash('sha512').update(`${i}`).digest('base64'),
    );
    const long = (blocks.join('').match(new RegExp(`.{1,${Math.min(columns, 60_000)}}`, 'g')) ?? []).join(
      '\n',
    );
    const masker = armed(long, 'hunter2');
    expect(masker.mask(`x ${long} y hunter2 z ${Buffer.from(long).toString('hex')}`)).toBe(
      'x *** y *** z ***',
    );
  });

  test('line by line, where it has several', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\n9w0BAQEFAASCBKcwggSj\n-----END KEY-----\n';
    expect(armed(key).mask('read 9w0BAQEFAASCBKcwggSj from it')).toBe('read *** from it');
  });

  test.each([76, 64])('base64 of a long one, broken into lines of %i', (columns) => {
    const long = 'q7Zk'.repeat(40);
    const lines =
      Buffer.from(`${long}\n`)
        .toString('base64')
        .match(new RegExp(`.{1,${columns}}`, 'g')) ?? [];
    const masked = armed(long).mask(lines.join('\n')).split('\n');
    expect(masked.slice(0, -1)).toEqual(lines.slice(0, -1).map(() => '***'));
    expect(masked.at(-1)).toMatch(/^\*\*\*.{0,3}$/);
  });

  test('the longer of two that overlap', () => {
    expect(armed('hunter2', 'hunter2-and-more').mask('x hunter2-and-more y')).toBe('x *** y');
  });
});

test('no chunking leaks: a stream says what masking the whole says', () => {
  const secrets = fc.array(
    fc.string({ minLength: 4, maxLength: 12, unit: fc.constantFrom('a', 'b', "'", '/') }),
    {
      minLength: 1,
      maxLength: 3,
    },
  );
  const text = fc.tuple(
    secrets,
    fc.array(fc.oneof(fc.nat(3), fc.string({ unit: fc.constantFrom('a', 'b', "'", '/', ' ') }))),
  );
  fc.assert(
    fc.property(text, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), ([values, parts], sizes) => {
      const masker = armed(...values);
      const whole = parts.map((p) => (typeof p === 'number' ? (values[p] ?? '') : p)).join('');
      const stream = masker.stream();
      let said = '';
      for (let rest = whole; rest !== ''; ) {
        const size = sizes.next().value as number;
        said += stream.write(rest.slice(0, size));
        rest = rest.slice(size);
      }
      said += stream.end();
      expect(said).toBe(masker.mask(whole));
      for (const value of values) expect(said).not.toContain(value);
    }),
    { numRuns: 2_000 },
  );
});

/** The slow and obvious way: every character that belongs to any form, wherever it starts, is covered. */
const coveredByHand = (text: string, values: readonly string[]): string => {
  const owner = new Array<boolean>(text.length).fill(false);
  const joins = new Array<boolean>(text.length).fill(false);
  for (const form of values.flatMap((v) => [...maskVariants(v)])) {
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
      owner.fill(true, at, at + form.length);
      joins.fill(true, at + 1, at + form.length);
    }
  }
  return [...text].map((c, i) => (owner[i] ? (joins[i] ? '' : '***') : c)).join('');
};

test('secrets that overlap leave nothing of each other', () => {
  expect(armed('abcdef', 'defghi').mask('x abcdefghi y')).toBe('x *** y');
  const word = fc.string({ minLength: 4, maxLength: 7, unit: fc.constantFrom('a', 'b') });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), fc.array(word), (values, words) => {
      const text = words.join(' ') + words.join('');
      expect(armed(...values).mask(text)).toBe(coveredByHand(text, values));
    }),
  );
});

test('what cannot be the beginning of a secret is not held back', () => {
  const stream = armed('s3cr3t').stream();
  expect(stream.write('progress 50 %\n')).toBe('progress 50 %\n');
  expect(stream.write('s3c')).toBe('');
  expect(stream.write('ond\n')).toBe('s3cond\n');
});

test('a form that is too short to differ from other text is not masked', () => {
  expect([...maskVariants('ab')]).not.toContain(Buffer.from('ab').toString('hex'));
});
