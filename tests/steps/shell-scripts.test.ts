/**
 * Every shell script in the code, as it is sent to a place: taken by the shells that a place may have, and looked at by
 * shellcheck. The tools are Debian's packages, as the lab's servers are: the `shellcheck` of npm downloads its program
 * from GitHub when it is first called, which not every machine reaches.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { providePackages } from '../../docker/native/debs.ts';
import { openLabRoot } from '../../docker/native/place.ts';
import { scriptsRun, shellScripts } from '../support/shell-scripts.ts';

/** Rules that are off for all scripts, each with its reason. */
const off: Readonly<Record<string, string>> = {
  SC1007: '`CDPATH= cd` and `living= pids=` are meant: an empty value',
  SC2012: '`ls -A | head -n 1` asks only whether a folder is empty',
  SC2015: '`a && b || die` is meant: die where either of the two fails',
  SC2016: 'a script within a script, and an identifier of SQL, stand in single quotes',
  SC2034: 'a part of a script sets what another part reads',
  SC2043: 'a list that the code fills in is one word here',
  SC2046: 'words of a line of numbers are meant to be split',
  SC2086: 'as SC2046: the fields of /proc/PID/stat, a list of process ids, the words of a command',
  SC2154: 'a part of a script reads what another part sets',
  SC2317: 'a script has whole parts in it, and not every function of them is called',
  SC3044: '`complete` is a function of ours',
};

const scripts = shellScripts();

const packages = await providePackages(openLabRoot(), ['dash', 'busybox-static', 'shellcheck']);
const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', ...packages.env };

const dir = mkdtempSync(join(tmpdir(), 'runbook-scripts-'));
afterAll(() => rmSync(dir, { recursive: true }));

const complaints = (argv: readonly [string, ...string[]], input?: string): string => {
  const [program, ...args] = argv;
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: dir,
    env,
    input,
    encoding: 'utf8',
  });
  return status === 0 ? '' : `${stdout}${stderr}${error ?? ''}` || `exit ${status}`;
};

test('all of them are found: whatever is run at a place is among them', () => {
  const found = new Set(scripts.map(({ name }) => name));
  expect(scriptsRun().filter((name) => !found.has(name))).toEqual([]);
  expect(found).toContain('steps/_work/script.ts: prelude');
  expect(found).toContain('steps/_work/supervisor/scripts.ts: superviseHere');
  expect(found).toContain('steps/_kits/files/install.ts: script');
  expect(found.size).toBeGreaterThan(50);
});

test.each([
  ['dash', [packages.bin('bin/dash'), '-n']],
  ['busybox', [packages.bin('bin/busybox'), 'sh', '-n']],
] as const)('%s parses each', (_, shell) => {
  expect(complaints([...shell], 'if true; then')).not.toBe('');
  for (const { name, text } of scripts) expect(complaints([...shell], text), name).toBe('');
});

test('shellcheck has nothing to say', { timeout: 120_000 }, () => {
  const shellcheck = [packages.bin('usr/bin/shellcheck'), '-s', 'sh', '-f', 'gcc'] as const;
  const rules = ['-e', Object.keys(off).join()];
  expect(complaints([...shellcheck, ...rules, '-'], 'read x; echo "$((x"\n')).not.toBe('');
  mkdirSync(join(dir, 'all'));
  const files = scripts.map(({ name, text }) => {
    const file = join('all', name.replaceAll(/[^\w.]+/g, '_'));
    writeFileSync(join(dir, file), `${text.trim()}\n`);
    return file;
  });
  expect(complaints([...shellcheck, ...rules, ...files])).toBe('');
  // A rule that is off for nothing hides what comes next.
  const said = complaints([...shellcheck, ...files]);
  expect(Object.keys(off).filter((rule) => !said.includes(rule))).toEqual([]);
});
