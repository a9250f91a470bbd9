/** What a listing of git's tree has: files, and paths that lead elsewhere. */
import { expect, test } from 'vitest';
import { filesIn, leadsElsewhere } from '../../../../engine/cli/versions/git.ts';

const oid = 'a'.repeat(40);
const listed = [
  `100644 blob ${oid}      12\ta.yaml`,
  `120000 blob ${oid}       9\tb.yaml`,
  `160000 commit ${oid}       -\tvendor`,
].join('\0');

test('files are read, links and submodules are known by their path', () => {
  const { files, links } = filesIn(`${listed}\0`);
  expect([...files]).toEqual([['a.yaml', { oid, bytes: 12 }]]);
  expect([...links]).toEqual(['b.yaml', 'vendor']);
});

test('a path leads elsewhere if it or its folder does', () => {
  const tree = filesIn(listed);
  expect(
    ['a.yaml', 'b.yaml', 'vendor/x/c.yaml', 'vendor2/c.yaml'].map((p) => leadsElsewhere(p, tree)),
  ).toEqual([false, true, true, false]);
});
