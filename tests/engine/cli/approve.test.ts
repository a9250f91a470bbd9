import { describe, expect, test } from 'vitest';
import { drainInbox } from '../../../engine/journal/inbox.ts';
import { acquireLock } from '../../../engine/journal/lock.ts';
import { held, success } from '../views/scripted-run.ts';
import { runbookHere as runbook, workDir } from './command-line.ts';
import { makeRun } from './made-run.ts';
import { playEngine } from './play-engine.ts';

/** The gate is open, and its time to answer is long over: the script plays in its own year. */
const waiting = () => {
  const cwd = workDir();
  return {
    cwd,
    ...makeRun(
      cwd,
      success.filter(([at]) => at <= -60_000),
      'gate-opened',
    ),
  };
};

const openGate = () => {
  const cwd = workDir();
  // Without the gate's timer it stays open for ever.
  const script = success.map(
    ([at, ...events]) => [at, ...events.filter((e) => e.type !== 'timer-set')] as const,
  );
  return { cwd, ...makeRun(cwd, script, 'gate-answered') };
};

const answer = (run: string, gate: string, as: string, ...more: string[]) => [
  ...['approve', run, gate, '--as', as, '--reason', 'counts match'],
  ...more,
];

describe('approve', () => {
  test('leaves the answer for the next resume when no engine is running', async () => {
    const { cwd, run } = openGate();
    const { code, stdout } = await runbook(answer('latest', 'go-no-go', 'lead', '--no-go'), { cwd });
    expect(code).toBe(0);
    expect(stdout).toBe(
      `NO-GO for gate go-no-go is in the run's inbox. No engine is running; to continue: runbook resume ${run.id}\n`,
    );
    expect(drainInbox(run.path).commands.map((c) => c.command)).toMatchObject([
      {
        command: 'approve',
        gate: 'go-no-go',
        verdict: 'no_go',
        as: 'lead',
        unattended: false,
        reason: 'counts match',
      },
    ]);
  });

  test('a go before the point of no return is refused when no engine is running: exit 4', async () => {
    const { cwd, run } = openGate();
    const { code, stderr } = await runbook(answer('latest', 'go-no-go', 'lead'), { cwd });
    expect(code).toBe(4);
    expect(stderr).toContain('RB621');
    expect(stderr).toContain(`runbook resume ${run.id}`);
    expect(drainInbox(run.path).commands).toEqual([]);
  });

  test('sends it to the running engine, and says that it was taken', async () => {
    const { cwd, run } = openGate();
    const engine = playEngine(run, { taken: true, seq: 12 });
    const ended = await runbook(answer('latest', 'go-no-go', 'deputy', '--no-go'), { cwd });
    expect(ended).toEqual({ code: 0, stdout: 'NO-GO for gate go-no-go: accepted\n', stderr: '' });
    expect(engine.heard).toMatchObject([{ verdict: 'no_go', as: 'deputy' }]);
  });

  test('that the running engine refuses says why: exit 2', async () => {
    const { cwd, run } = openGate();
    playEngine(run, { refused: { why: 'Gate "x" was passed', remedy: 'Roll it back' } });
    const ended = await runbook(answer('latest', 'go-no-go', 'deputy', '--no-go'), { cwd });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toBe(
      'RB628  NO-GO for gate go-no-go: refused by the running engine. Gate "x" was passed\n  Roll it back\n',
    );
    const json = await runbook([...answer('latest', 'go-no-go', 'deputy', '--no-go'), '--json'], { cwd });
    const [said, diagnostic] = json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(said).toMatchObject({
      run: run.id,
      engine: true,
      answer: { refused: { why: 'Gate "x" was passed' } },
    });
    expect(diagnostic).toMatchObject({ type: 'diagnostic', code: 'RB628', remedy: 'Roll it back' });
  });

  test('says so when the engine dies before it answers: exit 3, and the command stays', async () => {
    const { cwd, run } = openGate();
    const engine = playEngine(run, null);
    const ended = await runbook(answer('latest', 'go-no-go', 'deputy', '--no-go'), { cwd });
    expect(engine.heard).toHaveLength(1);
    expect(ended).toEqual({
      code: 3,
      stdout: `NO-GO for gate go-no-go is in the run's inbox; the engine ended before it answered. The next resume reads it: runbook resume ${run.id}\n`,
      stderr: '',
    });
    expect(drainInbox(run.path).commands).toHaveLength(1);
  });

  test('a no-go after the gate passed is refused as too late, with what is still possible: exit 2', async () => {
    const cwd = workDir();
    const { run } = makeRun(cwd, success, 'line-crossed');
    const ended = await runbook(answer('latest', 'go-no-go', 'lead', '--no-go'), { cwd });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('RB627  Too late: gate "go-no-go" was passed with GO before this no-go');
    expect(ended.stderr).toMatch(/runbook rollback|Fix forward/);
    expect(drainInbox(run.path).commands).toEqual([]);
  });

  test.each([
    ['nobody', 'go-no-go', 'RB611', 'Approvers: lead, deputy'],
    ['lead', 'dump', 'RB610', 'The open gate is "go-no-go"'],
  ])('by %s at %s is refused with %s', async (as, gate, code, remedy) => {
    const { cwd, run } = openGate();
    const ended = await runbook(answer('latest', gate, as), { cwd });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(code);
    expect(ended.stderr).toContain(remedy);
    expect(drainInbox(run.path).commands).toEqual([]);
  });

  test('of a gate that is not open yet is refused', async () => {
    const { cwd } = waiting();
    const { code, stderr } = await runbook(answer('latest', 'go-no-go', 'lead'), { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('No gate is open now');
  });

  test('after its time is over is refused', async () => {
    const cwd = workDir();
    const old = success.map(([at, ...events]) => {
      const past = events.map((e) => (e.type === 'timer-set' ? { ...e, until: 1000 } : e));
      return [at, ...past] as const;
    });
    makeRun(cwd, old, 'gate-answered');
    const { code, stderr } = await runbook(answer('latest', 'go-no-go', 'lead'), { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('RB613');
  });

  test('an empty reason is no reason', async () => {
    const { cwd } = openGate();
    const { code, stderr } = await runbook(
      ['approve', 'latest', 'go-no-go', '--as', 'lead', '--reason', '  '],
      { cwd },
    );
    expect(code).toBe(2);
    expect(stderr).toContain('RB607');
  });
});

describe('beside a live engine', () => {
  test('a choice and a rollback are handed over', async () => {
    const cwd = workDir();
    const { run } = makeRun(cwd, held);
    const engine = playEngine(run, { taken: true, seq: 12 });
    const retry = await runbook(['resume', '--retry', 'dump', '--reason', 'server is back'], { cwd });
    const back = await runbook(['rollback', '--reason', 'enough'], { cwd });
    expect([retry.code, back.code]).toEqual([0, 0]);
    expect([retry.stdout, back.stdout]).toEqual([
      'The choice "retry": accepted\n',
      'The rollback: accepted\n',
    ]);
    expect(engine.heard).toMatchObject([
      { command: 'resolve', choice: 'retry', step: 'dump', reason: 'server is back' },
      { command: 'roll-back', reason: 'enough' },
    ]);
  });

  test.each([
    [['--continue'], 'RB616'],
    [['--retry', 'uploads'], 'RB615'],
    [['--done', 'dump'], 'RB616'],
  ])('resume %j, which the engine would refuse, is refused here: exit 2', async (choice, code) => {
    const cwd = workDir();
    const { run } = makeRun(cwd, held);
    const lock = acquireLock(run.path, { pid: 4711, host: 'laptop', user: 'ops', startedAt: 0 });
    const ended = await runbook(['resume', ...choice, '--reason', 'r'], { cwd });
    lock.release();
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(code) });
    expect(drainInbox(run.path).commands).toEqual([]);
  });

  test('a choice for a run that is not held is refused: exit 2', async () => {
    const cwd = workDir();
    const { run } = makeRun(cwd, success, 'gate-opened');
    const lock = acquireLock(run.path, { pid: 4711, host: 'laptop', user: 'ops', startedAt: 0 });
    const { code, stderr } = await runbook(['resume', '--retry', 'dump', '--reason', 'r'], { cwd });
    lock.release();
    expect(code).toBe(2);
    expect(stderr).toContain('RB614');
  });

  test('a second resume is refused with who holds the run: exit 4', async () => {
    const cwd = workDir();
    const { run } = makeRun(cwd, held);
    const lock = acquireLock(run.path, { pid: 4711, host: 'laptop', user: 'ops', startedAt: 0 });
    const { code, stderr } = await runbook(['resume'], { cwd });
    lock.release();
    expect(code).toBe(4);
    expect(stderr).toContain('pid 4711 of ops on laptop');
  });

  test('two choices at once, and a choice without a reason: exit 2', async () => {
    const cwd = workDir();
    makeRun(cwd, held);
    const two = await runbook(['resume', '--retry', 'dump', '--skip', 'dump', '--reason', 'r'], { cwd });
    expect(two).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--skip and --retry exclude each other'),
    });
    const mute = await runbook(['resume', '--retry', 'dump'], { cwd });
    expect(mute).toMatchObject({ code: 2, stderr: expect.stringContaining('RB607') });
  });

  test('a rollback after the point of no return is refused with the forward fix: exit 2', async () => {
    const cwd = workDir();
    makeRun(cwd, success, 'run-settled');
    const { code, stderr } = await runbook(['rollback', '--reason', 'r'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('RB617');
    expect(stderr).toContain('Fix it.');
  });
});
