/** `runbook` as an operator types it, on this very terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabInfo } from '../native/lab.ts';
import { cloneDir } from '../native/place.ts';
import { secretsOf, varsFile } from '../native/vars.ts';

const folder = join('runbooks', 'trading-journal');

export interface Play {
  readonly runbook: string;
  readonly vars?: Readonly<Record<string, string>>;
  /** Gates that a rehearsal answers by itself. */
  readonly gates?: readonly string[];
}

export interface EngineRun {
  readonly exitCode: number | null;
  /** null: it ended before there was a run. */
  readonly runId: string | null;
}

/** The command for a runbook that calls the engine itself: these sources, whatever is on PATH. */
export const engineCommand = (lab: LabInfo): string => {
  const file = join(lab.dir, 'runbook');
  const main = join(cloneDir, 'engine', 'main.ts');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, { mode: 0o755 });
  return file;
};

const runsIn = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : []);

export const play = async (
  lab: LabInfo,
  runsDir: string,
  { runbook, vars, gates }: Play,
): Promise<EngineRun> => {
  const before = new Set(runsIn(runsDir));
  const args = [
    ...[
      'exec',
      join(folder, runbook),
      '--vars',
      join(folder, 'vars', 'lab.yaml'),
      '--vars',
      varsFile(lab.dir),
    ],
    ...Object.entries(vars ?? {}).flatMap(([name, value]) => ['--var', `${name}=${value}`]),
    '--skip-waits',
    ...(gates ?? []).flatMap((gate) => ['--yes-to-gate', gate]),
    ...['--runs-dir', runsDir],
  ];
  process.stdout.write(`\n$ runbook ${args.join(' ')}\n\n`);
  const engine = spawn(process.execPath, [join(cloneDir, 'engine', 'main.ts'), ...args], {
    cwd: cloneDir,
    env: { ...process.env, ...secretsOf(lab) },
    stdio: 'inherit',
  });
  const [exitCode] = (await once(engine, 'close')) as [number | null];
  return { exitCode, runId: runsIn(runsDir).find((run) => !before.has(run)) ?? null };
};
