import { describe, expect, test } from 'vitest';
import { code, list, md, table, text } from '../../../engine/report/markdown.ts';

describe('text reads as it was written', () => {
  test.each([
    ['two\nlines\r\nand\ta tab', 'two lines and a tab'],
    ['# no heading', '\\# no heading'],
    ['- no list', '\\- no list'],
    ['1. no list', '1\\. no list'],
    ['0.1.0', '0.1.0'],
    ['===', '\\==='],
    ['> no quote', '&gt; no quote'],
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['<!-- /runbook:x -->', '&lt;!-- /runbook:x --&gt;'],
    ['a | b', 'a &#124; b'],
    ['&lt;', '&amp;lt;'],
    ['*bold* _it_ ~~gone~~ `code` $x$', '\\*bold\\* \\_it\\_ \\~\\~gone\\~\\~ \\`code\\` \\$x\\$'],
    ['snake_case_id', 'snake_case_id'],
    ['[click](http://x)', '\\[click\\](http\\://x)'],
    ['![pixel](http://x/p.png)', '!\\[pixel\\](http\\://x/p.png)'],
    ['see www.x.example or a@x.example', 'see www\\.x.example or a\\@x.example'],
    ['ops@laptop', 'ops@laptop'],
    ['back\\slash', 'back\\\\slash'],
    ['\u001b[31mred\u001b[0m\u0007', 'red'],
    ['good \u202edab', 'good dab'],
    ['  spaces   around  ', 'spaces around'],
  ])('%j', (raw, expected) => {
    expect(text(raw)).toBe(expected);
  });
});

describe('code ends where its text ends', () => {
  test.each([
    ['a | b', '`a | b`'],
    ['tick ` tick', '``tick ` tick``'],
    ['``', '``` `` ```'],
    ['`x', '`` `x ``'],
    ['two\nlines', '`two lines`'],
    ['', ''],
  ])('%j', (raw, expected) => {
    expect(code(raw)).toBe(expected);
  });
});

test('a template escapes nothing twice, and only markup goes in', () => {
  expect(md`**${text('a*b')}** of ${code('x')} ${3}`).toBe('**a\\*b** of `x` 3');
  // @ts-expect-error a plain string is not escaped
  md`${'*'}`;
});

test('a table keeps its columns whatever is in the cells', () => {
  const rows = [[text('a | b'), code('c | d')]];
  expect(table([text('One'), text('Two')], rows, [1])).toEqual([
    '| One | Two |',
    '| --- | ---: |',
    '| a &#124; b | `c \\| d` |',
  ]);
});

test('a list item cannot open a list of its own', () => {
  expect(list([text('- x'), text('2) y')])).toEqual(['- \\- x', '- 2\\) y']);
});
