/** Ctrl-C, time limits and siblings, with work on the other end of an SSH connection. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { useLab } from '../support/lab.ts';
import { groupOf, isAlive, lasts, leaves, useCliRun, vpsTarget } from './cli-run.ts';
import { useHeldRow } from './held-row.ts';

const lab = await useLab();

describe('Ctrl-C', () => {
  test('once: the engine leaves at once, resumable; the command continues and is followed again', async () => {
    const night = useCliRun(lab, (vps) => ({
      targets: { vps: vpsTarget(lab, vps) },
      steps: [leaves('first', vps), lasts('long', vps), leaves('last', vps)],
    }));
    const engine = night.begin();
    await engine.saw('long | first line');
    engine.kill('SIGINT');
    const { code, stdout, stderr } = await engine.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: expect.stringMatching(/^interrupted /) });
    expect(stderr).toMatch(/has not ended; to continue:\n +runbook resume/);
    expect(isAlive(groupOf(night, 'long.do.0#1'))).toBe(true);
    night.open('long');
    expect((await night.cli('resume')).code).toBe(0);
    expect(night.did()).toEqual(['did first', 'began long', 'did long', 'did last']);
  });

  test('once waits for what cannot be left alone; twice ends it, and nothing of it stays', async () => {
    const row = await useHeldRow(lab);
    const night = useCliRun(lab, (vps) => row.scene(vps), row.secrets);
    const engine = night.begin();
    await expect.poll(row.waiting, { timeout: 10_000 }).toBe(1);
    engine.kill('SIGINT');
    await engine.saw('Ctrl-C again stops them');
    engine.kill('SIGINT');
    expect((await engine.ended).code).toBe(130);
    expect(await row.waiting()).toBe(0);
    await row.release();
    expect(await row.marks()).toEqual([]);
    // Somebody ended it on purpose: the first resume asks, the second is an answer.
    expect(await night.cli('resume')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--retry mark'),
    });
    expect((await night.cli('resume')).code).toBe(0);
    expect(await row.marks()).toEqual(['tonight']);
    expect(night.did()).toEqual(['did first', 'did last']);
  });
});

describe('a command that ignores SIGTERM and runs into its time limit', () => {
  const stubborn = (vps: string, probe: object) => ({
    id: 'stubborn',
    type: 'command',
    run_on: 'vps',
    with: { run: `trap '' TERM; echo began >>did; while :; do sleep 0.05; done`, cwd: vps, ...probe },
    timeout: '1s',
    kill_grace: '200ms',
    rollback: { undo: { none: 'it did nothing' } },
  });

  test('is killed and proven dead; if its effect is unknown, a person decides', async () => {
    const night = useCliRun(lab, (vps) => ({
      targets: { vps: vpsTarget(lab, vps) },
      steps: [stubborn(vps, {}), leaves('last', vps)],
    }));
    const { code } = await night.exec();
    expect(code).toBe(3);
    expect(isAlive(groupOf(night, 'stubborn.do.0#1'))).toBe(false);
    expect(night.events().find((e) => e.type === 'act-finished')).toMatchObject({
      effect: 'unknown',
      error: { code: 'timeout' },
    });
    expect(night.did()).toEqual(['began']);
    expect((await night.cli('resume', '--skip', 'stubborn', '--reason', 'not needed')).code).toBe(0);
    expect(night.did()).toEqual(['began', 'did last']);
  });

  test('is tried again where its probe says that it did not happen', async () => {
    const night = useCliRun(lab, (vps) => ({
      targets: { vps: vpsTarget(lab, vps) },
      steps: [
        {
          ...stubborn(vps, { probe: { run: ['test', '-e', join(vps, 'never')] } }),
          retry: { limit: 1, interval: '10ms' },
        },
        leaves('last', vps),
      ],
    }));
    const { code, stderr } = await night.exec();
    expect(code).toBe(1);
    expect(stderr).toContain('HELD at stubborn');
    expect(night.did()).toEqual(['began', 'began']);
    expect(['1', '2'].map((n) => isAlive(groupOf(night, `stubborn.do.0#${n}`)))).toEqual([false, false]);
  });
});

describe('parallel steps', () => {
  const siblings = (vps: string, second: object) => ({
    targets: { vps: vpsTarget(lab, vps) },
    steps: [{ parallel: [lasts('a', vps), second] }, leaves('last', vps)],
  });

  test('run at the same time, and the next step waits for both', async () => {
    const night = useCliRun(lab, (vps) => siblings(vps, lasts('b', vps)));
    const engine = night.begin();
    await Promise.all([engine.saw('a | first line'), engine.saw('b | first line')]);
    expect(night.did().toSorted()).toEqual(['began a', 'began b']);
    night.open('b');
    await engine.saw('b done');
    night.open('a');
    expect((await engine.ended).code).toBe(0);
    expect(night.did().slice(2)).toEqual(['did b', 'did a', 'did last']);
  });

  test('one fails: the other comes to its end before the run is held', async () => {
    const fails = (vps: string) => ({ ...leaves('b', vps), with: { run: 'echo no; exit 7', cwd: vps } });
    const night = useCliRun(lab, (vps) => siblings(vps, fails(vps)));
    const engine = night.begin();
    await Promise.all([engine.saw('a | first line'), engine.saw('b failed')]);
    night.open('a');
    const { code, stderr } = await engine.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('HELD at b');
    expect(night.did()).toEqual(['began a', 'did a']);
  });
});
