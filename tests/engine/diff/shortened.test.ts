/** A long value pushes nothing out of a comment, and its difference stays in sight. */
import { expect, test } from 'vitest';
import type { Change } from '../../../engine/diff/change.ts';
import { diffMarkdown } from '../../../engine/diff/markdown.ts';
import { shortenedChange } from '../../../engine/diff/shortened.ts';

const change = (over: Partial<Change>): Change => ({
  kind: 'input',
  danger: 'high',
  step: 'a',
  what: 'with.body',
  before: null,
  after: null,
  reason: 'x',
  ...over,
});
const long = 'w'.repeat(200_000);

test('the difference at the end of two long values is shown', () => {
  const { before, after } = shortenedChange(change({ before: `${long} old`, after: `${long} new` }));
  expect(before).toMatch(/^…w{99,101} old$/);
  expect(after).toMatch(/new$/);
});

test('short values stay as they are', () => {
  const { before, after } = shortenedChange(change({ before: 'a', after: 'b' }));
  expect([before, after]).toEqual(['a', 'b']);
});

test('a comment with one huge value has every other change', () => {
  const changes = [change({ after: long, reason: long }), change({ step: 'b', after: 'small' })];
  const content = diffMarkdown({
    base: 'main',
    head: 'x',
    runbooks: [{ file: 'r.yaml', before: null, after: null, changes, times: null, answers: [], notes: [] }],
  });
  expect(content).toContain('small');
  expect(content).not.toContain('left out');
});
