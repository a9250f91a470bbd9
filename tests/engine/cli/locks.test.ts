/** What keeps a new run from starting, on the real command line with locks in this machine's state folder. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runbookHere as runbook, workDir } from './command-line.ts';

const body = (lock: string) => `version: 1
name: small
${lock}vars: { folder: { type: string, required: true } }
steps:
  - { id: smoke, type: command, with: { run: [test, -e, "\${{ vars.folder }}/open"], effects: read } }
`;

const night = (lock: string) => {
  const cwd = workDir();
  writeFileSync(join(cwd, 'small.yaml'), body(lock));
  const env = { HOME: cwd, XDG_STATE_HOME: join(cwd, 'state') };
  const vars = ['--var', `folder=${cwd}`];
  const cli = (...args: string[]) => runbook(args, { cwd, env });
  return {
    cwd,
    exec: (...args: string[]) => cli('exec', 'small.yaml', ...vars, ...args),
    unlock: (...args: string[]) => cli('unlock', 'small.yaml', ...vars, ...args),
    cli,
    runs: () => readdirSync(join(cwd, '.runbook', 'runs')),
    open: () => writeFileSync(join(cwd, 'open'), ''),
    journal: (run: string) => readFileSync(join(cwd, '.runbook', 'runs', run, 'journal.jsonl'), 'utf8'),
    locks: join(cwd, 'state', 'runbook', 'locks', 'switchover'),
  };
};

describe('without a lock', () => {
  test('an earlier run that has not ended is in the way, and is named with what to do', async () => {
    const { exec, cli, runs, open, journal } = night('');
    expect((await exec()).code).toBe(1);
    const [first = ''] = runs();
    open();
    const refused = await exec();
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain(`RB452  Run ${first} of small has not ended (held)`);
    expect(refused.stderr).toContain(`runbook resume ${first}`);
    expect(runs()).toEqual([first]);
    expect((await exec('--beside')).code).toBe(2);
    expect((await exec('--beside', '--reason', 'another rack')).code).toBe(0);
    const second = runs().find((id) => id !== first) ?? '';
    expect(journal(second).split('\n')[0]).toContain(
      `"beside":{"runs":["${first}"],"reason":"another rack"}`,
    );
    expect((await cli('resume', first)).code).toBe(0);
    expect((await exec()).code).toBe(0);
  });
});

const lock = 'lock: { name: switchover, ttl: 30m }\n';

describe('with a lock', () => {
  test('a held run keeps it, the next one is refused before it exists, and status says who has it', async () => {
    const { exec, cli, runs, open } = night(lock);
    expect((await exec('--reason', 'planned')).code).toBe(1);
    const [first = ''] = runs();
    const refused = await exec();
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain(`RB451  Lock switchover on local is held by run ${first} of small`);
    expect(refused.stderr).toContain(': planned');
    expect(runs()).toEqual([first]);
    expect((await exec('--beside', '--reason', 'x')).code).toBe(2);
    expect((await cli('status', first)).stdout).toContain('lock switchover on local: held since');
    const dry = await exec('--dry-run');
    expect(dry.stderr).toContain(`lock switchover on local is held by run ${first}`);
    open();
    expect((await cli('resume', first)).code).toBe(0);
    expect((await exec()).code).toBe(0);
  });

  test('unlock frees it with a reason, which stands in the journal; a resume takes it again', async () => {
    const { exec, unlock, cli, runs, open, journal } = night(lock);
    await exec();
    const [first = ''] = runs();
    expect((await unlock('--run', 'r-none', '--reason', 'x')).code).toBe(4);
    const freed = await unlock('--run', first, '--reason', 'the laptop is gone');
    expect([freed.code, freed.stdout]).toEqual([
      0,
      expect.stringMatching(/^lock switchover on local is free; /),
    ]);
    expect(journal(first)).toMatch(/"lock-given-back".*"reason":"the laptop is gone"/);
    expect((await unlock('--run', first, '--reason', 'x')).code).toBe(2);
    open();
    expect((await cli('resume', first)).code).toBe(0);
    expect((await cli('report', first)).stdout).toContain('given back by hand');
  });

  test('unlock is refused while there are signs of life', async () => {
    const { exec, unlock, runs, locks } = night(lock);
    await exec();
    const [first = ''] = runs();
    const [token = ''] = readdirSync(locks).filter((name) => /^\d+$/.test(name));
    writeFileSync(join(locks, `${token}.beat`), `${Math.floor(Date.now() / 1000)}\n`);
    const refused = await unlock('--run', first, '--reason', 'x');
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('RB457')]);
  });

  test('a lock whose place is gone: nothing is started', async () => {
    const { cwd, exec } = night(lock);
    mkdirSync(join(cwd, 'state'));
    writeFileSync(join(cwd, 'state', 'runbook'), 'a file');
    const refused = await exec();
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/lock switchover/i);
  });
});
