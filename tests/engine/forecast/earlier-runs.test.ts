import { expect, test } from 'vitest';
import type { Recorded } from '../../../engine/decide/events.ts';
import { type EarlierRun, learn } from '../../../engine/forecast/earlier-runs.ts';
import type { Plan } from '../../../engine/plan.ts';
import { CoreRun, type World } from '../../support/core-run.ts';
import { actStep, gateStep, plan } from '../../support/plan-builder.ts';

const digest = { forward: 'f1', undo: 'u1', cosmetic: '' };
const cutover = plan([
  actStep('a', { digest }),
  actStep('b', { digest }),
  gateStep('go', { allowUnattended: true, timeoutMs: null, digest }),
  actStep('c', { digest }),
]);

/** Every act takes a second and every answer five, on a clock that the world moves. */
const runOf = (subject: Plan, world: World = {}, over: (run: CoreRun) => void = () => {}): EarlierRun => {
  const slow: World = {
    ...world,
    act: (decision, run) => {
      run.now += 1_000;
      return world.act?.(decision, run) ?? 'done';
    },
  };
  const run = new CoreRun(subject, slow);
  run.go();
  over(run);
  // The journal has the digest of the step; the core does not know it.
  const events = run.events.map(
    (event): Recorded => (event.type === 'act-started' ? { ...event, digest: 'f1' } : event),
  );
  return { events, state: run.state, plan: () => subject };
};

const says = (runs: readonly EarlierRun[], subject = cutover) => {
  const { forward, undo, runs: count } = learn(subject, runs);
  return { forward: Object.fromEntries(forward), undo: Object.fromEntries(undo), runs: count };
};

const answers =
  (verdict: 'go' | 'no_go', as: string | null = 'lead') =>
  (run: CoreRun): void => {
    run.now += 5_000;
    const unattended = as === null;
    run.say({ command: 'approve', gate: 'go', verdict, as, unattended, user: 'u', reason: 'r', at: run.now });
    run.go();
  };

test('steps and answers that went through in one go', () => {
  expect(says([runOf(cutover, {}, answers('go')), runOf(cutover, {}, answers('go'))])).toEqual({
    forward: { a: [1_000, 1_000], b: [1_000, 1_000], go: [5_000, 5_000], c: [1_000, 1_000] },
    undo: {},
    runs: 2,
  });
});

test('a run that was rolled back: what was done before counts, and its undo', () => {
  expect(says([runOf(cutover, {}, answers('no_go'))])).toEqual({
    forward: { a: [1_000], b: [1_000] },
    undo: { a: [1_000], b: [1_000] },
    runs: 1,
  });
});

test('a step that was changed since says nothing, its undo apart', () => {
  const changed = plan([
    actStep('a', { digest: { ...digest, forward: 'f2' } }),
    actStep('b', { digest: { ...digest, undo: 'u2' } }),
  ]);
  expect(says([runOf(cutover, {}, answers('no_go'))], changed)).toEqual({
    forward: { b: [1_000] },
    undo: { a: [1_000] },
    runs: 1,
  });
});

test('a hold, a lost engine, and a go that a flag gave say nothing of how long a step takes', () => {
  let failed = false;
  const failsOnce: World = {
    act: ({ act }) => {
      if (act !== 'a/do/0' || failed) return 'done';
      failed = true;
      return { effect: 'none', retryable: false };
    },
  };
  const held = runOf(cutover, failsOnce, (run) => {
    run.now += 600_000;
    run.choose('retry');
    answers('go', null)(run);
  });
  expect(says([held]).forward).toEqual({ b: [1_000], c: [1_000] });
  let crashed = false;
  const crashes: World = {
    act: ({ act }) => {
      if (act !== 'a/do/0' || crashed) return 'done';
      crashed = true;
      return 'crash';
    },
    probe: () => 'not-done',
  };
  const lost = runOf(cutover, crashes, (run) => {
    run.now += 600_000;
    run.session();
    run.go();
  });
  expect(says([lost]).forward).toEqual({ b: [1_000] });
});

test('a run that stopped at its first step is no run that says something', () => {
  expect(says([runOf(cutover, { act: () => ({ effect: 'none', retryable: false }) })])).toEqual({
    forward: {},
    undo: {},
    runs: 0,
  });
});
