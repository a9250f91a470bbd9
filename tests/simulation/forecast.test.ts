/** The schedule that a forecast draws through is what the core decides: over made-up plans, with made-up durations. */
import { expect, test } from 'vitest';
import { initialState } from '../../engine/decide/fold.ts';
import { groupsOf } from '../../engine/decide/queries.ts';
import type { RunState } from '../../engine/decide/state.ts';
import { hasUndo } from '../../engine/forecast/durations.ts';
import { Schedule } from '../../engine/forecast/schedule.ts';
import { undoLanes, undoLanesMs } from '../../engine/forecast/undo-lanes.ts';
import type { Plan, PlanStep } from '../../engine/plan.ts';
import { startMs } from '../../engine/what-if/durations.ts';
import { fc } from '../support/property.ts';
import { plans } from './plans.ts';
import { type Course, VirtualRun } from './virtual-run.ts';

const runs = Number(process.env.SIMULATED_RUNS ?? 400);
const t0 = 1_000_000_000;

/** What the generated plans lack: steps at and after T0, a window that opens, slow answers. */
const timed = fc
  .record({
    plan: plans,
    at: fc.array(fc.constantFrom(null, 0, 20_000, 45_000), { minLength: 30, maxLength: 30 }),
    opensMs: fc.constantFrom(null, -60_000, -10_000),
    hardStopMs: fc.constantFrom(null, 100_000, 400_000),
    expected: fc.array(fc.constantFrom(null, 5_000, 20_000), { minLength: 30, maxLength: 30 }),
  })
  .map(({ plan: { spans: _, ...plan }, at, opensMs, hardStopMs, expected }): Plan => {
    let latest = Number.NEGATIVE_INFINITY;
    const steps = Object.entries(plan.steps).map(([id, step], i): [string, PlanStep] => {
      const own = i > 3 ? (at[i] ?? null) : step.atMs;
      const atMs = own === null ? null : Math.max(own, latest);
      if (atMs !== null) latest = atMs;
      return [id, { ...step, atMs, expectedMs: expected[i] ?? null }];
    });
    return { ...plan, steps: Object.fromEntries(steps), timeline: { opensMs, hardStopMs } };
  });

/** Longer than the time limits of gates now and then, and never round: no two things happen at one instant by chance. */
const tooks = fc.array(fc.oneof(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: 1, max: 400_000 })), {
  minLength: 30,
  maxLength: 30,
});

const courseOf = (plan: Plan, took: readonly number[], late: number): Course => ({
  t0,
  startAt: t0 + startMs(plan) + late,
  ms: new Map(
    groupsOf(plan)
      .flat()
      .flatMap((step, i): [string, number][] => {
        const ms = (took[i] ?? 0) * 10 + 7;
        if (step.kind === 'wait') return [[step.id, step.forMs]];
        if (step.kind === 'watch' && step.untilMs === null)
          return [[step.id, Math.max(ms, step.initialDelayMs + ((step.count ?? 1) - 1) * step.intervalMs)]];
        return [
          [step.id, ms],
          [`undo:${step.id}`, (took.at(-1 - i) ?? 0) * 10 + 3],
        ];
      }),
  ),
});

const listed = (plan: Plan, { ms }: Course): Float64Array =>
  Float64Array.from(groupsOf(plan).flat(), ({ id }) => ms.get(id) ?? 0);

const begun = (): RunState => ({
  ...initialState(),
  clock: { t0, skipWaits: false },
  session: { n: 1, pid: 1, host: 'h', user: 'u', interactive: true, startedAt: 0, endedAt: null },
});

/** Ids of the steps that start together with this one. */
const beside = (plan: Plan, id: string | undefined): readonly string[] =>
  groupsOf(plan)
    .find((group) => group.some((step) => step.id === id))
    ?.map((step) => step.id) ?? [];

const compare = (plan: Plan, schedule: Schedule, { state, now }: VirtualRun): void => {
  const list = groupsOf(plan).flat();
  const stopped = list[schedule.stoppedAt]?.id;
  if (state.settled?.result === 'succeeded') {
    expect(stopped).toBeUndefined();
    const times = list.map(({ id }, i) => [id, schedule.starts[i], schedule.ends[i]]);
    expect(times).toEqual(list.map(({ id }) => [id, state.steps[id]?.startedAt, state.steps[id]?.settledAt]));
    expect(schedule.end).toBe(state.settled.at);
    expect(schedule.end).toBe(now);
    return;
  }
  // A gate that nobody answers in time may lead to a rollback.
  const at =
    state.hold?.step ??
    list.find(({ id }) => ['no_go', 'expired'].includes(state.steps[id]?.gate?.verdict ?? ''))?.id;
  expect(beside(plan, at)).toContain(stopped);
  expect(schedule.stoppedBy).toBe(state.hold?.cause === 'window' ? 'window' : 'unanswered');
};

test('every step starts and ends when the core says, or the run stops where the core stops', {
  timeout: 120_000,
}, () => {
  const ends = { succeeded: 0, window: 0, unanswered: 0 };
  fc.assert(
    fc.property(timed, tooks, fc.constantFrom(0, 0, 33_333), (plan, took, late) => {
      const course = courseOf(plan, took, late);
      const run = new VirtualRun(plan, course);
      run.go();
      const schedule = new Schedule(plan, begun(), course.startAt);
      schedule.play(listed(plan, course));
      compare(plan, schedule, run);
      ends[schedule.stoppedBy ?? 'succeeded']++;
    }),
    { numRuns: runs },
  );
  // Each of the three is met, or the comparison proves nothing.
  expect(Math.min(...Object.values(ends))).toBeGreaterThan(runs / 50);
});

test('from the middle of a run the rest is as the core says', { timeout: 120_000 }, () => {
  let compared = 0;
  fc.assert(
    fc.property(timed, tooks, fc.integer({ min: 0, max: 300_000 }), (plan, took, after) => {
      const course = courseOf(plan, took, 0);
      const run = new VirtualRun(plan, course);
      const now = course.startAt + after;
      run.go(now);
      if (run.state.settled || run.state.hold || run.state.rollback) return;
      const state = structuredClone(run.state);
      run.go();
      const schedule = new Schedule(plan, state, now);
      schedule.play(listed(plan, course));
      compare(plan, schedule, run);
      compared++;
    }),
    { numRuns: runs },
  );
  expect(compared).toBeGreaterThan(runs / 4);
});

test('a rollback from a gate takes what the longest lane of each entry takes', { timeout: 120_000 }, () => {
  let compared = 0;
  fc.assert(
    fc.property(timed, tooks, (made, took) => {
      const gate = made.steps.gate;
      if (gate?.kind !== 'gate') return;
      // Nothing but the gate stops it.
      const asking = { ...gate, onNoGo: 'rollback', timeoutMs: null } as const;
      const timeline = { opensMs: null, hardStopMs: null };
      const plan: Plan = { ...made, timeline, steps: { ...made.steps, gate: asking } };
      const course = { ...courseOf(plan, took, 0), noGo: 'gate' };
      const run = new VirtualRun(plan, course);
      run.go();
      const { rollback, settled, steps } = run.state;
      if (settled?.result !== 'rolled_back' || !rollback || steps.gate?.gate?.verdict !== 'no_go') return;
      const before = Object.values(plan.steps).filter(
        (step) => step.kind === 'act' && hasUndo(step) && steps[step.id]?.order !== undefined,
      );
      const undos = undoLanes(plan, before, ({ id }) => id);
      const sum = undoLanesMs(undos, ({ id }) => course.ms.get(`undo:${id}`) ?? 0);
      expect(settled.at - rollback.startedAt).toBe(sum);
      compared++;
    }),
    { numRuns: runs },
  );
  expect(compared).toBeGreaterThan(runs / 20);
});
