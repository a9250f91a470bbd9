import { describe, expect, test } from 'vitest';
import { applyFixes } from '../../../engine/lint/apply-fixes.ts';
import { codesAt, linted } from './linted.ts';

const pushed = (comment: string, line = 'run: [git, push, --force]') => `steps:
  - id: a
    type: command
    with:
      ${line}${comment}
      effects: read`;

describe('a comment with its reason hides the remark', () => {
  test.each([
    [' # runbook-ignore RB720: the mirror is ours'],
    ['   #runbook-ignore RB720 RB729 : the mirror is ours'],
    [' # runbook-ignore RB729, RB720: the mirror is ours'],
  ])('on its line: %s', async (comment) => {
    const line = 'run: "git push --force; curl https://a.example/"';
    const all = comment.includes('RB729') ? [] : ['RB729 5:31'];
    expect(await codesAt(pushed(comment, line))).toEqual(all);
  });

  test('on the line above, also above another comment', async () => {
    expect(
      await codesAt(`steps:
  - id: a
    type: command
    with:
      # runbook-ignore RB720: the mirror is ours
      # and nobody else pushes to it
      run: [git, push, --force]
      effects: read`),
    ).toEqual([]);
  });

  test('inside a script, where it is a comment of the shell', async () => {
    expect(
      await codesAt(`steps:
  - id: a
    type: command
    with:
      run: |
        # runbook-ignore RB720: the mirror is ours
        git push --force
      effects: read`),
    ).toEqual([]);
  });
});

describe('a comment that does nothing is a remark itself', () => {
  const messages = async (text: string) => (await linted(text)).remarks.map((r) => `${r.code} ${r.message}`);

  test('without a reason it hides nothing', async () => {
    expect(await messages(pushed(' # runbook-ignore RB720'))).toEqual([
      'RB720 A forced push removes what others have pushed since the last fetch',
      'RB700 The comment hides nothing without a reason',
    ]);
    expect(await codesAt(pushed(' # runbook-ignore RB720:  '))).toEqual(['RB720 5:24', 'RB700 5:33']);
  });

  test('without a code', async () => {
    expect(await messages(pushed(' # runbook-ignore: it is fine', 'run: [git, log]'))).toEqual([
      'RB700 The comment names no rule to ignore',
    ]);
  });

  test('with a code that no rule has', async () => {
    const { remarks } = await linted(pushed(' # runbook-ignore RB799: it is fine', 'run: [git, log]'));
    expect(remarks.map(({ message, remedy }) => [message, remedy])).toEqual([
      ['There is no lint rule RB799', expect.stringMatching(/^Did you mean RB7\d\d\?$/)],
    ]);
  });

  test('where there is nothing to hide', async () => {
    expect(await messages(pushed(' # runbook-ignore RB720: it is fine', 'run: [git, log]'))).toEqual([
      'RB700 The comment hides nothing: RB720 has nothing to say about line 7',
    ]);
  });

  test('one of two codes: only that one', async () => {
    expect(await messages(pushed(' # runbook-ignore RB720 RB729: it is fine'))).toEqual([
      'RB700 The comment hides nothing: RB729 has nothing to say about line 7',
    ]);
  });

  test('of a rule that is off, nothing can be said', async () => {
    const { remarks } = await linted(pushed(' # runbook-ignore RB720: it is fine'), {
      levels: { RB720: 'off' },
    });
    expect(remarks).toEqual([]);
  });
});

describe('the fix removes the comment and nothing else', () => {
  const fixed = async (text: string) => {
    const { fixes } = await linted(text);
    const head = 'version: 1\nname: example\n';
    return applyFixes(`${head}${text}\n`, fixes).slice(head.length, -1);
  };

  test('at the end of a line', async () => {
    const text = pushed('   # runbook-ignore RB720: it is fine', 'run: [git, log]');
    expect(await fixed(text)).toBe(pushed('', 'run: [git, log]'));
  });

  test('on a line of its own', async () => {
    const text = (comment: string) => `steps:
  # the first
${comment}  - id: a
    type: command
    with: { run: [git, log], effects: read }`;
    expect(await fixed(text('  # runbook-ignore RB720: it is fine\n'))).toBe(text(''));
  });

  test('a comment of which one code is needed stays', async () => {
    const text = pushed(' # runbook-ignore RB720 RB729: it is fine');
    expect(await fixed(text)).toBe(text);
  });
});
