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

describe('a rotation', () => {
  test.each([
    ['app-2026-11-30.log', 'app-2026-11-29.log'],
    ['app-2026-12.log', 'app-2026-11.log'],
    ['app.20261130.log', 'app.20261129.log.gz'],
    ['app-30-11-2026.log', 'app-29-11-2026.log'],
    ['app-2026-11-30T10.log', 'app-2026-11-30T09.log'],
    ['app-2026-11-30_10-00-00.log', 'app-2026-11-30_09-00-00.log'],
    ['app_2026113010.log', 'app_2026113009.log'],
    ['app.1764316800.log', 'app.1764313200.log'],
    ['web1-2026-11-30.log', 'web1-2026-11-29.log'],
  ])('of %s is %s', (real, name) => {
    expect(familyOf(`/var/log/${real}`, filesOf([name]))).toMatchObject([{ order: 'dates' }]);
  });

  test.each([
    ['api-v2.log', 'api-v1.log'],
    ['app-out-1.log', 'app-out-0.log'],
    ['web2.log', 'web1.log'],
    ['puma_3001.log', 'puma_3000.log'],
    ['puma_3001.log', 'puma_3000.log.gz'],
    ['web2-2026-11-30.log', 'web1-2026-11-29.log'],
    ['app-1-2026-11-30.log', 'app-0-2026-11-29.log'],
    ['10.0.0.2.log', '10.0.0.1.log'],
  ])('of %s is not %s, which is another log', (real, name) => {
    expect(familyOf(`/var/log/${real}`, filesOf([name]))).toEqual([]);
  });
});
