/** People are told beside the run: it never waits for them, never fails by them, and nobody is forgotten. */
import { describe, expect, test } from 'vitest';
import type { Recorded } from '../../../engine/decide/events.ts';
import type { Plan, PlanNotify } from '../../../engine/plan.ts';
import { systemClock } from '../../../engine/run/clock.ts';
import type { Tell } from '../../../engine/run/tell.ts';
import type { Delivery, TellMessage } from '../../../engine/tell.ts';
import { noticeText } from '../../../engine/words/notice.ts';
import { teller } from '../../../steps/_kits/telling/teller.ts';
import { secretPath, useReceiver } from '../../steps/notify/receiver.ts';
import { actStep, gateStep, plan, planAct } from '../../support/plan-builder.ts';
import { fakeWorld } from './fake-steps.ts';
import { TestRun } from './test-run.ts';

const put = (id: string) => actStep(id, { act: planAct({ type: 'put', with: { name: id } }) });

const chat: PlanNotify = {
  id: 'chat',
  where: 'chat',
  on: ['start', 'hold', 'gate', 'end'],
  steps: ['a'],
  channel: { kind: 'webhook', url: { secret: [{ name: 'chat' }] }, shape: 'json', caFile: null },
  line: 1,
};

const told = (over: Partial<PlanNotify> = {}, steps = [put('a'), put('b')]): Plan =>
  plan(steps, { notify: [{ ...chat, ...over }] });

/** Text by what happened, and no waiting between tries. */
const telling = (of: Plan, deliver: (message: TellMessage) => Promise<Delivery>): Tell => ({
  teller: async () => ({
    deliver: async (ctx, _channel, message) => {
      ctx.signal.throwIfAborted();
      return deliver(message);
    },
    check: async () => [],
  }),
  text: (event, state, now) => noticeText(event, of, state, now),
});

/** Sleeps are over at once, but for the last wait: what is left then is left. */
const hasty = { ...systemClock, sleep: async () => void (await new Promise((next) => setImmediate(next))) };

const done: Delivery = { state: 'done', status: 200 };

const on = (events: readonly Recorded[]) =>
  events.flatMap((e) => (e.type === 'told' ? [`${e.on} ${e.ok ? 'ok' : e.why}`] : []));

test('each event once, in order, and each is on record', async () => {
  const sent: string[] = [];
  const of = told();
  const run = new TestRun(of, fakeWorld());
  const tell = telling(of, async ({ text }) => {
    sent.push(text);
    return done;
  });
  expect((await run.session({ tell })).outcome).toBe('succeeded');
  expect(sent).toEqual([
    'test: started by u@h',
    'test: step a has started',
    expect.stringMatching(/^test: a done in /),
    expect.stringMatching(/^test: SUCCEEDED after /),
  ]);
  expect(on(run.journal())).toEqual(['start ok', 'a ok', 'a ok', 'end ok']);
});

test('a place that refuses for good is asked once, and the run succeeds', async () => {
  let asked = 0;
  const of = told({ on: ['end'], steps: [] });
  const run = new TestRun(of, fakeWorld());
  const tell = telling(of, async () => {
    asked += 1;
    return { state: 'not-done', passing: false, why: 'it answered 404', remedy: '' };
  });
  const { outcome, state } = await run.session({ tell });
  expect(outcome).toBe('succeeded');
  expect(asked).toBe(1);
  expect(on(run.journal())).toEqual(['end it answered 404']);
  expect(state.untold).toMatchObject([{ on: 'end', where: 'chat', why: 'it answered 404' }]);
});

test('one that is down is asked again, under the same id, and not for ever', async () => {
  const ids: string[] = [];
  const of = told({ on: ['start'], steps: [] });
  const run = new TestRun(of, fakeWorld());
  const tell = telling(of, async ({ id }) => {
    ids.push(id);
    return { state: 'unknown', why: 'no answer' };
  });
  expect((await run.session({ tell, clock: hasty })).outcome).toBe('succeeded');
  expect(new Set(ids)).toEqual(new Set(['r1/chat%232']));
  expect(ids.length).toBeLessThanOrEqual(5);
});

test('one that never answers does not keep the run, and what a held run could not tell is told by the next session', async () => {
  const of = told({ on: ['hold'], steps: [] });
  const run = new TestRun(of, fakeWorld());
  run.world.script.set('b', async () => ({
    done: false,
    effect: 'none',
    retryable: false,
    short: 'bad luck',
  }));
  const silent: Tell = {
    ...telling(of, async () => done),
    teller: async () => ({
      deliver: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        }),
      check: async () => [],
    }),
  };
  expect((await run.session({ tell: silent, clock: hasty })).outcome).toBe('held-failed');
  expect(on(run.journal())).toEqual([]);
  expect(run.view.notes.join()).toContain('1 messages were not taken yet');
  run.world.script.delete('b');
  const sent: string[] = [];
  const tell = telling(of, async ({ text }) => {
    sent.push(text);
    return done;
  });
  await run.session({ tell });
  expect(sent).toEqual([expect.stringMatching(/^test: HELD at b: bad luck\n/)]);
  expect(on(run.journal())).toEqual(['hold ok']);
});

test('at the end of the run, what was not taken in time is on record', async () => {
  const of = told({ on: ['end'], steps: [] });
  const run = new TestRun(of, fakeWorld());
  const silent: Tell = {
    ...telling(of, async () => done),
    teller: async () => ({
      deliver: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        }),
      check: async () => [],
    }),
  };
  expect((await run.session({ tell: silent, clock: hasty })).outcome).toBe('succeeded');
  expect(on(run.journal())).toEqual(['end the engine ended before it was taken']);
});

test('a gate says what is asked, by when, and how to answer', async () => {
  const gate = gateStep('go', { prompt: 'Open it?', approvers: ['lead'], timeoutMs: 300_000 });
  const of = plan([put('a'), gate], { notify: [{ ...chat, on: ['gate'], steps: [] }] });
  const run = new TestRun(of, fakeWorld());
  const sent: string[] = [];
  const tell = telling(of, async ({ text }) => {
    sent.push(text);
    // Nobody answers.
    run.interrupt(1);
    return done;
  });
  await run.session({ tell });
  expect(sent[0]).toMatch(
    /^test: gate go: Open it\?\n1 of lead \(Lead\)\ngo: {4}runbook approve r1 go --as NAME/,
  );
  expect(sent[0]).toMatch(/\nanswer by .*, in 5m; no answer: the run is held$/);
});

describe('to a real receiver', () => {
  test('the address is in no message, no journal and no error', async () => {
    const { url, taken } = await useReceiver((response, n) => {
      response.statusCode = n === 1 ? 200 : 404;
      response.end(`no hook at ${secretPath}`);
    });
    const of = told({ on: ['start', 'end'], steps: [] });
    const run = new TestRun(of, fakeWorld());
    const tell: Tell = {
      teller: async () => teller,
      text: (event, state, now) => `${noticeText(event, of, state, now)} ${url}`,
    };
    const { outcome } = await run.session({ tell, secrets: new Map([['chat', url]]) });
    expect(outcome).toBe('succeeded');
    expect(taken.map(({ path }) => path)).toEqual([secretPath, secretPath]);
    expect(taken[0]?.headers['idempotency-key']).toBe('r1/chat%232');
    expect(taken.map(({ body }) => body).join()).not.toContain(secretPath);
    const text = JSON.stringify(run.journal());
    expect(text).not.toContain(secretPath);
    expect(on(run.journal())).toEqual([
      'start ok',
      expect.stringMatching(/^end 127\.0\.0\.1:\d+ answered 404/),
    ]);
  });
});
