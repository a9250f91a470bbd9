/** Every code of the catalogue has a page: the shape of its message, without the data of a case. */
import { expect, test } from 'vitest';
import { catalogue } from '../../../engine/diagnostics/index.ts';
import { diagnosticPage } from '../../../engine/diagnostics/page.ts';

const codes = Object.keys(catalogue) as (keyof typeof catalogue)[];
const pages = codes.map((code) => ({ code, ...diagnosticPage(code) }));

test('none shows what a program would', () => {
  const wrong = pages.filter(({ help }) => /undefined|NaN|null|\[object|function|=>/.test(help));
  expect(wrong).toEqual([]);
});

test('each names its message and how it ends', () => {
  expect(pages.filter(({ title }) => title === 'The message names the case').map(({ code }) => code)).toEqual(
    [],
  );
  expect(pages.filter(({ help }) => !/\(exit [1-4]\)\.$/.test(help)).map(({ code }) => code)).toEqual([]);
});

test('a message as an example', () => {
  expect(diagnosticPage('RB224').help).toMatchInlineSnapshot(`
    "# RB224

    "<step>" writes before the point of no return, and <type> cannot undo itself.

    What to do: Give it \`rollback: { undo: [...] }\`, or say why no undo is possible: \`rollback: { undo: { none: "..." } }\`.

    Nothing was started (exit 2)."
  `);
  expect(diagnosticPage('RB201').help).toMatchInlineSnapshot(`
    "# RB201

    Unknown key "<key>" in <where>.

    What to do: Did you mean "<near>"?  Allowed: <allowed>.

    Nothing was started (exit 2)."
  `);
});
