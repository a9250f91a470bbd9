/** Watches and checklists in the real loop, with reads, expressions and acts that are really paused. */
import { describe, expect, test } from 'vitest';
import { postCommand } from '../../../engine/journal/inbox.ts';
import type { PlanWatch } from '../../../engine/plan.ts';
import type { Answer } from '../../../engine/views/view.ts';
import { actStep, checklistStep, gateStep, plan, planAct, watchStep } from '../../support/plan-builder.ts';
import { fakeWorld } from './fake-steps.ts';
import { TestRun } from './test-run.ts';

const look = (name: string) =>
  planAct({ type: 'look', with: { name }, effects: 'read', onUnknown: 'rerun', preview: `look ${name}` });
const putAct = (name: string, over: Parameters<typeof planAct>[0] = {}) =>
  planAct({ type: 'put', with: { name }, preview: `put ${name}`, ...over });
const put = (id: string, over: Parameters<typeof planAct>[0] = {}) =>
  actStep(id, {
    act: putAct(id, over),
    undo: { mode: 'none', why: 'a test', expectedMs: null, preconditions: [], acts: [], verify: [] },
  });
const watch = (over: Partial<PlanWatch> = {}) =>
  watchStep('w', { measure: look('healthy'), intervalMs: 5, ...over });

const measured = (night: TestRun) => night.journal().flatMap((e) => (e.type === 'watch-measured' ? [e] : []));

describe('a watch', () => {
  test('without a condition goes by whether its read holds', async () => {
    const night = new TestRun(plan([watch({ failureLimit: 1 })]), fakeWorld());
    night.world.standing.set('healthy', true);
    expect((await night.session()).outcome).toBe('succeeded');
    expect(measured(night).map((e) => [e.n, e.verdict, e.value])).toEqual([
      [1, 'success', '{}'],
      [2, 'success', '{}'],
      [3, 'success', '{}'],
    ]);
  });

  test('trips, holds the run with its own cause, and continues by choice', async () => {
    const night = new TestRun(plan([watch({ count: 2 }), put('a')]), fakeWorld());
    const first = await night.session();
    expect(first.outcome).toBe('held-failed');
    expect(first.state.hold).toMatchObject({ cause: 'watch', step: 'w' });
    expect(first.state.hold?.message).toContain('last: healthy does not stand');
    // Nobody chose: a watch that tripped is not retried by resuming alone.
    expect((await night.session()).outcome).toBe('held-failed');
    night.world.standing.set('healthy', true);
    expect((await night.session({ commands: [night.resolve('retry')] })).outcome).toBe('succeeded');
  });

  const judging: [string, Partial<PlanWatch>, string, string | undefined][] = [
    ['success_condition alone', { success: 'result.size() == 0' }, 'success', undefined],
    [
      'which is false',
      { success: 'result.size() == 1' },
      'failure',
      'success_condition is not true: result.size() == 1',
    ],
    ['failure_condition alone', { failure: 'result.size() == 1' }, 'success', undefined],
    [
      'both, neither true',
      { success: 'result.size() == 1', failure: 'result.size() == 2' },
      'inconclusive',
      'neither success_condition nor failure_condition is true',
    ],
    [
      'an expression that fails',
      { success: 'result.gone > 1' },
      'error',
      expect.stringContaining('result.gone > 1: ') as unknown as string,
    ],
    [
      'one that is no yes or no',
      { success: 'result.size()' },
      'error',
      'result.size(): neither true nor false',
    ],
    [
      'no data',
      { success: 'true', samples: 'result.size()' },
      'inconclusive',
      'no data (result.size() is 0)',
    ],
    [
      'no data, declared a failure',
      { samples: 'result.size()', noData: 'failure' },
      'failure',
      'no data (result.size() is 0)',
    ],
    [
      'too little data',
      { success: 'false', samples: '3', minSamples: 20 },
      'inconclusive',
      '3 samples, 20 are needed',
    ],
  ];
  test.each(judging)('%s', async (_, over, verdict, why) => {
    const night = new TestRun(plan([watch({ count: 1, ...over })]), fakeWorld());
    night.world.standing.set('healthy', true);
    await night.session();
    expect(measured(night)[0]).toMatchObject({ verdict, ...(why !== undefined && { why }) });
  });

  test('a read that does not come off says nothing where a condition is given', async () => {
    const night = new TestRun(
      plan([watch({ count: 1, success: 'true', consecutiveErrorLimit: 0 })]),
      fakeWorld(),
    );
    const { state } = await night.session();
    expect(measured(night)[0]).toMatchObject({ verdict: 'error', why: 'healthy does not stand' });
    expect(state.hold?.message).toContain('could not be taken');
  });

  test('a read that cannot find out is an error, also where the read itself is the condition', async () => {
    const night = new TestRun(plan([watch({ measure: look('x'), consecutiveErrorLimit: 0 })]), fakeWorld());
    const told = { done: false, effect: 'none', retryable: false, short: 'lines are lost' } as const;
    night.world.script.set('look x', async () => ({ ...told, noAnswer: true }));
    await night.session();
    expect(measured(night)[0]).toMatchObject({ verdict: 'error', why: 'lines are lost' });
  });

  test('a secret in what was measured, or in why, does not reach the journal', async () => {
    const measure = planAct({ type: 'put', with: { name: 'x' }, effects: 'read' });
    const night = new TestRun(plan([watch({ measure, count: 1, success: 'true' })]), fakeWorld());
    night.world.script.set('x', async () => ({
      done: true,
      output: { name: 'the hunter2 page', token: 't0ken' },
    }));
    await night.session({ secrets: new Map([['s', 'hunter2']]) });
    const text = JSON.stringify(night.journal());
    expect(text).toContain('the ');
    expect(text).not.toMatch(/hunter2|t0ken/);
  });

  test.each([1, 0])(
    'pauses the mailing beside it, pages %i people, and lets it go on where it stopped',
    async (pages) => {
      const onTrip = pages > 0 ? [putAct('page')] : [];
      const beside = watch({ untilMs: 60_000, count: 2, onTrip });
      const night = new TestRun(plan([beside, put('mail', { pausable: true })]), fakeWorld());
      night.world.standing.set('healthy', true);
      const reasons: unknown[] = [];
      night.world.script.set('mail', async (context, act) => {
        if (context.attempt > 1) {
          act();
          return { done: true, output: { name: 'mail' } };
        }
        night.world.standing.delete('healthy');
        await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()));
        reasons.push(context.signal.reason);
        return { done: false, effect: 'some', retryable: true, short: '3 of 9 sent' };
      });
      const first = await night.session();
      expect([first.outcome, reasons]).toEqual(['held-failed', ['pause']]);
      expect(night.world.done.get('page') ?? 0).toBe(pages);
      expect(first.state.acts['mail/do/0']?.attempts[0]).toMatchObject({
        error: { code: 'paused' },
        effect: 'some',
      });
      night.world.standing.set('healthy', true);
      const second = await night.session({ commands: [night.resolve('retry')] });
      expect([second.outcome, night.world.done.get('mail')]).toEqual(['succeeded', 1]);
      expect(night.world.done.get('page') ?? 0).toBe(pages);
    },
  );

  test('an act that cannot pause continues', async () => {
    const night = new TestRun(plan([watch({ untilMs: 60_000, count: 2 }), put('copy')]), fakeWorld());
    night.world.script.set('copy', async (context, act) => {
      await context.clock.sleep(100);
      act();
      return { done: true, output: { name: context.signal.aborted ? 'aborted' : 'copy' } };
    });
    const { state } = await night.session();
    expect(state.hold?.cause).toBe('watch');
    expect(state.acts['copy/do/0']).toMatchObject({ done: true, output: { name: 'copy' } });
  });

  test('its output is there for later expressions once it is over', async () => {
    const criteria = ["steps['w'].output.successes == 3 && steps['w'].output.last == 'success'"];
    const night = new TestRun(plan([watch(), gateStep('g', { prompt: null, criteria })]), fakeWorld());
    night.world.standing.set('healthy', true);
    expect((await night.session()).outcome).toBe('succeeded');
  });
});

describe('a checklist', () => {
  const items = (over = {}) =>
    checklistStep('c', ['a', 'h0', 'h1'], {
      items: [
        { id: 'a', say: 'It is healthy', check: look('healthy') },
        { id: 'h0', say: 'Notes can be read', check: null },
        { id: 'h1', say: 'Trades can be read', check: null },
      ],
      ...over,
    });

  test('asks one item after the other at the prompt, and the gate reads the result', async () => {
    const criteria = ["steps['c'].output.failed == 0 && steps['c'].output.items['h1'].by == 'lead'"];
    const night = new TestRun(plan([items(), gateStep('g', { prompt: null, criteria })]), fakeWorld());
    night.world.standing.set('healthy', true);
    night.view.answer = (): Answer => ({ kind: 'item', passed: true, as: 'lead', reason: 'seen' });
    expect((await night.session({ interactive: true })).outcome).toBe('succeeded');
    expect(night.view.asked).toMatchObject([
      { kind: 'item', item: 'h0', left: 2 },
      { kind: 'item', item: 'h1', left: 1 },
    ]);
  });

  test('is answered from another terminal, with the login beside the name', async () => {
    const night = new TestRun(plan([items()]), fakeWorld());
    night.world.standing.set('healthy', true);
    const said = { command: 'check', step: 'c', as: 'lead', user: 'eve', reason: 'read three' } as const;
    const session = night.session();
    while (!night.view.events.some((e) => e.type === 'checklist-opened'))
      await new Promise((r) => setTimeout(r, 5));
    for (const item of ['h0', 'h1']) {
      postCommand(night.dir, { ...said, item, passed: item === 'h0', at: Date.now() });
    }
    const { outcome, state } = await session;
    expect(outcome).toBe('held-failed');
    expect(state.hold?.message).toBe('c: 1 of 3 items failed: h1 (lead: read three)');
    expect(state.steps.c?.checklist?.items.h0).toMatchObject({ passed: true, by: 'lead', user: 'eve' });
  });

  test('without an answer in time the run is held, and waits for people', async () => {
    const night = new TestRun(plan([items({ timeoutMs: 20 })]), fakeWorld());
    const { outcome, state } = await night.session();
    expect(outcome).toBe('held-human');
    expect(state.hold?.message).toContain('no answer in time: h0, h1; failed: a (healthy does not stand)');
  });
});
