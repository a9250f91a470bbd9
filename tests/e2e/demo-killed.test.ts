/** The demo's whole cutover on a stage of its own, its engine killed again and again. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { observe } from '../../docker/demo/scene.ts';
import { down, reset } from '../../docker/native/lab.ts';
import { cloneDir, labDir } from '../../docker/native/place.ts';
import { secretsOf, varsFile } from '../../docker/native/vars.ts';
import { watchOver } from '../../docker/native/watchdog.ts';
import { makeFolders } from '../../docker/native/world.ts';
import { runbook, type Started, start, workDir } from '../engine/cli/command-line.ts';

const dir = labDir(`test-killed-${process.pid}`);
makeFolders(dir);
const callOff = watchOver(dir, process.pid, 'remove');
afterAll(async () => {
  await down(dir);
  rmSync(dir, { recursive: true, force: true });
  callOff();
});

/** Kills the engine once it has started another step, until there is none left. Returns how often: on a busy machine a quick step ends before it is killed. */
const killStepByStep = async (begin: (...args: string[]) => Started, exec: readonly string[]) => {
  let engine = begin(...exec);
  for (let kills = 0; ; kills += 1) {
    const starts = await engine.saw('"type":"step-started"').then(
      () => true,
      () => false,
    );
    if (starts) engine.kill('SIGKILL');
    const { code } = await engine.ended;
    if (code !== null) return kills;
    engine = begin('resume');
  }
};

/** Steps that acted although they were settled. */
const doneTwice = (events: readonly { type: string; step?: string; act?: string }[]): readonly string[] => {
  const settled = new Set<string>();
  return events.flatMap(({ type, step = '', act = '' }) => {
    if (type === 'step-settled') settled.add(step);
    const [of = ''] = act.split('/');
    return type === 'act-started' && settled.has(of) ? [act] : [];
  });
};

test('it ends with the doors open on the new release, no settled step done twice', async () => {
  const lab = await reset(dir);
  const before = await observe(lab);
  expect(before).toMatchObject({ status: 200, version: '1.4.0', commit: lab.git.v1 });
  const cwd = workDir();
  const options = { cwd, env: { HOME: cwd, ...secretsOf(lab) } };
  const begin = (...args: string[]) => start([...args, '--yes-to-gate', 'go-no-go', '--json'], options);
  const demo = join(cloneDir, 'runbooks', 'demo', 'cutover.yaml');

  const kills = await killStepByStep(begin, ['exec', demo, '--vars', varsFile(dir), '--skip-waits']);

  expect(kills).toBeGreaterThan(3);
  const status = JSON.parse((await runbook(['status', '--json'], options)).stdout);
  expect(status).toMatchObject({ state: 'succeeded', engine: false });
  const journal = readFileSync(status.journal, 'utf8').trimEnd().split('\n');
  expect(doneTwice(journal.map((line) => JSON.parse(line)))).toEqual([]);
  expect(await observe(lab)).toEqual({
    ...before,
    version: '2.0.0',
    commit: lab.git.v2,
    running: lab.git.v2,
  });
}, 120_000);
