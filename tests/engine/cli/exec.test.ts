/** Whole runs of the real command line against this machine's files. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runbookHere as runbook, start, workDir } from './command-line.ts';

const gate = `  - id: go-no-go
    name: Go or no-go
    type: gate
    with: { prompt: Take the page down?, approvers: [lead], timeout: 5m, allow_unattended: true }
`;
const pageOff = `  - id: page-off
    name: Take the page down
    type: file.remove
    with: { path: "\${{ vars.folder }}/page.txt" }
`;
const head = `version: 1
name: small
vars:
  folder: { type: string, required: true }
approvers:
  lead: { name: Lead }
steps:
  - id: page-on
    name: Put the page up
    type: file.write
    with: { path: "\${{ vars.folder }}/page.txt", content: closed }
`;
/** Succeeds once the file \`open\` is there. */
const blocked = `  - id: smoke
    name: Smoke check
    type: command
    with: { run: [test, -e, "\${{ vars.folder }}/open"], effects: read }
    rollback: { undo: { none: it only looks } }
`;

interface Event {
  readonly type: string;
  readonly step?: string;
  readonly act?: string;
  readonly [key: string]: unknown;
}

const night = (yaml: string) => {
  const cwd = workDir();
  writeFileSync(join(cwd, 'small.yaml'), yaml);
  const env = { HOME: cwd, XDG_STATE_HOME: join(cwd, 'state') };
  const vars = ['--var', `folder=${cwd}`];
  return {
    cwd,
    page: join(cwd, 'page.txt'),
    rewrite: (changed: string) => writeFileSync(join(cwd, 'small.yaml'), changed),
    exec: (...args: string[]) => runbook(['exec', 'small.yaml', ...vars, ...args], { cwd, env }),
    begin: (...args: string[]) => start(['exec', 'small.yaml', ...vars, ...args], { cwd, env }),
    cli: (...args: string[]) => runbook(args, { cwd, env }),
    /** The journal of the one run there is. */
    events: (): Event[] => {
      const runs = join(cwd, '.runbook', 'runs');
      const [id = 'none'] = readdirSync(runs);
      return readFileSync(join(runs, id, 'journal.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Event);
    },
  };
};

const count = (events: readonly Event[], type: string, act: string): number =>
  events.filter((e) => e.type === type && e.act === act).length;

describe('exec', () => {
  test('carries a runbook out: exit 0, the result on stdout, the progress on stderr', async () => {
    const n = night(head + pageOff);
    const { code, stdout, stderr } = await n.exec();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^succeeded {2}\d{8}-\d{4}-small-\w{4}\n$/);
    expect(stderr).toContain('page-on: Put the page up');
    expect(stderr).toContain('SUCCEEDED after');
    expect(existsSync(n.page)).toBe(false);
  });

  test('--json: stdout is NDJSON and nothing else, stderr is quiet', async () => {
    const { code, stdout, stderr } = await night(head + pageOff).exec('--json');
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Event);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(records.at(-1)?.type).toBe('session-ended');
    expect(records.map((r) => r.type)).toContain('run-settled');
  });

  test('--yes-to-gate says go at a gate that allows it, and the journal names it', async () => {
    const n = night(head + gate + pageOff);
    expect((await n.exec('--yes-to-gate', 'go-no-go')).code).toBe(0);
    expect(n.events().find((e) => e.type === 'gate-answered')).toMatchObject({
      verdict: 'go',
      unattended: true,
      by: null,
      reason: '--yes-to-gate go-no-go',
    });
  });

  test('an approval from another terminal opens the gate', async () => {
    const n = night(head + gate + pageOff);
    const child = n.begin();
    await child.saw('runbook approve');
    const said = await n.cli('approve', 'latest', 'go-no-go', '--as', 'lead', '--reason', 'looks good');
    expect(said.stdout).toBe('GO for gate go-no-go: accepted\n');
    expect((await child.ended).code).toBe(0);
    expect(n.events().find((e) => e.type === 'gate-answered')).toMatchObject({
      by: 'lead',
      reason: 'looks good',
    });
  });

  test('a no-go rolls everything back: exit 5', async () => {
    const n = night(head + gate + pageOff);
    const child = n.begin();
    await child.saw('runbook approve');
    await n.cli('approve', 'latest', 'go-no-go', '--as', 'lead', '--reason', 'no', '--no-go');
    const { code, stdout } = await child.ended;
    expect(code).toBe(5);
    expect(stdout).toMatch(/^rolled back {2}/);
    expect(existsSync(n.page)).toBe(false);
  });

  test('--dry-run changes nothing, not even a runs directory', async () => {
    const n = night(head + gate + pageOff);
    const { code, stdout, stderr } = await n.exec('--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^dry run passed: /);
    expect(stderr).toContain('page-on');
    expect(stderr).toMatch(/simulated {2}asks 1 of lead, within 5m: Take the page down\?/);
    expect(existsSync(n.page)).toBe(false);
    expect(existsSync(join(n.cwd, '.runbook'))).toBe(false);
  });

  test('--dry-run --strict fails on what could not be checked', async () => {
    const { code, stdout } = await night(head + gate + pageOff).exec('--dry-run', '--strict');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^dry run FAILED: /);
  });

  test.each([
    ['--strict without --dry-run', ['--strict'], 'RB608'],
    ['a T0 that is none', ['--t0', 'soon'], 'RB601'],
    ['an unknown gate', ['--yes-to-gate', 'nope'], 'RB604'],
  ])('%s: exit 2, and no run was made', async (_, args, code) => {
    const n = night(head + gate + pageOff);
    const ended = await n.exec(...args);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(code);
    expect(existsSync(join(n.cwd, '.runbook'))).toBe(false);
  });

  test('a secret that is not set: exit 2 with its name, and no run was made', async () => {
    const n = night(
      head.replace('approvers:', 'secrets:\n  token: { env: RUNBOOK_TEST_UNSET }\napprovers:') + pageOff,
    );
    const { code, stderr } = await n.exec();
    expect(code).toBe(2);
    expect(stderr).toContain('token');
    expect(stderr).toContain('RUNBOOK_TEST_UNSET');
    expect(existsSync(join(n.cwd, '.runbook'))).toBe(false);
  });
});

describe('a step that fails', () => {
  test('holds the run: exit 1 and what can be done; resume --retry finishes it without repeating what is settled', async () => {
    const n = night(head + blocked + pageOff);
    const held = await n.exec();
    expect(held.code).toBe(1);
    expect(held.stderr).toContain('--retry smoke');
    writeFileSync(join(n.cwd, 'open'), '');
    const resumed = await n.cli('resume', '--retry', 'smoke', '--reason', 'the door is open now');
    expect(resumed.code).toBe(0);
    const events = n.events();
    expect(count(events, 'act-started', 'page-on/do/0')).toBe(1);
    expect(count(events, 'act-started', 'smoke/do/0')).toBe(2);
    expect(events.find((e) => e.type === 'hold-resolved')).toMatchObject({
      choice: 'retry',
      reason: 'the door is open now',
    });
  });

  test('rollback of the held run: exit 5, and the run has ended', async () => {
    const n = night(head + blocked + pageOff);
    await n.exec();
    expect(existsSync(n.page)).toBe(true);
    const back = await n.cli('rollback', '--reason', 'enough for tonight');
    expect(back.code).toBe(5);
    expect(existsSync(n.page)).toBe(false);
    const again = await n.cli('resume');
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('RB619') });
  });

  test('a choice that is not offered, and one for another step: exit 2 with the choices', async () => {
    const n = night(head + blocked + pageOff);
    await n.exec();
    const ended = await n.cli('resume', '--ended', '--reason', 'r');
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('RB616') });
    expect(ended.stderr).toContain('--retry smoke');
    const other = await n.cli('resume', '--retry', 'page-on', '--reason', 'r');
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('It is held at "smoke"') });
  });
});

describe('an engine that ends early', () => {
  const waiting = head + gate + pageOff;

  test('SIGINT: exit 130, and resume continues from there', async () => {
    const n = night(waiting);
    const child = n.begin();
    await child.saw('runbook approve');
    child.kill('SIGINT');
    const interrupted = await child.ended;
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toContain('runbook resume');
    expect((await n.cli('resume', '--yes-to-gate', 'go-no-go')).code).toBe(0);
    expect(count(n.events(), 'act-started', 'page-on/do/0')).toBe(1);
  });

  test('kill -9: the lock is free at once, and resume finishes without doing a settled step twice', async () => {
    const n = night(waiting);
    const child = n.begin();
    await child.saw('runbook approve');
    child.kill('SIGKILL');
    await child.ended;
    expect((await n.cli('status')).stdout).toContain(', engine stopped');
    const { code } = await n.cli('resume', '--yes-to-gate', 'go-no-go');
    expect(code).toBe(0);
    expect(count(n.events(), 'act-started', 'page-on/do/0')).toBe(1);
    expect(existsSync(n.page)).toBe(false);
  });

  test('a second engine on the same run: exit 4 and who holds it', async () => {
    const n = night(waiting);
    const child = n.begin();
    await child.saw('runbook approve');
    const second = await n.cli('resume');
    child.kill('SIGINT');
    await child.ended;
    expect(second.code).toBe(4);
    expect(second.stderr).toContain(`pid ${child.pid}`);
  });
});

describe('a runbook that changed since', () => {
  const stopped = async () => {
    const n = night(head + blocked + pageOff);
    await n.exec();
    writeFileSync(join(n.cwd, 'open'), '');
    return n;
  };
  const changed = head.replace('content: closed', 'content: shut') + blocked + pageOff;

  test('in a settled step: exit 4 and nothing was started; accepted only with a recorded reason', async () => {
    const n = await stopped();
    n.rewrite(changed);
    const before = n.events().length;
    const refused = await n.cli('resume', '--retry', 'smoke', '--reason', 'r');
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('RB630') });
    expect(n.events()).toHaveLength(before);
    const taken = await n.cli(
      'resume',
      '--retry',
      'smoke',
      '--accept-change',
      'page-on',
      '--reason',
      'wording only',
    );
    expect(taken.code).toBe(0);
    expect(n.events().find((e) => e.type === 'plan-amended')).toMatchObject({
      changes: ['page-on: its action changed'],
      accepted: [{ step: 'page-on', reason: 'wording only' }],
    });
  });

  test('in a step still to come: shown, journaled, carried out as it is now', async () => {
    const n = await stopped();
    n.rewrite(head + blocked + pageOff.replace('page.txt', 'open'));
    const { code, stderr } = await n.cli('resume', '--retry', 'smoke', '--reason', 'r');
    expect(code).toBe(0);
    expect(stderr).toContain('page-off: its action changed');
    expect(existsSync(join(n.cwd, 'open'))).toBe(false);
    expect(existsSync(n.page)).toBe(true);
  });

  test.each([
    ['refused', changed],
    ['no runbook any more', 'steps: ['],
  ])('does not prevent the rollback when it is %s: the saved plan is undone', async (_, source) => {
    const n = await stopped();
    n.rewrite(source);
    const { code, stderr } = await n.cli('rollback', '--reason', 'enough for tonight');
    expect(stderr).toContain('Rolling back with the plan that was saved with the run');
    expect(code).toBe(5);
    expect(existsSync(n.page)).toBe(false);
  });

  test('or is gone: the plan saved with the run is carried on', async () => {
    const n = await stopped();
    rmSync(join(n.cwd, 'small.yaml'));
    const { code, stderr } = await n.cli('resume', '--retry', 'smoke', '--reason', 'r');
    expect(code).toBe(0);
    expect(stderr).toContain('no longer exists: continuing with the plan that was saved with the run');
  });
});
