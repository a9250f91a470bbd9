/** A precondition is read once in a dry run, where its step type reads for its findings. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../engine/run/clock.ts';
import { type DryRunStep, dryRun } from '../../../engine/run/dry-run.ts';
import { registry } from '../../../steps/index.ts';
import { actStep, plan, planAct } from '../../support/plan-builder.ts';
import { fakeRegistry, fakeWorld } from './fake-steps.ts';

const dryRunOf = async (acts: readonly ReturnType<typeof actStep>[]) => {
  const told: DryRunStep[] = [];
  const fake = fakeRegistry(fakeWorld());
  const steps = new Map([...registry.steps, ...fake.steps]);
  await dryRun({
    plan: plan(acts),
    registry: { steps, targets: registry.targets },
    runbookDir: '/',
    secrets: new Map(),
    clock: systemClock,
    onStep: (step) => told.push(step),
  });
  return told;
};

test('one request for a precondition, whatever it answers, and none of its output in the report', async () => {
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    asked.push(request.url ?? '');
    answer.writeHead(request.url === '/up' ? 200 : 503).end('page');
  });
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  onTestFinished(() => new Promise((down) => server.close(() => down())));
  const { port } = server.address() as AddressInfo;
  const page = (path: string) =>
    planAct({
      type: 'http.check',
      with: { url: `http://127.0.0.1:${port}${path}`, status: 200 },
      effects: 'read',
      preview: `look at ${path}`,
    });
  const put = planAct({ type: 'put', with: { name: 'a' }, preview: 'put a' });
  const [first, second] = await dryRunOf([
    actStep('a', { act: put, preconditions: [page('/up'), page('/down')] }),
    actStep('b', { act: put, preconditions: [page('/later')] }),
  ]);
  expect(asked).toEqual(['/up', '/down', '/later']);
  expect(first?.findings.slice(0, 2)).toEqual([
    { level: 'verified', what: 'true now: look at /up' },
    { level: 'problem', what: expect.stringMatching(/^look at \/down \(expected 200, got 503/) },
  ]);
  expect(second?.findings[0]).toEqual({
    level: 'unchecked',
    what: expect.stringMatching(/^not true yet, expected later: look at \/later/),
    passing: true,
  });
  for (const { findings } of [first, second].filter((step) => step !== undefined))
    for (const finding of findings) expect(finding).not.toHaveProperty('answered');
});
