/**
 * `npm run demo` and `npm run demo:failure`: a real cutover by `runbook exec` in the lab, then proof from
 * outside the engine. Exits 0 only if every claim holds and nothing is left running.
 */

import { join } from 'node:path';
import { down, type LabInfo, reset } from '../native/lab.ts';
import { LabError } from '../native/lab-error.ts';
import { labDir } from '../native/place.ts';
import { isAlive, startedWith } from '../native/process-table.ts';
import { marker, recorded } from '../native/servers.ts';
import { watchOver } from '../native/watchdog.ts';
import { makeFolders } from '../native/world.ts';
import { type Claim, failure, success } from './claims.ts';
import { readDump } from './dump.ts';
import { runCutover } from './engine.ts';
import { observe } from './scene.ts';
import { sendVisitor } from './visitor.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const demos = {
  success: { claims: success, release: (lab: LabInfo) => lab.git.v2, title: 'the new release goes live' },
  failure: {
    claims: failure,
    release: (lab: LabInfo) => lab.git.broken,
    title: 'the smoke test fails, and the old release comes back',
  },
} as const;

/** Where it is played; `runsDir` null: the clone's own. */
interface Stage {
  readonly dir: string;
  readonly runsDir: string | null;
}

/** A test names a stage of its own, so as not to meet a person's demo. */
const stageOf = (name: string | undefined): Stage =>
  name === undefined
    ? { dir: labDir('demo'), runsDir: null }
    : { dir: labDir(name), runsDir: join(labDir(name), 'runs') };

const play = async ({ claims, release, title }: (typeof demos)[keyof typeof demos], stage: Stage) => {
  say(`Rehearsal: ${title}\nBringing the lab up (the first time downloads some 25 MB of Debian packages)...`);
  const lab = await reset(stage.dir);
  const before = await observe(lab);
  const visitor = sendVisitor(lab.web.url);
  const { exitCode, runDir } = await runCutover(lab, { new_commit: release(lab) }, stage.runsDir);
  const seen = await visitor.leave();
  const after = await observe(lab);
  const dump = readDump(lab.vps.backups);
  return { runDir, proven: claims({ lab, exitCode, before, after, seen, dump }) };
};

const nothingRuns = (dir: string): Claim => {
  const left = [...recorded(dir).filter(isAlive), ...startedWith(marker, dir)];
  return { holds: left.length === 0, says: `the lab is down; ${left.length} of its processes are running` };
};

const report = (proven: readonly Claim[], runDir: string | null): void => {
  say('\nSeen from outside the engine:');
  for (const { holds, says } of proven) say(`  ${holds ? '✔' : '✘'} ${says}`);
  if (runDir) say(`\nJournal and logs: ${runDir}`);
  if (!proven.every((claim) => claim.holds)) process.exitCode = 1;
};

const main = async (name: string | undefined, stageName: string | undefined): Promise<void> => {
  if (name !== 'success' && name !== 'failure') {
    process.stderr.write('Usage: npm run demo | npm run demo:failure\n');
    process.exitCode = 2;
    return;
  }
  const stage = stageOf(stageName);
  const { dir } = stage;
  makeFolders(dir);
  const callOff = watchOver(dir, process.pid, 'keep');
  try {
    const { proven, runDir } = await play(demos[name], stage);
    await down(dir);
    report([...proven, nothingRuns(dir)], runDir);
  } finally {
    await down(dir);
    callOff();
  }
};

// The engine gets them from the terminal as well and ends in its own way; the lab is taken down after it.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

await main(process.argv[2], process.argv[3]).catch((error: unknown) => {
  if (!(error instanceof LabError)) throw error;
  process.stderr.write(`${error.message}\n${error.remedy}\n`);
  process.exitCode = 1;
});
