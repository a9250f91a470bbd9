import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { goingBack, success } from '../views/scripted-run.ts';
import { runbookHere as runbook, workDir } from './command-line.ts';
import { makeRun } from './made-run.ts';

test('Markdown on stdout: the title, and every section but the lessons', async () => {
  const cwd = workDir();
  const { run } = makeRun(cwd, success);
  const { code, stdout, stderr } = await runbook(['report'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.match(/^#+ .*/gm)).toEqual([
    '# 2026-11-22 trading-journal-cutover (lab): succeeded',
    '## Key numbers',
    '## Timeline',
    '## Spans',
    '## Gates',
    '## Checklists and watches',
    '## Holds',
    '## Failures and retries',
    '## Rollback',
    '## Outputs',
    '## Notifications',
  ]);
  expect(stdout).toContain(run.id);
});

test('--json has the facts', async () => {
  const cwd = workDir();
  const { run } = makeRun(cwd, goingBack);
  const args = ['report', run.id.slice(0, 13), '--json', '--section', 'numbers,rollback', '--lessons'];
  const { stdout } = await runbook([...args, '--span', 'doors=maintenance-on..open-doors'], { cwd });
  const report = JSON.parse(stdout);
  expect(Object.keys(report).slice(-3)).toEqual(['numbers', 'rollback', 'lessons']);
  expect(report).toMatchObject({
    run: run.id,
    result: 'rolled back',
    numbers: { spans: [{ label: 'doors', ms: 598_000, undone: true }], steps: { undone: 3 } },
    rollback: { reason: 'dump failed', owed: ['dump', 'uploads', 'maintenance-on'] },
    lessons: expect.arrayContaining([expect.objectContaining({ kind: 'slow', step: 'uploads' })]),
  });
});

describe('--into', () => {
  test('keeps one entry a run, the rest of the file, its rights and the link to it', async () => {
    const cwd = workDir();
    makeRun(cwd, success);
    mkdirSync(join(cwd, 'docs'));
    const file = join(cwd, 'docs', 'PROJECT_MEMORY.md');
    writeFileSync(file, '# Memory\n');
    chmodSync(file, 0o640);
    symlinkSync('docs/PROJECT_MEMORY.md', join(cwd, 'MEMORY.md'));
    const args = ['report', '--into', 'MEMORY.md'];
    const first = await runbook(args, { cwd });
    expect(first).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('added') });
    appendFileSync(file, '\nWritten by a person.\n');
    expect((await runbook([...args, '--lessons'], { cwd })).stderr).toContain('replaced');
    expect((await runbook([...args, '--lessons'], { cwd })).stderr).toContain('up to date');
    const text = readFileSync(file, 'utf8');
    expect(text.match(/^## .*/gm)).toEqual(['## 2026-11-22 trading-journal-cutover (lab): succeeded']);
    expect(text.startsWith('# Memory\n\n<!-- runbook:')).toBe(true);
    expect(text.endsWith('-->\n\nWritten by a person.\n')).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readlinkSync(join(cwd, 'MEMORY.md'))).toBe('docs/PROJECT_MEMORY.md');
    expect(readdirSync(join(cwd, 'docs'))).toEqual(['PROJECT_MEMORY.md']);
  });

  test('refuses broken markers: exit 2, file and line, nothing written', async () => {
    const cwd = workDir();
    const { run } = makeRun(cwd, success);
    const before = `x\n<!-- runbook:${run.id} -->\n`;
    writeFileSync(join(cwd, 'M.md'), before);
    const { code, stderr } = await runbook(['report', '--into', 'M.md'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/RB640 .*M\.md:2: /);
    expect(readFileSync(join(cwd, 'M.md'), 'utf8')).toBe(before);
  });

  test('a folder that is not there: exit 2 with what to see to', async () => {
    const cwd = workDir();
    makeRun(cwd, success);
    const { code, stderr } = await runbook(['report', '--into', 'no/such.md'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/RB641 .*ENOENT/);
  });
});

test('--out writes the file whole, as JSON too', async () => {
  const cwd = workDir();
  const { run } = makeRun(cwd, success);
  const { code, stdout } = await runbook(['report', '--json', '--out', 'r.json'], { cwd });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8')).run).toBe(run.id);
});

test.each([
  [['--section', 'timelin'], 'RB642', 'Did you mean "timeline"?'],
  [['--span', 'closed=a'], 'RB643', 'label=from..to'],
  [['--span', 'closed=maintenance-on..open-door'], 'RB644', 'Did you mean "open-doors"?'],
  [['--into', 'a.md', '--json'], 'RB606', 'exclude each other'],
  [['--into', 'a.md', '--out', 'b.md'], 'RB606', 'exclude each other'],
])('%j: exit 2 with a suggestion', async (args, code, said) => {
  const cwd = workDir();
  makeRun(cwd, success);
  const ended = await runbook(['report', ...args], { cwd });
  expect(ended).toMatchObject({ code: 2, stdout: expect.any(String) });
  expect(ended.stderr).toContain(code);
  expect(ended.stderr).toContain(said);
});
