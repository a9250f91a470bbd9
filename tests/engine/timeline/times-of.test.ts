import { describe, expect, test } from 'vitest';
import { placeOf } from '../../../engine/decide/lanes.ts';
import { outlook } from '../../../engine/decide/outlook.ts';
import { latestSafeAbort, owedMs } from '../../../engine/decide/owed.ts';
import type { Plan, PlanActStep, PlanStep } from '../../../engine/plan.ts';
import type { StepTimes } from '../../../engine/timeline/times.ts';
import { timesOf } from '../../../engine/timeline/times-of.ts';
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
} from '../../support/plan-builder.ts';
import { PlannedRun } from '../../support/planned-run.ts';
import { fc } from '../../support/property.ts';

const seconds = (s: number): number => s * 1000;
const minutes = (m: number): number => m * 60_000;

/** `undo` in seconds. */
const change = (
  id: string,
  over: Partial<PlanActStep> & { undo?: never; back?: number } = {},
): PlanActStep => {
  const { back = null, ...rest } = over;
  return actStep(id, { undo: { ...autoUndo, expectedMs: back === null ? null : seconds(back) }, ...rest });
};

const read = (id: string, over: Partial<PlanActStep> = {}): PlanActStep =>
  actStep(id, {
    act: planAct({ effects: 'read' }),
    undo: { ...autoUndo, mode: 'nothing', acts: [] },
    ...over,
  });

const forever = (id: string, why: string, over: Partial<PlanActStep> = {}): PlanActStep =>
  actStep(id, { undo: { ...autoUndo, mode: 'none', why, acts: [] }, ...over });

/** A cutover in small: 300 s of rollback at the gate. */
const cutover = (hardStopMs: number | null = minutes(30)): Plan =>
  plan(
    [
      read('look', { atMs: minutes(-30), expectedMs: seconds(30) }),
      [
        change('dump', { expectedMs: minutes(4), back: 0 }),
        change('archive', { expectedMs: minutes(2), atMs: minutes(-28), back: 30 }),
      ],
      change('stop', { atMs: minutes(-20), expectedMs: seconds(10), back: 60, sets: { open: false } }),
      forever('mail', 'a mail was sent', { expectedMs: seconds(5) }),
      waitStep('settle', seconds(90)),
      change('move', { expectedMs: minutes(10), back: 210, sets: { moved: true } }),
      gateStep('gate', { atMs: minutes(-1), expectedMs: seconds(20), timeoutMs: minutes(5) }),
      'line',
      change('start', { atMs: 0, expectedMs: seconds(40), sets: { open: true } }),
      watchStep('watch', { untilMs: minutes(40), count: null }),
      checklistStep('validate', ['h1', 'r2'], { atMs: minutes(2), expectedMs: minutes(1) }),
      read('count', { atMs: minutes(10), expectedMs: seconds(5) }),
    ],
    { timeline: { opensMs: minutes(-31), hardStopMs }, facts: { open: true, moved: false } },
  );

const of = (p: Plan, member: keyof StepTimes) =>
  Object.fromEntries(Object.entries(timesOf(p).steps).map(([id, times]) => [id, times[member]]));

describe('a cutover without a fault', () => {
  const times = timesOf(cutover());

  test('starts: planned, after the step before, or counted from the end of the step at T0', () => {
    const starts = Object.entries(times.steps).map(([id, { startMs }]) => [id, startMs / 1000]);
    expect(Object.fromEntries(starts)).toEqual({
      look: -1800,
      dump: -1770,
      archive: -1680,
      stop: -1200,
      mail: -1190,
      settle: -1185,
      move: -1095,
      gate: -60,
      start: 0,
      watch: 40,
      validate: 40 + 120,
      count: 40 + 600,
    });
    expect(times).toMatchObject({ startMs: minutes(-31), endMs: minutes(40) + 40_000, noReturnMs: 0 });
  });

  test('the rollback at each step, and until when it may begin', () => {
    expect(of(cutover(), 'wayBackMs')).toEqual({
      look: 0,
      dump: 30_000,
      archive: 30_000,
      stop: 90_000,
      mail: 90_000,
      settle: 90_000,
      move: 300_000,
      gate: 300_000,
      start: null,
      watch: null,
      validate: null,
      count: null,
    });
    expect(times.steps.move?.latestAbortMs).toBe(minutes(25));
    expect(times.steps.start?.latestAbortMs).toBeNull();
    expect(times.windowHold).toBeNull();
    expect(timesOf(cutover(null)).steps.move?.latestAbortMs).toBeNull();
  });

  test('slack: to the next planned start through what comes between, or to the hard stop', () => {
    expect(of(cutover(), 'slackMs')).toEqual({
      look: minutes(-28) - (minutes(-30) + 30_000),
      dump: minutes(-20) - (-1_770_000 + 240_000),
      archive: minutes(-20) - minutes(-26),
      stop: seconds(435),
      mail: seconds(435),
      settle: seconds(435),
      move: seconds(435),
      gate: seconds(40),
      start: minutes(30) - 40_000,
      watch: null,
      validate: minutes(10) - minutes(3),
      count: null,
    });
  });

  test('the end of the run hangs on the watch, and by that on the step at T0', () => {
    const critical = Object.entries(times.steps).flatMap(([id, step]) => (step.critical ? [id] : []));
    expect(critical).toEqual(['start', 'watch']);
  });

  test('what stays, and how long each fact differs from the start', () => {
    expect(times.stays).toEqual([{ step: 'mail', why: 'a mail was sent' }]);
    expect(times.spans).toEqual([
      { fact: 'open', value: false, from: 'stop', startMs: -1_190_000, to: 'start', endMs: 40_000 },
      { fact: 'moved', value: true, from: 'move', startMs: -495_000, to: null, endMs: null },
    ]);
  });
});

describe('as the core runs it', () => {
  /** Odd seconds, so that two things rarely happen at the same instant. */
  const duration = fc.option(fc.integer({ min: 1, max: 400 }).map((n) => n * 1013));

  const actOf = fc.record({
    kind: fc.constantFrom('change', 'read', 'forever'),
    expectedMs: duration,
    back: fc.option(fc.integer({ min: 0, max: 300 })),
  });
  const stepOf = fc.oneof(
    { weight: 5, arbitrary: actOf.map((a) => [a]) },
    { weight: 2, arbitrary: fc.array(actOf, { minLength: 2, maxLength: 4 }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), forMs: duration }).map((a) => [a]) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('gate'), expectedMs: duration }).map((a) => [a]) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('checklist'), expectedMs: duration }).map((a) => [a]),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({ kind: fc.constant('watch'), count: fc.integer({ min: 1, max: 5 }), delay: fc.nat(100) })
        .map((a) => [a]),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({
          kind: fc.constant('beside'),
          lasts: fc.integer({ min: 1, max: 3000 }),
          delay: fc.nat(100),
          count: fc.option(fc.integer({ min: 1, max: 20 })),
        })
        .map((a) => [a]),
    },
  );
  const chainsOf = fc.array(fc.array(actOf, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 });
  const gapOf = fc.option(fc.integer({ min: 0, max: 600 }), { freq: 3 });
  const planOf = fc
    .record({
      before: fc.array(fc.tuple(gapOf, stepOf), { maxLength: 5 }),
      /** Lanes before T0 and after it. */
      early: fc.option(chainsOf),
      late: fc.option(chainsOf),
      line: fc.boolean(),
      /** Beside what is planned at T0: steps before it, and one planned after it. */
      beside: fc.option(fc.record({ first: actOf, gap: fc.integer({ min: 1, max: 600 }), later: actOf })),
      after: fc.array(fc.tuple(gapOf, stepOf), { maxLength: 6 }),
      opens: fc.option(fc.integer({ min: 0, max: 300 })),
      stop: fc.option(fc.integer({ min: 1, max: 9000 })),
      t0: actOf,
      gate: duration,
    })
    .map(build);

  function build(drawn: {
    before: readonly (readonly [number | null, readonly Drawn[]])[];
    after: readonly (readonly [number | null, readonly Drawn[]])[];
    early: readonly (readonly Drawn[])[] | null;
    late: readonly (readonly Drawn[])[] | null;
    beside: { readonly first: Drawn; readonly gap: number; readonly later: Drawn } | null;
    line: boolean;
    opens: number | null;
    stop: number | null;
    t0: Drawn;
    gate: number | null;
  }): Plan {
    let n = 0;
    let at = seconds(-3001);
    const items: Parameters<typeof plan>[0][number][] = [];
    const add = (gap: number | null, group: readonly Drawn[]): void => {
      if (gap !== null) at += seconds(gap);
      const steps = group.map((d, i) => stepFrom(`s${++n}`, d, gap === null ? null : at + i * 7_001));
      if (gap !== null) at += (group.length - 1) * 7_001;
      items.push(steps.length === 1 ? (steps[0] as PlanStep) : steps);
    };
    const chained = (chains: readonly (readonly Drawn[])[] | null): void => {
      if (chains) items.push(lanes(...chains.map((chain) => chain.map((d) => stepFrom(`s${++n}`, d, null)))));
    };
    for (const [gap, group] of drawn.before) add(gap, group);
    chained(drawn.early);
    const opensMs = drawn.opens === null ? null : seconds(-3001 - drawn.opens);
    if (drawn.line) items.push(gateStep('line-gate', { expectedMs: drawn.gate, timeoutMs: 500_000 }), 'line');
    const t0 = stepFrom('t0', drawn.t0, 0);
    at = 0;
    // The point of no return is directly before an act of its own.
    if (drawn.beside && !drawn.line) {
      at = seconds(drawn.beside.gap);
      items.push(
        lanes([t0], [stepFrom('t1', drawn.beside.first, null), stepFrom('t2', drawn.beside.later, at)]),
      );
    } else items.push(t0);
    chained(drawn.late);
    for (const [gap, group] of drawn.after) add(gap, group);
    return plan(items, {
      timeline: { opensMs, hardStopMs: drawn.stop === null ? null : seconds(drawn.stop) },
    });
  }

  interface Drawn {
    readonly kind: string;
    readonly expectedMs?: number | null;
    readonly back?: number | null;
    readonly forMs?: number | null;
    readonly count?: number | null;
    readonly delay?: number;
    readonly lasts?: number;
  }

  function stepFrom(id: string, d: Drawn, atMs: number | null): PlanStep {
    const over = { atMs, expectedMs: d.expectedMs ?? null };
    const initialDelayMs = seconds(d.delay ?? 0);
    switch (d.kind) {
      case 'read':
        return read(id, over);
      case 'forever':
        return forever(id, 'it stays', over);
      case 'wait':
        return waitStep(id, d.forMs ?? 0, { atMs });
      case 'gate':
        return gateStep(id, { ...over, timeoutMs: null });
      case 'checklist':
        return checklistStep(id, ['h1', 'r1'], { ...over, timeoutMs: null });
      case 'watch':
        return watchStep(id, { atMs, initialDelayMs, count: d.count ?? 1 });
      case 'beside':
        return watchStep(id, {
          atMs,
          initialDelayMs,
          untilMs: (atMs ?? 0) + seconds(d.lasts ?? 1),
          count: d.count ?? null,
        });
      default:
        return change(id, { ...over, ...(d.back == null ? {} : { back: d.back }) });
    }
  }

  test('each step starts, ends and costs as planned', () => {
    fc.assert(
      fc.property(planOf, (p) => {
        const times = timesOf(p);
        const run = new PlannedRun(p, times.startMs);
        const parallel = p.entries.some((e) => e.kind === 'parallel');
        run.finish((id) => {
          const { state, now } = run;
          // In parallel, the siblings of a step that holds start only after the answer.
          if (parallel && run.windowHolds.length > 0) return;
          const expected = times.steps[id];
          const { startedAt, settledAt } = state.steps[id] ?? {};
          expect({ id, startMs: startedAt, endMs: settledAt }).toEqual({
            id,
            startMs: expected?.startMs,
            endMs: expected?.endMs,
          });
          if (state.line) {
            expect(expected).toMatchObject({ wayBackMs: null, latestAbortMs: null });
            return;
          }
          // What of it comes first is not said.
          const atOnce = Object.entries(times.steps).some(
            ([other, { startMs }]) => other !== id && startMs === now,
          );
          if (p.steps[id]?.kind === 'watch' && atOnce) return;
          const own = placeOf(p, id);
          const next = Object.entries(times.steps).some(([other, { startMs }]) => {
            const { entry, lane, index } = placeOf(p, other);
            return startMs === now && index > 0 && entry === own.entry && lane !== own.lane;
          });
          if (next) return;
          expect({ id, wayBackMs: owedMs(p, state) }).toEqual({ id, wayBackMs: expected?.wayBackMs });
          // For the gate before the point of no return, the core keeps its time for an answer free as well.
          const open = p.steps['line-gate'] && state.steps['line-gate']?.state !== 'succeeded' ? 500_000 : 0;
          const latest = expected?.latestAbortMs ?? null;
          expect(latestSafeAbort(p, state)).toBe(latest === null ? null : latest - open);
          const limit = outlook(p, state, now).rollbackUntil;
          if (limit?.because === 'hard-stop') expect(limit.at).toBe(latest);
        });
        if (parallel && run.windowHolds.length > 0) return;
        expect(run.state.settled).toEqual({ result: 'succeeded', at: times.endMs });
        expect(run.state.line?.crossedAt ?? null).toBe(times.noReturnMs);
        // In parallel, the core looks again only when something else happens.
        if (!parallel) expect(run.windowHolds[0] ?? null).toBe(times.windowHold);
      }),
      { numRuns: 300 },
    );
  });

  /** Of the step that is expected, `ms` more. */
  const delayed = (p: Plan, id: string, ms: number): Plan => {
    const step = p.steps[id];
    if (step?.kind !== 'act') throw new Error(`${id} is no act`);
    return { ...p, steps: { ...p.steps, [id]: { ...step, expectedMs: (step.expectedMs ?? 0) + ms } } };
  };

  /** Planned starts and hard stops that are missed. */
  const missed = (p: Plan): readonly string[] => {
    const { steps } = timesOf(p);
    const anchor = Math.max(0, steps.t0?.endMs ?? 0);
    return Object.values(p.steps).flatMap(({ id, atMs }) => {
      const times = steps[id];
      if (!times) return [];
      const planned = atMs === null ? null : atMs <= 0 ? atMs : anchor + atMs;
      const stop = atMs === 0 ? p.timeline.hardStopMs : null;
      return [
        ...(planned !== null && times.startMs > planned ? [`${id} starts`] : []),
        ...(stop !== null && times.endMs > stop ? [`${id} ends`] : []),
      ];
    });
  };

  test('a critical step, and no other, delays the end; a delay within the slack misses nothing', () => {
    let [critical, tight] = [0, 0];
    fc.assert(
      fc.property(planOf, (p) => {
        const times = timesOf(p);
        const onTime = missed(p).length === 0;
        for (const [id, step] of Object.entries(times.steps)) {
          if (p.steps[id]?.kind !== 'act') continue;
          expect({ id, later: timesOf(delayed(p, id, 1)).endMs > times.endMs }).toEqual({
            id,
            later: step.critical,
          });
          if (step.critical) critical++;
          if (!onTime) continue;
          expect({ id, missed: missed(delayed(p, id, step.slackMs ?? minutes(10_000))) }).toEqual({
            id,
            missed: [],
          });
          if (step.slackMs === null) continue;
          tight++;
          expect({ id, missed: missed(delayed(p, id, step.slackMs + 1)) }).not.toEqual({ id, missed: [] });
        }
      }),
      { numRuns: 150 },
    );
    expect({ critical: critical > 100, tight: tight > 100 }).toEqual({ critical: true, tight: true });
  });
});

// Quadratic, they would take minutes; this leaves room for a busy machine.
test('10,000 steps take a fraction of a second', () => {
  const p = plan(
    Array.from({ length: 10_000 }, (_, i) =>
      change(`s${i}`, { atMs: i % 3 === 0 ? (i - 5000) * 1000 : null, expectedMs: 900, back: 1 }),
    ),
    { timeline: { opensMs: null, hardStopMs: minutes(300) } },
  );
  const from = performance.now();
  const times = timesOf(p);
  expect(Object.keys(times.steps)).toHaveLength(10_000);
  expect(performance.now() - from).toBeLessThan(5000);
});
