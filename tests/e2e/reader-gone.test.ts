/** The operator's window closes, or the reader of a pipe goes away: the run must not die of it. */
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { engineMain } from '../support/engine-main.ts';
import { useLab } from '../support/lab.ts';
import { type CliRun, groupOf, isAlive, lasts, leaves, useCliRun, vpsTarget } from './cli-run.ts';

const lab = await useLab();
const engine = `'${process.execPath}' '${engineMain}'`;

const night = (): CliRun =>
  useCliRun(lab, (vps) => ({
    targets: { vps: vpsTarget(lab, vps) },
    steps: [leaves('first', vps), lasts('long', vps), leaves('last', vps)],
  }));

const spawnIn = ({ cwd, env }: CliRun, command: string, args: readonly string[]) =>
  spawn(command, args, { cwd, env: { ...process.env, CI: 'false', TERM: 'xterm-256color', ...env } });

const patience = { timeout: 15_000 };

test('the reader of its progress goes away: the run continues to its end', async () => {
  const n = night();
  const child = spawnIn(n, 'sh', ['-c', `${engine} exec night.yaml 2>&1 | head -n 3`]);
  await expect.poll(n.did, patience).toContain('began long');
  n.open('long');
  await expect
    .poll(() => n.events().at(-1), patience)
    .toMatchObject({ type: 'session-ended', reason: 'settled' });
  expect(n.did()).toEqual(['did first', 'began long', 'did long', 'did last']);
  child.kill();
});

test('the terminal goes away: as after Ctrl-C the run is resumable and its command continues', async () => {
  const n = night();
  const terminal = spawnIn(n, 'script', [
    '-qfec',
    `stty cols 110 rows 40; ${engine} exec night.yaml`,
    '/dev/null',
  ]);
  await expect.poll(n.did, patience).toContain('began long');
  terminal.kill('SIGKILL');
  await expect
    .poll(() => n.events().at(-1), patience)
    .toMatchObject({ type: 'session-ended', reason: 'interrupted' });
  expect(isAlive(groupOf(n, 'long.do.0#1'))).toBe(true);
  n.open('long');
  expect((await n.cli('resume')).code).toBe(0);
  expect(n.did()).toEqual(['did first', 'began long', 'did long', 'did last']);
});
