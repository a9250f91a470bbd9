/**
 * The engine is killed in a supervised command; the resume finds no trace of it, because the state folder is
 * another one or gone. Finding nothing there is no proof that nothing happened.
 */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Started } from '../engine/cli/command-line.ts';
import { useLab } from '../support/lab.ts';
import { approvers, asks, type CliRun, lasts, leaves, useCliRun, vpsTarget } from './cli-run.ts';

const lab = await useLab();

const kill = async (engine: Started): Promise<void> => {
  engine.kill('SIGKILL');
  expect((await engine.ended).code).toBe(null);
};

/** How the folder gets lost, and what brings it back. */
const losses: readonly [string, 'vps' | 'local', (night: CliRun) => () => void][] = [
  [
    'the state folder on an ssh place was removed',
    'vps',
    ({ vps }) => {
      const [folder, away] = [join(vps, 'state'), join(vps, 'away')];
      renameSync(folder, away);
      return () => renameSync(away, folder);
    },
  ],
  [
    'another XDG_STATE_HOME on this machine',
    'local',
    ({ env, cwd }) => {
      const was = env.XDG_STATE_HOME ?? '';
      env.XDG_STATE_HOME = join(cwd, 'another');
      return () => {
        env.XDG_STATE_HOME = was;
      };
    },
  ],
  [
    'the state folder on this machine was removed',
    'local',
    ({ env, cwd }) => {
      const [folder, away] = [env.XDG_STATE_HOME ?? '', join(cwd, 'away')];
      renameSync(folder, away);
      return () => renameSync(away, folder);
    },
  ],
];

describe.each(losses)('%s', (_, place, lose) => {
  /** `line`: after the point of no return. */
  const killedInLong = async (line = false): Promise<CliRun> => {
    const night = useCliRun(lab, (vps) => {
      const undo = (id: string) => ({
        undo: [{ type: 'command', run_on: place, with: { run: `echo 'undo ${id}' >>did`, cwd: vps } }],
      });
      const at = (id: string) => ({ run_on: place, rollback: line ? undefined : undo(id) });
      const decided = [
        asks('go-no-go', { allow_unattended: true }),
        { point_of_no_return: { forward_fix: './night.yaml' } },
      ];
      return {
        approvers,
        targets: { vps: vpsTarget(lab, vps) },
        steps: [
          leaves('first', vps, { run_on: place, rollback: undo('first') }),
          ...(line ? decided : []),
          lasts('long', vps, at('long')),
          leaves('last', vps, at('last')),
        ],
      };
    });
    const engine = night.begin(...(line ? ['--yes-to-gate', 'go-no-go'] : []));
    await engine.saw('long | first line');
    await kill(engine);
    return night;
  };

  test('held as unknown, and never run twice; with the right folder it continues', async () => {
    const night = await killedInLong();
    const bringBack = lose(night);
    for (let i = 0; i < 2; i++) {
      const { code, stderr } = await night.cli('resume');
      expect(code).toBe(3);
      expect(stderr).toContain('HELD at long: unknown whether it happened');
      expect(stderr).toContain(`the state folder of this run on ${place}`);
      expect(stderr).toContain('--done long');
    }
    bringBack();
    const resumed = night.cli('resume');
    night.open('long');
    expect((await resumed).code).toBe(0);
    expect(night.did()).toEqual(['did first', 'began long', 'did long', 'did last']);
  });

  test('nothing is undone beside the work that cannot be found; with the right folder the rollback ends', async () => {
    const night = await killedInLong();
    const bringBack = lose(night);
    const refused = await night.cli('rollback', '--reason', 'it does not work');
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('--ended') });
    expect(refused.stderr).toContain('not proven that its process has ended');
    expect(night.did()).toEqual(['did first', 'began long']);
    bringBack();
    expect((await night.cli('resume')).code).toBe(5);
    expect(night.did()).toEqual(['did first', 'began long', 'undo long', 'undo first']);
  });

  test('the point of no return stays crossed', async () => {
    const night = await killedInLong(true);
    const bringBack = lose(night);
    expect((await night.cli('resume')).code).toBe(3);
    const refused = await night.cli('rollback', '--reason', 'it does not work');
    expect(refused.stderr).toContain('point of no return');
    expect(night.did()).toEqual(['did first', 'began long']);
    bringBack();
    night.open('long');
    expect((await night.cli('resume')).code).toBe(0);
    expect(night.did()).toEqual(['did first', 'began long', 'did long', 'did last']);
  });
});
