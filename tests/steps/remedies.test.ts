/** A remedy never gives more rights than the step needs. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const files = execFileSync('git', ['ls-files', 'engine/*.ts', 'steps/*.ts'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  // Lint rules name what they warn of.
  .filter((file) => file !== '' && !file.startsWith('engine/lint/rules/'));

const wide = [
  /Grant (write|read)? ?access to [$/]/,
  /remedy: 'Grant it'/,
  /chmod (-R |a\+|0?777|0?666)/,
  /\bSUPER ON \*\.\*|ALL PRIVILEGES ON \*\.\*|GRANT ALL ON \*/,
  /StrictHostKeyChecking[ =]no/,
];

test.each(wide)('nothing says %s', (pattern) => {
  expect(files.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});
