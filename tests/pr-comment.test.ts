/** README's first screen is what `runbook diff` writes now. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { firstScreen, prComment } from '../.build/pr-comment.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

test('the comment in docs and its beginning in README are up to date (npm run docs writes them)', {
  timeout: 120_000,
}, async () => {
  const comment = await prComment();
  expect(read('docs/pr-comment.md')).toBe(comment);
  expect(read('README.md')).toContain(`<!-- pr-comment -->\n${firstScreen(comment)}\n<!-- /pr-comment -->`);
});
