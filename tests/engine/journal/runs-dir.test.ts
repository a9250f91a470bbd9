import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { checkOwnDir } from '../../../engine/journal/runs-dir.ts';
import { diagnosed, told } from './diagnosed.ts';
import { newRun } from './new-run.ts';
import { test } from './temp-dir.ts';

const isRoot = process.getuid?.() === 0;

describe('an unusable runs directory is reported before anything starts', () => {
  test('read-only, by a mount in a private namespace: root ignores the mode', ({ dir }) => {
    const script = `exec ${isRoot ? 'unshare -m' : 'unshare -rm'} sh -ec '
      mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"
      exec "$NODE" "$CHILD" "$1/runs"' sh "$1"`;
    const child = join(import.meta.dirname, 'children', 'create-run.ts');
    const env = { ...process.env, NODE: process.execPath, CHILD: child };
    const text = execFileSync('sh', ['-ec', script, 'sh', dir], { encoding: 'utf8', env });
    expect(text.replaceAll(dir, 'DIR')).toMatchInlineSnapshot(`
      "RB420 (exit 4) Cannot keep runs in DIR/runs: read-only file system (EROFS)
      Make it a directory that you can write to, or give another one with --runs-dir"
    `);
  });

  test('not a directory, itself or a part of its path', ({ dir }) => {
    writeFileSync(join(dir, 'file'), '');
    const texts = [join(dir, 'file'), join(dir, 'file', 'runs')].map((path) =>
      told(diagnosed(() => newRun(path))),
    );
    expect(texts.join('\n').replaceAll(dir, 'DIR')).toMatchInlineSnapshot(`
      "RB420 (exit 4) Cannot keep runs in DIR/file: it is not a directory
      Make it a directory that you can write to, or give another one with --runs-dir
      RB420 (exit 4) Cannot keep runs in DIR/file/runs: not a directory (ENOTDIR)
      Make it a directory that you can write to, or give another one with --runs-dir"
    `);
  });

  test('writable by a group', ({ dir }) => {
    const { path } = newRun(join(dir, 'runs'));
    chmodSync(path, 0o770);
    expect(diagnosed(() => checkOwnDir(path))).toEqual({ code: 'RB422', data: { path, mode: '770' } });
  });

  test('writable by anyone; sticky is fine', ({ dir }) => {
    const runs = join(dir, 'runs');
    mkdirSync(runs);
    chmodSync(runs, 0o777);
    expect(told(diagnosed(() => newRun(runs))).replaceAll(dir, 'DIR')).toMatchInlineSnapshot(`
      "RB422 (exit 4) Others on this machine can change DIR/runs (mode 777)
      chmod go-w DIR/runs"
    `);
    chmodSync(runs, 0o1777);
    expect(newRun(runs).path.startsWith(runs)).toBe(true);
  });
});

test('a directory of another user is refused; one of root is trusted', ({ dir }) => {
  const runs = join(dir, 'runs');
  mkdirSync(runs);
  const me = process.getuid?.() ?? 0;
  expect(checkOwnDir('/', me + 1)).toBeUndefined();
  if (isRoot) chownSync(runs, 65534, 65534);
  const owner = isRoot ? 65534 : me;
  expect(diagnosed(() => checkOwnDir(runs, 4242))).toEqual({
    code: 'RB421',
    data: { path: runs, owner, user: 4242 },
  });
});
