/** A live engine in one terminal, the operator's other terminals beside it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { useLab } from '../support/lab.ts';
import { approvers, asks, groupOf, isAlive, lasts, leaves, steady, useCliRun, vpsTarget } from './cli-run.ts';

const lab = await useLab();

test('a gate with two approvers is opened from two other terminals', async () => {
  const night = useCliRun(lab, (vps) => ({
    approvers: { lead: { name: 'Cutover lead' }, deputy: { name: 'Deputy' } },
    targets: { vps: vpsTarget(lab, vps) },
    steps: [
      leaves('first', vps),
      asks('go-no-go', { approvers: ['lead', 'deputy'], min_approvals: 2 }),
      leaves('last', vps),
    ],
  }));
  const approve = (as: string, reason: string) =>
    night.cli('approve', 'latest', 'go-no-go', '--as', as, '--reason', reason);
  const engine = night.begin();
  await engine.saw('runbook approve');
  expect(await approve('intern', 'me too')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('RB611'),
  });
  expect((await approve('lead', 'counts match')).code).toBe(0);
  await engine.saw('GO by lead');
  expect(night.did()).toEqual(['did first']);
  expect(await approve('lead', 'again')).toMatchObject({ code: 2, stderr: expect.stringContaining('RB612') });
  expect((await approve('deputy', 'login works')).code).toBe(0);
  expect((await engine.ended).code).toBe(0);
  expect(night.did()).toEqual(['did first', 'did last']);
  const answers = night.events().filter((e) => e.type === 'gate-answered');
  expect(answers).toMatchObject([
    { by: 'lead', verdict: 'go', reason: 'counts match' },
    { by: 'deputy', verdict: 'go', reason: 'login works' },
  ]);
});

test('rollback while a command runs: it is ended and proven dead, then all is undone', async () => {
  const night = useCliRun(lab, (vps) => ({
    targets: { vps: vpsTarget(lab, vps) },
    steps: [leaves('first', vps), lasts('long', vps), leaves('last', vps)],
  }));
  const engine = night.begin();
  await engine.saw('long | first line');
  const group = groupOf(night, 'long.do.0#1');
  expect(isAlive(group)).toBe(true);
  const asked = await night.cli('rollback', '--reason', 'users complain');
  expect(asked).toMatchObject({ code: 0, stdout: 'The rollback: accepted\n' });
  const { code, stdout } = await engine.ended;
  expect({ code, stdout }).toEqual({ code: 5, stdout: expect.stringMatching(/^rolled back {2}/) });
  expect(isAlive(group)).toBe(false);
  expect(night.did()).toEqual(['did first', 'began long', 'undo long', 'undo first']);
  expect(night.events()).toContainEqual(
    expect.objectContaining({ type: 'rollback-started', reason: 'users complain' }),
  );
});

test('status and runs answer while the engine is running, and afterwards', async () => {
  const night = useCliRun(lab, (vps) => ({
    targets: { vps: vpsTarget(lab, vps) },
    steps: [leaves('first', vps), lasts('long', vps), leaves('last', vps)],
  }));
  const engine = night.begin();
  await engine.saw('long | first line');
  const ask = async (...args: string[]) => JSON.parse((await night.cli(...args, '--json')).stdout);
  expect(await ask('status')).toMatchObject({
    state: 'running',
    engine: true,
    where: {
      current: ['long'],
      next: { step: 'last' },
      steps: [
        { id: 'first', state: 'succeeded' },
        { id: 'long', state: 'running' },
        { id: 'last', state: 'pending' },
      ],
    },
    back: { yes: true, why: '2 steps to undo' },
  });
  expect(await ask('runs')).toMatchObject([{ state: 'running', runbook: 'night' }]);
  night.open('long');
  await engine.ended;
  expect(await ask('status')).toMatchObject({ state: 'succeeded', engine: false });
  expect(await ask('runs')).toMatchObject([{ state: 'succeeded' }]);
});

test('after the point of no return a rollback is refused with the forward fix, and the run continues', async () => {
  const night = useCliRun(lab, (vps) => ({
    approvers,
    targets: { vps: vpsTarget(lab, vps) },
    steps: [
      leaves('first', vps),
      asks('go-no-go', { allow_unattended: true }),
      {
        point_of_no_return: {
          forward_fix: './forward-fix.md',
          would_lose: {
            type: 'command',
            run_on: 'vps',
            with: { run: ['wc', '-l', join(vps, 'did')], effects: 'read' },
          },
        },
      },
      leaves('open-doors', vps, { rollback: undefined }),
      lasts('watch', vps, { rollback: undefined }),
    ],
  }));
  writeFileSync(join(night.cwd, 'forward-fix.md'), 'Close the doors with the flag, mend, open them again.\n');
  const engine = night.begin('--yes-to-gate', 'go-no-go');
  await engine.saw('watch | first line');
  const { code, stderr } = await night.cli('rollback', '--reason', 'users complain');
  expect(code).toBe(2);
  expect(steady(stderr, { VPS: night.vps })).toMatchInlineSnapshot(`
    "A rollback would lose: {
      "exit_code": 0,
      "stdout": "3 VPS/did\\n",
      "truncated": false
    }
    RB617  The point of no return is crossed: a rollback would lose what users did since then
      Fix forward:
    Close the doors with the flag, mend, open them again.
    "
  `);
  night.open('watch');
  expect((await engine.ended).code).toBe(0);
  expect((await night.cli('rollback', '--reason', 'users complain')).code).toBe(2);
  expect(night.did()).toEqual(['did first', 'did open-doors', 'began watch', 'did watch']);
});
