import { expect, test } from 'vitest';
import { fail } from '../../../engine/diagnostic.ts';
import type { AnyStepType } from '../../../engine/step.ts';
import { actStep, plan, planAct } from '../../support/plan-builder.ts';
import { fakeRegistry, fakeWorld } from './fake-steps.ts';
import { TestRun } from './test-run.ts';

const put = planAct({
  type: 'put',
  with: { name: 'a' },
  preview: 'put a',
  retry: { limit: 2, intervalMs: 1, backoff: 1 },
});

/** The first two times that the world is read before the act, this happens. */
const nightWith = async (failing: () => never) => {
  const night = new TestRun(plan([actStep('s', { act: put })]), fakeWorld());
  const registry = fakeRegistry(night.world);
  const type = registry.steps.get('put') as AnyStepType;
  let reads = 0;
  const load = async () => {
    const { acts } = await type.load();
    const prepare: typeof acts.prepare = async (context, input) => {
      reads += 1;
      return reads <= 2 ? failing() : acts.prepare?.(context, input);
    };
    return { acts: { ...acts, prepare } };
  };
  const steps = new Map([...registry.steps, ['put', { ...type, load }] as const]);
  return night.session({ registry: { ...registry, steps } });
};

test('a server that goes away while the act is prepared costs retries only', async () => {
  const { outcome, state } = await nightWith(() => {
    throw new Error('read ECONNRESET');
  });
  expect(outcome).toBe('succeeded');
  expect(state.acts['s/do/0']?.attempts).toHaveLength(3);
});

test('a mistake of the operator is reported at once', async () => {
  const { outcome, state } = await nightWith(() => fail('RB510', { path: 'page.html' }));
  expect(outcome).toBe('held-failed');
  expect(state.acts['s/do/0']?.attempts).toHaveLength(1);
  expect(state.acts['s/do/0']?.attempts[0]?.error?.code).toBe('RB510');
});
