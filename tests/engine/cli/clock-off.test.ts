/** The clock was set while a run was held: other terminals show it, and their answers are not outdated. */
import { expect, test } from 'vitest';
import { thisMachine } from '../../../engine/run/clock.ts';
import { held } from '../views/scripted-run.ts';
import { runbookHere as runbook, workDir } from './command-line.ts';
import { makeRun } from './made-run.ts';

const hour = 3_600_000;

/** As if the clock had been right during the run, and been set back by an hour since. */
const setBack = (script: typeof held): typeof held => {
  const boot = thisMachine.boot() ?? { id: '', upMs: 0 };
  const booted = { id: boot.id, at: Date.now() + hour - boot.upMs };
  return script.map(([at, ...events]) => [
    at,
    ...events.map((e) => (e.type === 'session-started' ? { ...e, booted } : e)),
  ]);
};

test.skipIf(thisMachine.boot() === null)(
  'status tells the time of the run, and how far the clock is off',
  async () => {
    const cwd = workDir();
    makeRun(cwd, setBack(held));
    const { stdout } = await runbook(['status', '--json'], { cwd });
    const { late, lines } = JSON.parse(stdout);
    expect(Math.abs(late.clockOffMs + hour)).toBeLessThan(5_000);
    expect(JSON.stringify(lines)).toContain('behind the time of the run');
  },
);
