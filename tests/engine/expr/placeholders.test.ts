import { expect, test } from 'vitest';
import { splitPlaceholders } from '../../../engine/expr/placeholders.ts';
import { fc } from '../../support/property.ts';

test('splits text and expressions, with offsets into the text', () => {
  expect(splitPlaceholders('a ${{  vars.x }}b${{y}}')).toEqual({
    ok: true,
    segments: [
      { kind: 'text', text: 'a ' },
      { kind: 'expr', expr: 'vars.x', start: 7, open: 2 },
      { kind: 'text', text: 'b' },
      { kind: 'expr', expr: 'y', start: 20, open: 17 },
    ],
  });
});

test.each(['${{ "}}" }}', "${{ 'it\\'s }}' }}", "${{ {'a': {'b': 1}} }}"])('%s is one expression', (text) => {
  expect(splitPlaceholders(text)).toMatchObject({
    ok: true,
    segments: [{ kind: 'expr', expr: text.slice(4, -3) }],
  });
});

test.each([
  ['x ${{ vars.y', 2],
  ['${{ a }} ${{ "}}', 9],
  ['${{ { }}', 0],
])('%s is not closed', (text, open) => {
  expect(splitPlaceholders(text)).toEqual({ ok: false, open });
});

test('loses nothing: texts and expressions are the whole text, in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', ' ', '${{', '}}', '{', '}', '"', "'", '$')), (parts) => {
      const text = parts.join('');
      const split = splitPlaceholders(text);
      if (!split.ok) return;
      let at = 0;
      for (const s of split.segments) {
        if (s.kind === 'text') {
          // What stands before and after an expression may make a mark together, but no text holds one.
          expect(s.text).not.toContain('${{');
          expect(text.startsWith(s.text, at)).toBe(true);
          at += s.text.length;
        } else {
          expect(s.open).toBe(at);
          expect(text.slice(s.start, s.start + s.expr.length)).toBe(s.expr);
          at = text.indexOf('}}', s.start + s.expr.length) + '}}'.length;
          expect(text.slice(s.start + s.expr.length, at).trim()).toBe('}}');
        }
      }
      expect(at).toBe(text.length);
    }),
  );
});
