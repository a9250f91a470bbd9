import { planDigest } from '../../../engine/digest.ts';
import { createRun, type NewRun, type RunDir } from '../../../engine/journal/run-dir.ts';
import type { Plan } from '../../../engine/plan.ts';
import { actStep, plan } from '../../support/plan-builder.ts';

export const NOW = Date.UTC(2026, 10, 22, 22, 10, 30);

/** A plan whose digest is its content's. */
export const sealed = (over: Partial<Plan> = {}): Plan => {
  const draft = plan([actStep('dump')], { name: 'trading-journal', ...over });
  return { ...draft, digest: planDigest(draft) };
};

export const newRun = (runsDir: string, over: Partial<NewRun> = {}): RunDir =>
  createRun(runsDir, {
    plan: sealed(),
    source: 'version: 1\n',
    runbookPath: '/srv/cutover.yaml',
    now: NOW,
    ...over,
  });
