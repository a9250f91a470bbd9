/** A loop of groups beside each other, as it is written out at load. */
import type { Plan, PlanActStep } from '../../../engine/plan.ts';
import { actStep, autoUndo, lanes, plan } from '../../support/plan-builder.ts';

export const loopOf = (items: number, steps: readonly string[], over: Partial<PlanActStep> = {}): Plan =>
  plan([
    actStep('announce'),
    lanes(
      ...Array.from({ length: items }, (_, i) =>
        steps.map((step) =>
          actStep(`sections[s${i + 1}]/${step}`, {
            expectedMs: 30_000,
            undo: { ...autoUndo, expectedMs: 20_000 },
            ...over,
          }),
        ),
      ),
    ),
    actStep('last'),
  ]);
