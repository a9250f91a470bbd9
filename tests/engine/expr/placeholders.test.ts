import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitPlaceholders } from '../../../engine/expr/placeholders.ts';

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

test('loses nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', ' ', '${{', '}}', '{', '}', '"', "'", '$')), (parts) => {
      const text = parts.join('');
      const split = splitPlaceholders(text);
      if (!split.ok) return;
      for (const s of split.segments)
        if (s.kind === 'expr') expect(text.slice(s.start, s.start + s.expr.length)).toBe(s.expr);
      const rest = split.segments.filter((s) => s.kind === 'text').map((s) => s.text);
      expect(rest.join('')).not.toContain('${{');
    }),
  );
});
