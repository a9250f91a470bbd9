import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { test } from './temp-dir.ts';

const child = join(import.meta.dirname, 'children', 'fill-disk.ts');

/** `$NODE` and `$CHILD` in the script. */
const sh = (script: string, args: readonly string[]) =>
  JSON.parse(
    execFileSync('sh', ['-ec', script, 'sh', ...args], {
      encoding: 'utf8',
      env: { ...process.env, NODE: process.execPath, CHILD: child },
    }),
  );

// Root owns its mount namespace; anybody else gets one by way of a user namespace.
const unshare = process.getuid?.() === 0 ? 'unshare -m' : 'unshare -rm';

test('ENOSPC on a small tmpfs in a private mount namespace loses nothing that was acknowledged', ({
  dir,
}) => {
  const disk = join(dir, 'disk');
  mkdirSync(disk);
  const told = sh(
    `exec ${unshare} sh -ec '
      mount -t tmpfs -o size=64k,mode=700 none "$1"
      head -c 16384 /dev/zero > "$1/filler"
      exec "$NODE" "$CHILD" "$1/journal.jsonl" "$1/filler"' sh "$1"`,
    [disk],
  );
  expect(told).toEqual({
    refused: 'RB401',
    again: 'RB401',
    lost: 0,
    endsInNewline: true,
    tornBytes: 0,
    afterwards: 'no error',
  });
});

test('EFBIG by RLIMIT_FSIZE, for any user, is reported as a full disk and loses nothing', ({ dir }) => {
  const told = sh('ulimit -f 20; exec "$NODE" "$CHILD" "$1"', [join(dir, 'journal.jsonl')]);
  expect(told).toEqual({
    refused: 'RB401',
    again: 'RB401',
    lost: 0,
    endsInNewline: true,
    tornBytes: 0,
    // The limit still stands.
    afterwards: 'RB401',
  });
});
