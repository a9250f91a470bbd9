/** Plans for the formats of `runbook plan`: a small one, a long one, and one that attacks them. */
import type { Plan, PlanActStep, PlanStep } from '../../engine/plan.ts';
import {
  actStep,
  autoUndo,
  checklistStep,
  gateStep,
  plan,
  planAct,
  waitStep,
  watchStep,
} from './plan-builder.ts';

const minutes = (m: number): number => m * 60_000;

const change = (id: string, over: Partial<PlanActStep> = {}): PlanActStep =>
  actStep(id, { undo: { ...autoUndo, expectedMs: 20_000 }, expectedMs: 30_000, ...over });

export const smallPlan = (): Plan =>
  plan(
    [
      change('close', { name: 'Close the site', atMs: minutes(-10), sets: { open: false } }),
      [
        change('dump', { name: 'Dump', atMs: minutes(-8), expectedMs: minutes(2) }),
        actStep('mail', {
          name: 'Mail everybody',
          atMs: minutes(-8),
          expectedMs: minutes(1),
          undo: { ...autoUndo, mode: 'none', why: 'A mail cannot be called back', acts: [] },
        }),
      ],
      gateStep('go', { name: 'Go or no-go', atMs: minutes(-1), expectedMs: 30_000 }),
      'line',
      change('open', { name: 'Open the new site', atMs: 0, sets: { open: true } }),
      watchStep('errors', { name: 'No errors', untilMs: minutes(20), count: null }),
    ],
    {
      name: 'small',
      environment: 'lab',
      timeline: { opensMs: minutes(-12), hardStopMs: minutes(15) },
      facts: { open: true },
    },
  );

/** 300 steps and more of all kinds. */
export const longPlan = (): Plan => {
  const items: Parameters<typeof plan>[0][number][] = [];
  for (let i = 0; i < 60; i++) {
    const at = minutes(i * 2 - 120);
    items.push(
      change(`first-of-the-round-${i}`, { name: `A name that is rather long, number ${i}`, atMs: at }),
      [change(`left-${i}`), change(`right-${i}`, { expectedMs: 10_000 })],
      waitStep(`wait-${i}`, 5_000),
      checklistStep(`look-${i}`, ['h1'], { expectedMs: 5_000 }),
    );
  }
  return plan(items, { name: 'long', timeline: { opensMs: null, hardStopMs: minutes(30) } });
};

/** Names and reasons as nobody should write them. */
export const hostile =
  '</text><script>alert(1)</script> & "quoted" \' ]]> \u0000\u202e ``` | %% :;#, \ud800 日本語 😀';

export const hostilePlan = (): Plan => {
  const id = 'W'.repeat(90);
  const steps: PlanStep[] = [
    change(id, { name: hostile, description: hostile, atMs: minutes(-1) }),
    actStep('gantt', {
      name: hostile,
      act: planAct({ preview: hostile }),
      undo: { ...autoUndo, mode: 'none', why: hostile, acts: [] },
    }),
    gateStep('click', { name: hostile, approvers: [hostile], atMs: 0 }),
  ];
  return plan(steps, {
    name: hostile,
    environment: hostile,
    approvers: { [hostile]: { name: hostile } },
    timeline: { opensMs: minutes(-60 * 30), hardStopMs: minutes(60 * 24 * 30) },
    facts: { [hostile]: 'a' },
  });
};
