/** A run on disk as an engine would have left it, from one of the scripted runs. */
import { join } from 'node:path';
import type { Event } from '../../../engine/decide/events.ts';
import { planDigest } from '../../../engine/digest.ts';
import { createJournal } from '../../../engine/journal/journal.ts';
import { createRun, type RunDir } from '../../../engine/journal/run-dir.ts';
import type { Plan } from '../../../engine/plan.ts';
import { play, plan as scripted } from '../views/scripted-run.ts';

export const plan: Plan = { ...scripted, digest: planDigest(scripted) };

export interface Made {
  readonly run: RunDir;
  readonly runsDir: string;
}

/** `until`: leaves out this event and what follows, as a killed engine would. */
export const makeRun = (
  dir: string,
  script: Parameters<typeof play>[0],
  until?: Event['type'],
  secrets: Plan['secrets'] = plan.secrets,
): Made => {
  const own = { ...plan, secrets };
  const made = { ...own, digest: planDigest(own) };
  const runsDir = join(dir, '.runbook', 'runs');
  const now = Date.UTC(2026, 10, 22, 21, 29);
  const run = createRun(runsDir, {
    plan: made,
    source: 'version: 1\n',
    runbookPath: join(dir, 'gone.yaml'),
    now,
  });
  const journal = createJournal(run.journal);
  let over = false;
  play(script, ({ seq: _, at, ...event }) => {
    over ||= event.type === until;
    if (over) return;
    const kept = event.type === 'run-created' ? { ...event, runId: run.id, planDigest: made.digest } : event;
    journal.append([kept], at);
  });
  journal.close();
  return { run, runsDir };
};
