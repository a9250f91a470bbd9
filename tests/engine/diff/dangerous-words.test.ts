import { expect, test } from 'vitest';
import { dangerousWords } from '../../../engine/diff/dangerous-words.ts';

test.each([
  ['npx prisma db push', 'npx prisma db push --accept-data-loss', '"--accept-data-loss" was added'],
  ['git push', 'git push --force', '"--force" was added'],
  ['git push', 'git push --force-with-lease', '"--force-with-lease" was added'],
  ['git push origin', 'git push -f origin', 'was added'],
  ['git commit', 'git commit --no-verify', '"--no-verify" was added'],
  ['rm a', 'rm -rf a', 'was added: it destroys'],
  ['rm a', 'rm -r -f a', 'was added: it destroys'],
  ['SELECT 1', 'SELECT 1; DROP TABLE users', '"DROP TABLE" was added'],
  ['SELECT 1', 'truncate users', '"truncate" was added'],
  ['migrate', 'migrate --skip-checks', '"--skip-checks" was added'],
  ['a', 'a || true', '"|| true" was added: a failure would no longer be noticed'],
  ['a', 'a 2>/dev/null', '"2>/dev/null" was added'],
  ['a', 'a > /dev/null 2>&1', 'was added'],
  ['curl https://x', 'curl -k https://x', 'it trusts any server that answers'],
  ['DELETE FROM t WHERE a = 1', 'DELETE FROM t', 'was added: it destroys'],
  ['set -euo pipefail\na', 'a', 'was removed: a failure would no longer be noticed'],
  ['mysqldump --single-transaction x', 'mysqldump x', '"--single-transaction" was removed'],
  ['UPDATE t SET a = 1 WHERE b', 'UPDATE t SET a = 1', '"WHERE" was removed'],
  ['rm -rf a', 'rm -rf a; rm -rf b', 'was added'],
])('from %s to %s', (before, after, says) => {
  expect(dangerousWords(before, after)).toContain(says);
});

test.each([
  ['a', 'b'],
  ['npm ci', 'npm ci --no-audit --no-fund'],
  ['rm -rf a', 'rm -rf  a'],
  ['a || true', 'a'],
  ['echo dropped', 'echo truncated'],
  ['SELECT 1 FROM t', 'SELECT 1 FROM t WHERE a'],
])('from %s to %s: nothing', (before, after) => {
  expect(dangerousWords(before, after)).toBeNull();
});
