/** A StepFailed is the same failure wherever a step type throws it: what has changed, and what to do about it. */
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../engine/run/clock.ts';
import { type DryRunStep, dryRun } from '../../../engine/run/dry-run.ts';
import { type AnyStepActs, type AnyStepType, type FailedOutcome, StepFailed } from '../../../engine/step.ts';
import { actStep, plan, planAct } from '../../support/plan-builder.ts';
import { fakeRegistry, fakeWorld } from './fake-steps.ts';
import { TestRun } from './test-run.ts';

const remedy = 'Make room on the disk';
const fail = (facts: Partial<FailedOutcome> & Pick<FailedOutcome, 'effect'>) => async (): Promise<never> => {
  throw new StepFailed('the disk is full', { remedy, ...facts });
};

const registryWith = (world: ReturnType<typeof fakeWorld>, type: string, replaced: Partial<AnyStepActs>) => {
  const registry = fakeRegistry(world);
  const known = registry.steps.get(type) as AnyStepType;
  const load = async () => ({ acts: { ...(await known.load()).acts, ...replaced } });
  return { ...registry, steps: new Map([...registry.steps, [type, { ...known, load }] as const]) };
};

const retry = { limit: 2, intervalMs: 1, backoff: 1 };
const put = planAct({ type: 'put', with: { name: 'a' }, preview: 'put a', retry });
const look = planAct({ type: 'look', with: { name: 'a' }, effects: 'read', preview: 'look a', retry });

const attemptsOf = async (
  step: ReturnType<typeof actStep>,
  act: `s/${string}`,
  [type, replaced]: readonly [string, Partial<AnyStepActs>],
) => {
  const world = fakeWorld();
  const session = new TestRun(plan([step]), world);
  const { outcome, state } = await session.session({ registry: registryWith(world, type, replaced) });
  return { outcome, attempts: state.acts[act as 's/do/0']?.attempts ?? [] };
};

describe('thrown by run', () => {
  test.each([
    ['none', true, 3],
    ['none', false, 1],
    ['some', false, 1],
    // The probe finds that it has not happened.
    ['unknown', false, 3],
  ] as const)('effect %s, retryable %s: %i attempts', async (effect, retryable, count) => {
    const { attempts } = await attemptsOf(actStep('s', { act: put }), 's/do/0', [
      'put',
      { run: fail({ effect, retryable }) },
    ]);
    expect(attempts).toHaveLength(count);
    expect(attempts[0]).toMatchObject({ effect, error: { short: 'the disk is full', remedy } });
  });

  test('of a polled read: it is read again only where that can help', async () => {
    for (const [retryable, reads] of [
      [true, 3],
      [false, 1],
    ] as const) {
      let asked = 0;
      const run = () => {
        asked += 1;
        return fail({ effect: 'none', retryable })();
      };
      const step = actStep('s', { act: put, preconditions: [look] });
      const { attempts } = await attemptsOf(step, 's/pre/0', ['look', { run }]);
      expect(asked).toBe(reads);
      expect(attempts).toMatchObject([{ effect: 'none', error: { short: /the disk is full/, remedy } }]);
    }
  });
});

test.each([
  [true, 3],
  [false, 1],
])('thrown by prepare, nothing has happened; retryable %s: %i attempts', async (retryable, count) => {
  const { attempts } = await attemptsOf(actStep('s', { act: put }), 's/do/0', [
    'put',
    { prepare: fail({ effect: 'some', retryable }) },
  ]);
  expect(attempts).toHaveLength(count);
  expect(attempts[0]).toMatchObject({ effect: 'none', error: { short: 'the disk is full', remedy } });
});

test('thrown by probe, the outcome is unknown', async () => {
  const run = fail({ effect: 'unknown', retryable: true });
  const { outcome, attempts } = await attemptsOf(actStep('s', { act: put }), 's/do/0', [
    'put',
    { run, probe: fail({ effect: 'none' }) },
  ]);
  expect(outcome).toBe('held-human');
  expect(attempts[0]).toMatchObject({ probe: { state: 'unknown', why: 'the disk is full' } });
});

describe('in a dry run', () => {
  const found = async (step: ReturnType<typeof actStep>, type: string, replaced: Partial<AnyStepActs>) => {
    const steps: DryRunStep[] = [];
    const world = fakeWorld();
    await dryRun({
      plan: plan([step]),
      registry: registryWith(world, type, replaced),
      runbookDir: '/',
      secrets: new Map(),
      clock: systemClock,
      onStep: (one) => steps.push(one),
    });
    return steps.flatMap(({ findings }) => findings);
  };

  test('thrown by check, it is a problem with its remedy', async () => {
    const findings = await found(actStep('s', { act: put }), 'put', { check: fail({ effect: 'none' }) });
    expect(findings).toContainEqual({ level: 'problem', what: 'the disk is full', remedy });
  });

  test('thrown by a precondition that is read, it is a check that is false now', async () => {
    const step = actStep('s', { act: put, preconditions: [look] });
    const findings = await found(step, 'look', { run: fail({ effect: 'none' }) });
    expect(findings).toContainEqual({ level: 'problem', what: 'look a (the disk is full)' });
  });
});
