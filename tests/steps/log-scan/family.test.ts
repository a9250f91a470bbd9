/** Which files a rotation made, and in which order. */
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { familyOf, youngerThan } from '../../../steps/log-scan/family.ts';
import type { FoundFile } from '../../../steps/log-scan/files.ts';

/** Oldest first, by the time of their last change. */
const filesOf = (names: readonly string[]): readonly FoundFile[] =>
  names.map((name, i) => ({
    path: `/var/log/${name}`,
    device: '1',
    inode: String(i + 1),
    size: 10,
    changed: 1_000 + i,
    born: 0,
  }));

/** What came after the first file and before the current one. */
const after = (real: string, names: readonly string[]): readonly string[] | string => {
  const family = familyOf(`/var/log/${real}`, filesOf(names));
  const first = family.find(({ file }) => file.path === `/var/log/${names[0]}`);
  if (!first) return 'no member';
  const younger = youngerThan(first, family, `/var/log/${real}`);
  return typeof younger === 'string' ? younger : younger.map(({ path }) => basename(path));
};

describe('the order of files that were put aside', () => {
  test.each([
    ['app.log', ['app.log.3', 'app.log.2.gz', 'app.log.1']],
    ['app.log', ['app.log-20260131', 'app.log-20260201']],
    ['app.log', ['app.log.2026-01-01.1', 'app.log.2026-01-01.2', 'app.log.2026-01-02.1']],
    ['app-2026-02-02.log', ['app-2026-01-31.log', 'app-2026-02-01.log']],
  ])('of %s is known: %j', (real, names) => {
    expect(after(real, names)).toEqual(names.slice(1));
  });

  test.each([
    ['app.log', ['app.log.31-01-2026', 'app.log.01-02-2026']],
    ['app.log', ['app.log.30-01-2026', 'app.log.31-01-2026', 'app.log.01-02-2026']],
    ['app.log', ['app.log.2026-01-01.2', 'app.log.2026-01-01.1']],
    ['app.log', ['app.log.2026-01-01', 'app.log.2026-01-01.1']],
    ['app.log', ['app.log.1', 'app.log.2', 'app.log.3']],
    ['app.log', ['app.log-20260131', 'app.log-20260202', 'app.log-20260201']],
    ['app-01-02-2026.log', ['app-30-01-2026.log', 'app-31-01-2026.log']],
  ])('of %s is not known where the names do not rise: %j', (real, names) => {
    expect(after(real, names)).toMatch(/^its order is not known: the name of /);
  });
});
