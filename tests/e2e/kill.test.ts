/** kill -9 of the engine in the middle of a real run over real SSH, and what `runbook resume` makes of it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Started } from '../engine/cli/command-line.ts';
import { useLab } from '../support/lab.ts';
import {
  approvers,
  asks,
  type CliRun,
  groupOf,
  isAlive,
  lasts,
  leaves,
  supervisorOf,
  useCliRun,
  vpsTarget,
} from './cli-run.ts';
import { type HeldRow, useHeldRow } from './held-row.ts';

const lab = await useLab();

/** Dies as by a power cut: nothing of it gets to say anything. */
const kill = async (engine: Started): Promise<void> => {
  engine.kill('SIGKILL');
  expect((await engine.ended).code).toBe(null);
};

const started = (night: CliRun, act: string): number =>
  night.events().filter((e) => e.type === 'act-started' && e.act === act).length;

const outputOf = (night: CliRun, act: string): unknown => {
  const ended = night.events().find((e) => e.act === act && e.output !== undefined);
  return (ended?.output as { stdout?: string } | undefined)?.stdout;
};

const longNight = (): CliRun =>
  useCliRun(lab, (vps) => ({
    approvers,
    targets: { vps: vpsTarget(lab, vps) },
    steps: [leaves('first', vps), lasts('long', vps), leaves('last', vps)],
  }));

describe('during a supervised command', () => {
  test('it lives on; resume re-attaches and has its whole output', async () => {
    const night = longNight();
    const engine = night.begin();
    await engine.saw('long | first line');
    await kill(engine);
    const resumed = night.cli('resume');
    night.open('long');
    expect((await resumed).code).toBe(0);
    expect(night.did()).toEqual(['did first', 'began long', 'did long', 'did last']);
    expect(outputOf(night, 'long/do/0')).toBe('first line\nlast line\n');
    expect(['first', 'long', 'last'].map((id) => started(night, `${id}/do/0`))).toEqual([1, 1, 1]);
  });

  test('it ended meanwhile; resume takes its output over without running it again', async () => {
    const night = longNight();
    const engine = night.begin();
    await engine.saw('long | first line');
    await kill(engine);
    night.open('long');
    await expect.poll(() => night.did()).toContain('did long');
    expect((await night.cli('resume')).code).toBe(0);
    expect(night.did()).toEqual(['did first', 'began long', 'did long', 'did last']);
    expect(outputOf(night, 'long/do/0')).toBe('first line\nlast line\n');
  });

  test('it fails meanwhile, and is retried as if the engine had been there', async () => {
    const night = useCliRun(lab, (vps) => ({
      targets: { vps: vpsTarget(lab, vps) },
      steps: [
        {
          id: 'flaky',
          type: 'command',
          run_on: 'vps',
          with: {
            run: 'echo tried >>did; [ "$(wc -l <did)" -gt 1 ] && exit 0; echo first line; until [ -e go ]; do sleep 0.02; done; echo gone >>ended; exit 7',
            cwd: vps,
          },
          retry: { limit: 1, interval: '10ms' },
          rollback: { undo: { none: 'nothing' } },
        },
        leaves('last', vps),
      ],
    }));
    const engine = night.begin();
    await engine.saw('flaky | first line');
    await kill(engine);
    night.open('go');
    await expect.poll(() => existsSync(join(night.vps, 'ended'))).toBe(true);
    const { code, stderr } = await night.cli('resume');
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('exit code 7') });
    expect(night.did()).toEqual(['tried', 'tried', 'did last']);
    expect(night.events()).toContainEqual(
      expect.objectContaining({ type: 'act-probed', act: 'flaky/do/0', state: 'failed', effect: 'some' }),
    );
  });

  test('killed again and again, it still happens once', async () => {
    const night = longNight();
    const first = night.begin();
    await first.saw('long | first line');
    await kill(first);
    for (let i = 0; i < 3; i++) {
      const engine = night.resume();
      await engine.saw('long | first line');
      await kill(engine);
    }
    night.open('long');
    expect((await night.cli('resume')).code).toBe(0);
    expect(night.did()).toEqual(['did first', 'began long', 'did long', 'did last']);
  });
});

describe('an act whose outcome can no longer be known', () => {
  /** Engine, supervisor and command are gone; only the claim of the attempt is left. */
  const lost = async (): Promise<CliRun> => {
    const night = longNight();
    const engine = night.begin();
    await engine.saw('long | first line');
    await kill(engine);
    process.kill(-groupOf(night, 'long.do.0#1'), 'SIGKILL');
    return night;
  };

  test('stops with exit 3, and resume alone does not run it again', async () => {
    const night = await lost();
    for (let i = 0; i < 2; i++) {
      const { code, stdout, stderr } = await night.cli('resume');
      expect({ code, stdout }).toEqual({
        code: 3,
        stdout: expect.stringMatching(/^held: waiting for a person {2}/),
      });
      expect(stderr).toContain('HELD at long: unknown whether it happened');
      expect(stderr).toContain('--done long');
    }
    expect(night.did()).toEqual(['did first', 'began long']);
  });

  test('--retry runs it again', async () => {
    const night = await lost();
    night.open('long');
    expect((await night.cli('resume')).code).toBe(3);
    const { code } = await night.cli('resume', '--retry', 'long', '--reason', 'it left nothing');
    expect(code).toBe(0);
    expect(night.did()).toEqual(['did first', 'began long', 'began long', 'did long', 'did last']);
  });

  test.each([
    ['--done', 'succeeded'],
    ['--skip', 'skipped'],
  ])('%s continues without it, recorded', async (choice, state) => {
    const night = await lost();
    expect((await night.cli('resume')).code).toBe(3);
    const { code } = await night.cli('resume', choice, 'long', '--reason', 'seen on the host');
    expect(code).toBe(0);
    expect(night.did()).toEqual(['did first', 'began long', 'did last']);
    expect(night.events()).toContainEqual(
      expect.objectContaining({ type: 'hold-resolved', choice: choice.slice(2), reason: 'seen on the host' }),
    );
    expect(night.events()).toContainEqual(
      expect.objectContaining({ type: 'step-settled', step: 'long', state }),
    );
  });
});

describe('a command that lost its supervisor and is still at work', () => {
  const orphaned = async (more: Readonly<Record<string, unknown>> = {}): Promise<[CliRun, number]> => {
    const night = useCliRun(lab, (vps) => ({
      approvers,
      targets: { vps: vpsTarget(lab, vps) },
      steps: [leaves('first', vps), lasts('long', vps, more), leaves('last', vps)],
    }));
    const engine = night.begin();
    await engine.saw('long | first line');
    await kill(engine);
    const group = groupOf(night, 'long.do.0#1');
    process.kill(supervisorOf(night, 'long.do.0#1'), 'SIGKILL');
    expect(isAlive(group)).toBe(true);
    return [night, group];
  };

  test('is not doubled: resume holds, and --retry ends it first', async () => {
    const [night, group] = await orphaned();
    const { code, stderr } = await night.cli('resume');
    expect(code).toBe(3);
    expect(stderr).toContain('its supervisor is gone, but its work is still running: pid ');
    expect(isAlive(group)).toBe(true);
    const resumed = night.resume('--retry', 'long', '--reason', 'it left nothing');
    await resumed.saw('long | first line');
    expect(isAlive(group)).toBe(false);
    night.open('long');
    expect((await resumed.ended).code).toBe(0);
    expect(night.did()).toEqual(['did first', 'began long', 'began long', 'did long', 'did last']);
  });

  test('its own probe is not asked beside it, and with on_failure: rollback nothing is undone', async () => {
    const [night, group] = await orphaned({ on_failure: 'rollback' });
    expect((await night.cli('resume')).code).toBe(3);
    expect(isAlive(group)).toBe(true);
    expect(night.did()).toEqual(['did first', 'began long']);
    const rolled = await night.cli('rollback', 'latest', '--reason', 'not tonight');
    expect(rolled.code).toBe(5);
    expect(isAlive(group)).toBe(false);
    expect(night.did()).toEqual(['did first', 'began long', 'undo long', 'undo first']);
  });
});

describe('during a mysql.query', () => {
  const killed = async (row: HeldRow, more: Readonly<Record<string, unknown>>): Promise<CliRun> => {
    const night = useCliRun(lab, (vps) => row.scene(vps, more), row.secrets);
    const engine = night.begin();
    await expect.poll(row.waiting, { timeout: 10_000 }).toBe(1);
    await kill(engine);
    await row.release();
    return night;
  };

  test('with a probe that says no, resume does it, once', async () => {
    const row = await useHeldRow(lab);
    const night = await killed(row, { probe: 'SELECT COUNT(*) FROM marks' });
    expect((await night.cli('resume')).code).toBe(0);
    expect(await row.marks()).toEqual(['tonight']);
    expect(night.did()).toEqual(['did first', 'did last']);
  });

  test('still running on the server, it is not probed; --skip ends it before the run continues', async () => {
    const row = await useHeldRow(lab);
    const night = useCliRun(
      lab,
      (vps) => row.scene(vps, { probe: 'SELECT COUNT(*) FROM marks' }),
      row.secrets,
    );
    const engine = night.begin();
    await expect.poll(row.waiting, { timeout: 10_000 }).toBe(1);
    await kill(engine);
    const resumed = await night.cli('resume');
    expect(resumed.code).toBe(3);
    expect(resumed.stderr).toContain('a session of this act still runs on the server');
    expect((await night.cli('resume', '--skip', 'mark', '--reason', 'not tonight')).code).toBe(0);
    expect(await row.waiting()).toBe(0);
    await row.release();
    expect(await row.marks()).toEqual([]);
    expect(night.did()).toEqual(['did first', 'did last']);
  });

  test('without a probe it stops with exit 3; --done continues', async () => {
    const row = await useHeldRow(lab);
    const night = await killed(row, {});
    expect((await night.cli('resume')).code).toBe(3);
    expect((await night.cli('resume')).code).toBe(3);
    expect(await row.marks()).toEqual([]);
    await row.markByHand();
    expect((await night.cli('resume', '--done', 'mark', '--reason', 'did it by hand')).code).toBe(0);
    expect(night.did()).toEqual(['did first', 'did last']);
  });
});

test('during a mysql.dump that waits for a lock: it is followed on, and taken once', async () => {
  const row = await useHeldRow(lab);
  await row.holdTable();
  const night = useCliRun(
    lab,
    (vps) => ({
      ...row.scene(vps),
      steps: [
        leaves('first', vps),
        {
          id: 'dump',
          type: 'mysql.dump',
          run_on: 'vps',
          target: 'db',
          with: { path: join(vps, 'dump.sql') },
          on_failure: 'rollback',
        },
        leaves('last', vps),
      ],
    }),
    row.secrets,
  );
  const engine = night.begin();
  await expect.poll(row.waiting, { timeout: 10_000 }).toBe(1);
  await kill(engine);
  const resumed = night.resume();
  await expect
    .poll(() => night.events().filter((e) => e.type === 'act-probed'), { timeout: 20_000 })
    .toMatchObject([{ act: 'dump/do/0', state: 'alive' }]);
  await row.release();
  expect((await resumed.ended).code).toBe(0);
  expect(started(night, 'dump/do/0')).toBe(1);
  expect(night.did()).toEqual(['did first', 'did last']);
  expect(readdirSync(night.vps).toSorted()).toEqual(['did', 'dump.sql', 'state']);
});

test('between two steps, while it waits for the second', async () => {
  const night = useCliRun(lab, (vps) => ({
    targets: { vps: vpsTarget(lab, vps) },
    steps: [
      leaves('first', vps),
      { id: 'pause', type: 'wait', with: { for: '1500ms' } },
      leaves('last', vps),
    ],
  }));
  const engine = night.begin();
  await engine.saw('pause: waiting until');
  await kill(engine);
  expect((await night.cli('resume')).code).toBe(0);
  expect(night.did()).toEqual(['did first', 'did last']);
});

test('during a rollback: resume finishes it, every undo once', async () => {
  const night = useCliRun(lab, (vps) => ({
    targets: { vps: vpsTarget(lab, vps) },
    steps: [
      leaves('first', vps),
      leaves('second', vps, {
        rollback: { undo: [{ ...lasts('undo-second', vps), id: undefined, rollback: undefined }] },
      }),
      {
        id: 'smoke',
        type: 'assert',
        with: { all: [{ that: false, message: 'it does not work' }] },
        on_failure: 'rollback',
      },
    ],
  }));
  const engine = night.begin();
  await engine.saw('second | first line');
  await kill(engine);
  night.open('undo-second');
  const { code, stdout } = await night.cli('resume');
  expect({ code, stdout }).toEqual({ code: 5, stdout: expect.stringMatching(/^rolled back {2}/) });
  expect(night.did()).toEqual([
    'did first',
    'did second',
    'began undo-second',
    'did undo-second',
    'undo first',
  ]);
});

test('at a gate: an approval that was left meanwhile counts once an engine is there again', async () => {
  const night = useCliRun(lab, (vps) => ({
    approvers,
    targets: { vps: vpsTarget(lab, vps) },
    steps: [leaves('first', vps), asks('go-no-go'), leaves('last', vps)],
  }));
  const engine = night.begin();
  await engine.saw('runbook approve');
  await kill(engine);
  const said = await night.cli('approve', 'latest', 'go-no-go', '--as', 'lead', '--reason', 'counts match');
  expect(said.stdout).toContain('No engine is running');
  expect((await night.cli('resume')).code).toBe(0);
  expect(night.did()).toEqual(['did first', 'did last']);
});
