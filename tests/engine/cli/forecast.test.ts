import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runbook, workDir } from './command-line.ts';

const written = `version: 1
name: shop
timeline: { window: { opens: T-3m, hard_stop: T+10m } }
steps:
  - { id: tell, at: T-1m, type: command, with: { effects: read, run: [echo, told] } }
  - { id: open, at: T0, expected: 20s, type: command, with: { effects: read, run: [echo, open] } }
`;

test('durations come from the runs of this environment, and `exec` and `status` say it in a line', async () => {
  const cwd = workDir();
  writeFileSync(join(cwd, 'shop.yaml'), written);
  const ask = async () =>
    JSON.parse((await runbook(['forecast', 'shop.yaml', '--t0', '+2m', '--json'], { cwd })).stdout);
  const unknown = await ask();
  expect(unknown).toMatchObject({ runbook: 'shop', draws: 10_000, seed: 1, runs: 0 });
  expect(unknown.durations).toEqual([
    { step: 'tell', kind: 'step', from: 'guess', runs: 0, expectedMs: null },
    { step: 'open', kind: 'step', from: 'expected', runs: 0, expectedMs: 20_000 },
  ]);

  const rehearsed = await runbook(['exec', 'shop.yaml', '--skip-waits'], { cwd });
  expect(rehearsed.code).toBe(0);
  expect(rehearsed.stderr).not.toContain('forecast:');
  const known = await ask();
  expect(known.runs).toBe(1);
  expect(known.durations.map(({ from }: { from: string }) => from)).toEqual(['runs', 'runs']);
  expect(known.byT0.chance).toMatchObject({ hits: 10_000, of: 10_000 });

  // Both steps are late at once, so nothing waits for a planned time.
  const real = await runbook(['exec', 'shop.yaml', '--t0', new Date(Date.now() - 120_000).toISOString()], {
    cwd,
  });
  expect(real.code).toBe(0);
  expect(real.stderr).toMatch(
    /forecast: T0 on time: none of [\d,]+ draws; done at T\+\S+ \(P50\), .*0 of 2 durations guessed/,
  );
  const { stdout } = await runbook(['status', '--json'], { cwd });
  expect(JSON.parse(stdout).forecast).toEqual({ is: 'none', why: 'ended' });
});

test('too few draws are refused', async () => {
  const cwd = workDir();
  writeFileSync(join(cwd, 'shop.yaml'), written);
  const { code, stderr } = await runbook(['forecast', 'shop.yaml', '--runs', '5'], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain('RB665  --runs 5 is not between 100 and 100000');
});
