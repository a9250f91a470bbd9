/** A night of many steps, each retried once and verified: ten events a step. The last step is still to come. */

import type { ActKey, Event } from '../../engine/decide/events.ts';
import { actKey } from '../../engine/decide/keys.ts';
import { masked } from '../support/masked.ts';
import { actStep, planAct, plan as planOf } from '../support/plan-builder.ts';

const id = (i: number): string => `step-${i}`;

export const longPlan = (steps: number) =>
  planOf(
    Array.from({ length: steps + 1 }, (_, i) =>
      actStep(id(i), {
        act: planAct({ retry: { limit: 1, intervalMs: 5_000, backoff: 1 } }),
        verify: [planAct({ effects: 'read' })],
      }),
    ),
  );

export const runBegins: readonly Event[] = [
  {
    type: 'run-created',
    runId: 'long',
    runbook: 'long',
    planDigest: `sha256:${'a'.repeat(64)}`,
    environment: null,
    engine: 'bench',
    user: 'bench',
    measuredUndoMs: {},
  },
  { type: 'session-started', session: 1, pid: 1, host: 'bench', user: 'bench', interactive: false },
  { type: 'clock-set', t0: 0, skipWaits: false },
];

export const stepEvents = (i: number): readonly Event[] => {
  const step = id(i);
  const [act, verify] = [actKey(step, 'do', 0), actKey(step, 'verify', 0)];
  const timer = `retry:${act}#1`;
  return [
    { type: 'step-started', step, plannedAt: null },
    started(act, 1),
    {
      type: 'act-finished',
      act,
      attempt: 1,
      result: 'failed',
      effect: 'none',
      error: { code: 'failed', short: masked('exit code 1: the service did not answer yet') },
      retryable: true,
    },
    { type: 'timer-set', timer, until: 0 },
    { type: 'timer-ended', timer },
    started(act, 2),
    {
      type: 'act-finished',
      act,
      attempt: 2,
      result: 'done',
      effect: 'some',
      output: { exit_code: 0, stdout: `${i}\n` },
    },
    started(verify, 1),
    {
      type: 'act-finished',
      act: verify,
      attempt: 1,
      result: 'done',
      effect: 'none',
      output: { status: 200, ms: 12 },
    },
    { type: 'step-settled', step, state: 'succeeded' },
  ];
};

const started = (act: ActKey, attempt: number): Event => ({
  type: 'act-started',
  act,
  attempt,
  input: { run: ['systemctl', 'restart', 'trading-journal'], env: {}, capture: 'text' },
  digest: `sha256:${'b'.repeat(64)}`,
  before: null,
});
