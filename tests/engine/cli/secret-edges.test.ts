/** Whole runs of the real command line, where a secret's text is somewhere else than in the secret. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runbookHere as runbook, workDir } from './command-line.ts';

const yaml = `version: 1
name: small
vars:
  folder: { type: string, required: true }
  note: { type: string, default: none }
secrets:
  db: { env: DB_PASSWORD }
steps:
  - id: where
    name: Ask where the release is
    type: command
    with: { run: "printf %s \\"$FOLDER\\"/live", env: { FOLDER: "\${{ vars.folder }}" }, effects: read }
    rollback: { undo: { none: it only looks } }
  - id: page
    name: Put the page up
    type: file.write
    with: { path: "\${{ steps['where'].output.stdout }}/page.txt", content: closed }
  - id: clear
    name: Clear the old release
    type: command
    with: { run: [rm, -rf, "\${{ steps['where'].output.stdout }}"], effects: write }
    rollback: { undo: { none: it is gone } }
`;

const night = (password: string) => {
  const cwd = workDir();
  writeFileSync(join(cwd, 'small.yaml'), yaml);
  const folder = join(cwd, 'trading');
  mkdirSync(join(folder, 'live'), { recursive: true });
  // What the masked path names.
  mkdirSync(join(cwd, '***', 'live'), { recursive: true });
  const env = { HOME: cwd, XDG_STATE_HOME: join(cwd, 'state'), DB_PASSWORD: password };
  const cli = (...args: string[]) => runbook(args, { cwd, env });
  return {
    cwd,
    folder,
    cli,
    exec: (...args: string[]) => cli('exec', 'small.yaml', '--var', `folder=${folder}`, ...args),
  };
};

test('a masked path is never written to or removed; the run reports why', async () => {
  // Given in a file: a --var with the value in it is refused.
  const { cwd, cli, folder } = night('trading');
  writeFileSync(join(cwd, 'vars.yaml'), `folder: ${folder}\n`);
  const { code, stderr, stdout } = await cli('exec', 'small.yaml', '--vars', 'vars.yaml');
  expect({ code, stdout }).toMatchObject({ code: 1 });
  expect(stderr).toContain('RB529  The value of secret "db" is also in the plan, at vars.folder');
  expect(stderr).toContain('masking changed /stdout in the output of step "where"');
  expect(stderr).toContain('give it as a var, or choose another value for the secret');
  expect(readdirSync(join(cwd, '***', 'live'))).toEqual([]);
  expect(readdirSync(join(folder, 'live'))).toEqual([]);

  const skipped = await cli('resume', '--skip', 'page', '--reason', 'trading is the password');
  expect(skipped.code).toBe(1);
  expect(existsSync(join(cwd, '***', 'live'))).toBe(true);
  expect(existsSync(join(folder, 'live'))).toBe(true);
  expect(skipped.stderr).toContain('it is recorded as ***');
  const [id = ''] = readdirSync(join(cwd, '.runbook', 'runs'));
  const journal = readFileSync(join(cwd, '.runbook', 'runs', id, 'journal.jsonl'), 'utf8');
  expect(journal).not.toContain('trading is the password');
  expect(journal).toContain('*** is the password');
});

test('a --var with a secret in it is refused before there is a run', async () => {
  const { cwd, exec } = night('correct-horse-battery');
  const { code, stderr, stdout } = await exec('--var', 'note=login: correct-horse-battery');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('RB530  --var note contains the value of secret "db"');
  expect(stderr).not.toContain('correct-horse-battery');
  expect(existsSync(join(cwd, '.runbook'))).toBe(false);
});

test('a short secret is reported, and the run continues; the dry run has a finding', async () => {
  const { exec } = night('zq7#k');
  const dry = await exec('--dry-run');
  expect(dry.stderr).toMatch(/secrets\n {2}unchecked {2}Secret "db" has only 5 characters/);
  const { code, stderr } = await exec();
  expect(code).toBe(0);
  expect(stderr).toContain('RB528  Secret "db" has only 5 characters');
});
