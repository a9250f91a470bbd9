/** What somebody who owns the run directory can do to it, and what the next command says about it. */
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Recorded } from '../../../engine/decide/events.ts';
import { createJournal } from '../../../engine/journal/journal.ts';
import { acquireLock } from '../../../engine/journal/lock.ts';
import { readJournal } from '../../../engine/journal/scan.ts';
import { runbookHere as runbook, workDir } from './command-line.ts';

const yaml = `version: 1
name: small
secrets: { token: { env: TOKEN } }
vars:
  folder: { type: string, required: true }
steps:
  - id: smoke
    name: Smoke check
    type: command
    with: { run: [test, -e, "\${{ vars.folder }}/open"], effects: read }
    rollback: { undo: { none: it only looks } }
`;

/** A run that is held for want of a file. */
const heldRun = async () => {
  const cwd = workDir();
  writeFileSync(join(cwd, 'small.yaml'), yaml);
  const env = { HOME: cwd, XDG_STATE_HOME: join(cwd, 'state'), TOKEN: 'correct-horse-battery' };
  const cli = (...args: string[]) => runbook(args, { cwd, env });
  await cli('exec', 'small.yaml', '--var', `folder=${cwd}`);
  const runs = join(cwd, '.runbook', 'runs');
  const [id = ''] = readdirSync(runs);
  const dir = join(runs, id);
  const mend = () => writeFileSync(join(cwd, 'open'), '');
  return { cwd, cli, id, dir, runs, journal: join(dir, 'journal.jsonl'), mend };
};

const events = (journal: string): readonly Recorded[] => readJournal(journal).events;

const accept = ['--accept-copy', '--reason', 'the old machine is gone, it had correct-horse-battery'];

describe('a journal', () => {
  test('cut at a line end is refused by every command, with exit 4', async () => {
    const { cli, journal } = await heldRun();
    const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
    writeFileSync(journal, `${lines.slice(0, -3).join('\n')}\n`);
    for (const args of [['status'], ['report'], ['resume'], ['rollback', '--reason', 'x']]) {
      const { code, stderr } = await cli(...args);
      expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringContaining('RB442') });
    }
    expect((await cli('runs')).stdout).toContain('broken (RB442)');
    expect((await cli('resume', ...accept)).code).toBe(4);
  });

  test('that was rewritten and rehashed is refused', async () => {
    const { cli, journal } = await heldRun();
    const before = events(journal);
    rmSync(journal);
    const forged = createJournal(journal);
    for (const { seq: _, at, ...event } of before) {
      forged.append([event.type === 'run-created' ? { ...event, user: 'nobody' } : event], at);
    }
    forged.close();
    expect(await cli('status')).toMatchObject({ code: 4, stderr: expect.stringContaining('RB442') });
    expect(await cli('resume')).toMatchObject({ code: 4, stderr: expect.stringContaining('RB442') });
  });

  test('says its head, to be noted elsewhere', async () => {
    const { cli, journal } = await heldRun();
    const { head } = JSON.parse((await cli('status', '--json')).stdout);
    const last = readFileSync(journal, 'utf8').trimEnd().split('\n').at(-1) ?? '';
    expect(head).toMatchObject({ seq: events(journal).length, hash: JSON.parse(last).hash });
  });
});

describe('a run directory', () => {
  test('that was copied is refused with the place of the original, until somebody accepts it', async () => {
    const { cli, cwd, runs, dir, mend } = await heldRun();
    const elsewhere = join(cwd, 'elsewhere');
    cpSync(runs, elsewhere, { recursive: true });
    mend();
    const refused = await cli('resume', '--runs-dir', elsewhere);
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('RB443') });
    expect(refused.stderr).toContain(`was made in ${dir}, which still exists`);
    expect(await cli('status', '--runs-dir', elsewhere)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`a copy of the run that was made in ${dir}`),
    });
    expect((await cli('resume', '--runs-dir', elsewhere, '--accept-copy')).stderr).toContain('RB607');

    const engine = acquireLock(dir, { pid: 1, host: 'h', user: 'u', startedAt: 0 });
    expect((await cli('resume', '--runs-dir', elsewhere, ...accept)).stderr).toContain(
      'an engine is running it now',
    );
    engine.release();

    expect(await cli('resume', '--runs-dir', elsewhere, ...accept)).toMatchObject({ code: 0 });
    const copied = join(elsewhere, readdirSync(elsewhere)[0] ?? '');
    expect(events(join(copied, 'journal.jsonl')).find(({ type }) => type === 'run-adopted')).toMatchObject({
      from: dir,
      to: copied,
      reason: 'the old machine is gone, it had ***',
    });
  });

  test('that was moved is the run itself, and is taken up where it is now', async () => {
    const { cli, cwd, runs, mend, dir } = await heldRun();
    renameSync(runs, join(cwd, 'moved'));
    mend();
    const resumed = await cli('resume', '--runs-dir', 'moved');
    expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining(`moved here from ${dir}`) });
    expect((await cli('status', '--runs-dir', 'moved')).stderr).not.toContain('moved here');
  });

  test('of an older engine, which recorded nothing, is recorded with the first session', async () => {
    const { cli, dir, mend } = await heldRun();
    const meta = join(dir, 'meta.json');
    const { recorded: _, ...older } = JSON.parse(readFileSync(meta, 'utf8'));
    writeFileSync(meta, JSON.stringify(older));
    // Its lock was an empty file.
    writeFileSync(join(dir, 'lock'), '');
    expect((await cli('status')).stderr).toBe('');
    expect((await cli('resume')).code).toBe(1);
    mend();
    cpSync(dir, `${dir}-x`, { recursive: true });
    rmSync(dir, { recursive: true });
    renameSync(`${dir}-x`, dir);
    expect(await cli('resume')).toMatchObject({ code: 4, stderr: expect.stringContaining('RB443') });
    expect((await cli('resume', ...accept)).code).toBe(0);
  });
});

describe('a lock database', () => {
  test.each([
    ['torn', 'RB444', (lock: string) => writeFileSync(lock, 'torn, torn, torn, torn, torn')],
    ['removed', 'RB445', (lock: string) => rmSync(lock)],
  ])('that is %s is reported with %s, and can be accepted', async (_, code, lose) => {
    const { cli, dir, journal, mend } = await heldRun();
    lose(join(dir, 'lock'));
    mend();
    expect(await cli('status')).toMatchObject({ code: 0, stderr: expect.stringContaining('lock database') });
    expect(await cli('resume')).toMatchObject({ code: 4, stderr: expect.stringContaining(code) });
    expect((await cli('resume')).stderr).toContain('--accept-copy --reason');
    expect((await cli('resume', ...accept)).code).toBe(0);
    expect(events(journal).map(({ type }) => type)).toContain('run-adopted');
    expect((await cli('status')).stderr).toBe('');
  });
});
