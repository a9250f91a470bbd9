import type { Plan, PlanActStep, PlanSpan, PlanStep, PlanUndo } from '../../engine/plan.ts';
import {
  actStep,
  autoUndo,
  checklistStep,
  gateStep,
  lanes,
  plan,
  planAct,
  waitStep,
  watchStep,
} from '../support/plan-builder.ts';
import { fc } from '../support/property.ts';

const undo = fc.constantFrom<PlanUndo>(
  autoUndo,
  { ...autoUndo, mode: 'own', preconditions: [planAct({ effects: 'read' })] },
  { ...autoUndo, mode: 'none', why: 'none', acts: [] },
);

/** Every third step may be skipped. */
const maybe = fc.nat(2).map((n) => (n === 0 ? { when: 'w' } : {}));

const sometimes = <S extends PlanStep>(step: fc.Arbitrary<S>): fc.Arbitrary<S> =>
  fc.tuple(step, maybe).map(([always, when]) => ({ ...always, ...when }));

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
      pausable: fc.boolean(),
    })
    .map(({ limit, intervalMs, pre, verify, pausable, ...step }) =>
      actStep(id, {
        ...step,
        act: planAct({ retry: { limit, intervalMs, backoff: 2 }, pausable }),
        preconditions: Array.from({ length: pre }, () => planAct({ effects: 'read' })),
        verify: Array.from({ length: verify }, () => planAct({ effects: 'read' })),
      }),
    );

const acts = (prefix: string, min: number, max: number) =>
  fc
    .integer({ min, max })
    .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => sometimes(act(`${prefix}${i}`)))));

/** Chains of one to three steps, with the ids that groups of a loop get. */
const chains = (prefix: string) =>
  fc
    .array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 3 })
    .chain((lengths) => fc.tuple(...lengths.map((n, i) => acts(`${prefix}[s${i}]/`, n, n))))
    .map((made) => lanes(...made));

const gate = (id: string) =>
  fc
    .record({
      minApprovals: fc.integer({ min: 1, max: 2 }),
      onTimeout: fc.constantFrom('hold' as const, 'no_go' as const),
      onNoGo: fc.constantFrom('hold' as const, 'rollback' as const),
    })
    .map((over) => gateStep(id, over));

const anyFailure = fc.constantFrom('hold' as const, 'rollback' as const, 'continue' as const);

const watch = (id: string, untilMs: fc.Arbitrary<number | null>) =>
  fc
    .record({
      untilMs,
      count: fc.constantFrom(1, 3),
      failureLimit: fc.nat(1),
      inconclusiveLimit: fc.nat(1),
      consecutiveErrorLimit: fc.nat(1),
      initialDelayMs: fc.constantFrom(0, 2_000),
      pauses: fc.boolean(),
      trips: fc.nat(2),
      onFailure: anyFailure,
    })
    .map(({ trips, ...over }) =>
      watchStep(id, {
        ...over,
        intervalMs: 10_000,
        onTrip: Array.from({ length: trips }, () =>
          planAct({ retry: { limit: 1, intervalMs: 1_000, backoff: 1 } }),
        ),
      }),
    );

const checklist = (id: string) =>
  fc
    .record({
      items: fc.constantFrom(['a', 'b'], ['h0'], ['a', 'h0', 'b', 'h1']),
      timeoutMs: fc.constantFrom(null, 20_000),
      onFailure: anyFailure,
    })
    .map(({ items, ...over }) => checklistStep(id, items, over));

/** From one step, or several, to the same or a later one. */
const spanOf = fc
  .record({
    from: fc.nat(),
    to: fc.nat(),
    more: fc.nat(1),
    limitMs: fc.constantFrom(1_000, 15_000, 60_000),
    onBreach: fc.constantFrom('hold' as const, 'notify' as const),
  })
  .map(({ from, to, more, limitMs, onBreach }) => (id: string, { steps }: Plan): PlanSpan => {
    const ids = Object.keys(steps);
    const first = from % ids.length;
    const last = first + (to % (ids.length - first));
    return {
      id,
      name: id,
      from: ids.slice(first, first + 1 + Math.min(more, last - first)),
      to: ids.slice(last, last + 1 + more),
      limitMs,
      onBreach,
      line: 1,
    };
  });

/** Acts, watches beside them and between them, a checklist, a parallel group, perhaps lanes and a wait, and perhaps a gate with the line and what follows it. */
export const plans: fc.Arbitrary<Plan> = fc
  .record({
    before: acts('a', 1, 3),
    together: acts('p', 2, 3),
    chained: fc.option(chains('l')),
    afterwards: fc.option(chains('m'), { freq: 1 }),
    pause: fc.option(sometimes(fc.constant(waitStep('pause', 5_000)))),
    asked: fc.option(sometimes(gate('asked'))),
    beside: fc.option(sometimes(watch('beside', fc.constantFrom(-20_000, 40_000)))),
    between: fc.option(sometimes(watch('between', fc.constant(null)))),
    list: fc.option(sometimes(checklist('list'))),
    late: fc.option(sometimes(checklist('late'))),
    line: fc.boolean(),
    gate: gate('gate'),
    doors: act('doors'),
    after: acts('z', 0, 2),
    hardStopMs: fc.constantFrom(null, 100_000),
    locked: fc.boolean(),
    spans: fc.array(spanOf, { maxLength: 2 }),
  })
  .map(
    ({ before, together, pause, line, gate: opening, doors, after, hardStopMs, spans, locked, ...core }) => {
      const crossing = line ? ([opening, 'line', doors] as const) : [];
      const timeline = { opensMs: null, hardStopMs };
      const only = (step: PlanStep | null): PlanStep[] => (step ? [step] : []);
      const chained = core.chained ? [core.chained] : [];
      const afterwards = core.afterwards ? [core.afterwards] : [];
      const watched = [
        ...[...only(core.beside), ...before, ...only(core.between), together],
        ...[...chained, ...only(core.list), ...only(core.asked)],
      ];
      // The loader refuses a rollback after the point of no return.
      const held = core.late && { ...core.late, onFailure: line ? ('hold' as const) : core.late.onFailure };
      const made = plan([...watched, ...only(pause), ...crossing, ...only(held), ...after, ...afterwards], {
        timeline,
        ...(locked && { lock: { name: 'only-one', runOn: 'local', ttlMs: 60_000 } }),
      });
      return spans.length > 0 ? { ...made, spans: spans.map((each, i) => each(`span${i}`, made)) } : made;
    },
  );
