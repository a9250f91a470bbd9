import fc from 'fast-check';
import type { Plan, PlanActStep, PlanStep, PlanUndo } from '../../engine/plan.ts';
import { actStep, autoUndo, gateStep, plan, planAct, waitStep } from '../support/plan-builder.ts';

const undo = fc.constantFrom<PlanUndo>(
  autoUndo,
  { ...autoUndo, mode: 'own', preconditions: [planAct({ effects: 'read' })] },
  { ...autoUndo, mode: 'none', why: 'none', acts: [] },
);

const act = (id: string): fc.Arbitrary<PlanActStep> =>
  fc
    .record({
      undo,
      limit: fc.nat(2),
      intervalMs: fc.constantFrom(0, 1_000),
      onFailure: fc.constantFrom('hold' as const, 'rollback' as const, 'continue' as const),
      pre: fc.nat(1),
      verify: fc.nat(1),
      atMs: fc.constantFrom(null, -30_000),
      expectedMs: fc.constantFrom(null, 20_000),
    })
    .map(({ limit, intervalMs, pre, verify, ...step }) =>
      actStep(id, {
        ...step,
        act: planAct({ retry: { limit, intervalMs, backoff: 2 } }),
        preconditions: Array.from({ length: pre }, () => planAct({ effects: 'read' })),
        verify: Array.from({ length: verify }, () => planAct({ effects: 'read' })),
      }),
    );

const acts = (prefix: string, min: number, max: number) =>
  fc
    .integer({ min, max })
    .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => act(`${prefix}${i}`))));

const gate = (id: string) =>
  fc
    .record({
      minApprovals: fc.integer({ min: 1, max: 2 }),
      onTimeout: fc.constantFrom('hold' as const, 'no_go' as const),
      onNoGo: fc.constantFrom('hold' as const, 'rollback' as const),
    })
    .map((over) => gateStep(id, over));

/** Acts, a parallel group, perhaps a wait, and perhaps a gate with the line and what follows it. */
export const plans: fc.Arbitrary<Plan> = fc
  .record({
    before: acts('a', 1, 3),
    together: acts('p', 2, 3),
    pause: fc.boolean(),
    line: fc.boolean(),
    gate: gate('gate'),
    doors: act('doors'),
    after: acts('z', 0, 2),
    hardStopMs: fc.constantFrom(null, 100_000),
  })
  .map(({ before, together, pause, line, gate: opening, doors, after, hardStopMs }) => {
    const wait: PlanStep[] = pause ? [waitStep('pause', 5_000)] : [];
    const crossing = line ? ([opening, 'line', doors] as const) : [];
    const timeline = { opensMs: null, hardStopMs };
    return plan([...before, together, ...wait, ...crossing, ...after], { timeline });
  });
