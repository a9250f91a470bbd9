import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LabInfo } from '../native/lab.ts';
import { cloneDir } from '../native/place.ts';
import { secretsOf, varsFile } from '../native/vars.ts';

const runsIn = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : []);

export interface EngineRun {
  readonly exitCode: number | null;
  /** null: it ended before there was a run. */
  readonly runDir: string | null;
}

/** The command line as an operator types it, on this very terminal. */
export const runCutover = async (
  lab: LabInfo,
  vars: Readonly<Record<string, string>>,
  runsDir: string | null,
): Promise<EngineRun> => {
  const runs = runsDir ?? join(cloneDir, '.runbook', 'runs');
  const before = new Set(runsIn(runs));
  const args = [
    ...['exec', 'runbooks/demo/cutover.yaml', '--vars', varsFile(lab.dir)],
    ...Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}=${value}`]),
    ...['--skip-waits', '--yes-to-gate', 'go-no-go'],
    ...(runsDir === null ? [] : ['--runs-dir', runsDir]),
  ];
  process.stdout.write(`\n$ runbook ${args.join(' ')}\n\n`);
  const engine = spawn(process.execPath, [join(cloneDir, 'engine', 'main.ts'), ...args], {
    cwd: cloneDir,
    env: { ...process.env, ...secretsOf(lab) },
    stdio: 'inherit',
  });
  const [exitCode] = (await once(engine, 'close')) as [number | null];
  const made = runsIn(runs).find((run) => !before.has(run));
  return { exitCode, runDir: made === undefined ? null : join(runs, made) };
};
