/** What the head of the screen says, word by word. T0 is midnight, times are UTC. */

import { beforeAll, describe, expect, test } from 'vitest';
import { withoutEngine } from '../../../engine/decide/queries.ts';
import type { Plan, PlanActStep, PlanUndo } from '../../../engine/plan.ts';
import { openEnd } from '../../../engine/views/step-list.ts';
import { explainChoice } from '../../../engine/words/choice.ts';
import { describeEvent } from '../../../engine/words/event.ts';
import { standing, stateWord } from '../../../engine/words/overview.ts';
import { failureLine } from '../../../engine/words/step-title.ts';
import { CoreRun, type World } from '../../support/core-run.ts';
import { actStep, autoUndo, gateStep, plan, watchStep } from '../../support/plan-builder.ts';

beforeAll(() => {
  process.env.TZ = 'UTC';
});

const minute = 60_000;
const at = (n: number) => n * minute;
const none: PlanUndo = { ...autoUndo, mode: 'none', why: 'mails sent', acts: [] };

const timed = (id: string, atMin: number, over: Partial<PlanActStep> = {}) =>
  actStep(id, {
    atMs: at(atMin),
    expectedMs: at(1),
    undo: { ...autoUndo, expectedMs: at(2) },
    ...over,
  });

const cutover = plan(
  [
    timed('dump', -30),
    timed('announce', -20, { undo: none }),
    gateStep('go', { atMs: at(-1) }),
    'line',
    timed('open', 0),
    watchStep('logins', { atMs: 0, untilMs: at(40), count: null, onTrip: [] }),
  ],
  { timeline: { opensMs: null, hardStopMs: at(30) } },
);

const begin = (from: Plan = cutover, world: World = {}, now = -30) =>
  new CoreRun(from, world, { t0: 0, now: at(now) }).go();

const said = (run: CoreRun, nowMin: number) => standing(run.plan, run.state, at(nowMin));
const head = (run: CoreRun, nowMin: number) =>
  said(run, nowMin)
    .slice(0, 3)
    .map(({ tone, text }) => `${tone}: ${text}`);

const ask = { command: 'roll-back', user: 'u', reason: 'r', at: 0 } as const;
const rollBack = (run: CoreRun) => {
  run.say({ ...ask, at: run.now });
  return run.go();
};

describe('the head', () => {
  test('from the first second: on time, not red, although watches continue after the hard stop', () => {
    const run = begin();
    expect(head(run, -29)).toEqual([
      'strong: test · WAITING · 1 of 5 steps',
      'plain: now 23:31:00 T-29m · T0 00:00:00 · on time · hard stop 00:30:00 in 59m',
      'good: rollback possible until 00:00:00 (point of no return), in 29m · 1 step to undo, about 2m',
    ]);
  });

  test('what has no undo is not counted, and named', () => {
    const run = begin().wait();
    expect(head(run, -19)[2]).toBe(
      'good: rollback possible until 00:00:00 (point of no return), in 19m · 1 step to undo, about 2m · stays: announce (mails sent)',
    );
  });

  test('an open gate past its time: until it says GO', () => {
    const run = begin().wait().wait();
    expect(head(run, 0)[2]).toMatch(/^warn: rollback possible until go says GO \(point of no return\) · /);
  });

  test('after the point of no return nothing is green, and the hard stop is no countdown any more', () => {
    const run = begin().wait().wait().approve('go', 'lead').wait();
    expect(head(run, 1).slice(1)).toEqual([
      'plain: now 00:01:00 T+1m · T0 00:00:00 · on time · hard stop 00:30:00',
      'warn: no rollback: after the point of no return · forward fix: ./fix.md',
    ]);
  });

  test('held is not on time; its duration is shown', () => {
    const fails: World = {
      act: (d) => (d.act === 'dump/do/0' ? { effect: 'some', retryable: false } : 'done'),
    };
    const run = begin(cutover, fails);
    expect(head(run, -27)[1]).toBe(
      'warn: now 23:33:00 T-27m · T0 00:00:00 · held for 3m · hard stop 00:30:00 in 57m',
    );
  });

  test('nor is a run whose engine is stopped', () => {
    const run = begin();
    const text = standing(run.plan, withoutEngine(run.state), at(-28))[1]?.text;
    expect(text).toContain('stopped for 2m');
    expect(text).not.toContain('on time');
  });

  test('where T0 itself is expected late, nothing is on time', () => {
    const run = begin().wait().wait();
    expect(head(run, 5)[1]).toBe(
      'warn: now 00:05:00 T+5m · T0 00:00:00 · T0 expected 00:05:00 · 5m LATE · hard stop 00:30:00 in 25m',
    );
  });

  test('steps that end after the hard stop are red, and say by how much', () => {
    const run = begin().wait().wait();
    expect(head(run, 29.5).slice(1)).toEqual([
      'bad: now 00:29:30 T+29m30s · T0 00:00:00 · T0 expected 00:29:30 · 29m 30s LATE · hard stop 00:30:00 in 30s: the steps before it end about 30s later',
      'bad: a rollback now would end 1m 30s after the hard stop · 1 step to undo, about 2m · stays: announce (mails sent)',
    ]);
  });
});

describe('a rollback', () => {
  const ends = (run: CoreRun) => run.events.slice(-2).map((e) => describeEvent(e, run.plan, run.state));

  test('in which something was undone: rolled back, and what stays', () => {
    const run = rollBack(begin().wait());
    expect(stateWord(run.state)).toBe('rolled back');
    expect(
      said(run, -20)
        .map((l) => l.text)
        .slice(0, 4),
    ).toEqual([
      'test · ROLLED BACK · 1 step undone, 1 left as it is',
      'rollback asked by u: r',
      'now 23:40:00 T-20m · T0 00:00:00 · hard stop 00:30:00',
      'rollback complete · stays: announce (mails sent)',
    ]);
    expect(ends(run)).toMatchObject([
      { text: 'rollback complete: 1 step undone', more: ['stays: announce (mails sent)'] },
      { text: 'ROLLED BACK after 10m' },
    ]);
  });

  test('in which nothing was undone is not called rolled back', () => {
    const run = rollBack(begin(plan([timed('announce', -30, { undo: none }), gateStep('go')])));
    expect(stateWord(run.state)).toBe('ended, nothing undone');
    const text = said(run, -30).map((l) => l.text);
    expect(text[0]).toBe('test · ENDED, NOTHING UNDONE · 0 steps undone, 1 left as it is');
    expect(text[3]).toBe('nothing was undone · stays: announce (mails sent)');
    expect(text.join('\n')).not.toMatch(/rolled back/i);
    expect(ends(run)).toMatchObject([
      { tone: 'warn', text: 'nothing was undone' },
      { text: 'ENDED, NOTHING UNDONE after 0ms' },
    ]);
  });

  test('where nothing can be undone, it is not possible, and the choice says so', () => {
    const run = begin(
      plan([timed('announce', -30, { undo: none }), gateStep('go', { criteria: ['c'], onNoGo: 'hold' })]),
      {
        criterion: () => false,
      },
    );
    expect(said(run, -30)[2]?.text).toBe(
      'no rollback: no finished step can be undone · stays: announce (mails sent)',
    );
    const { hold } = run.state;
    expect(hold && explainChoice('roll-back', run.plan, run.state, hold)).toBe(
      'end the run here: there is nothing to undo; stays: announce (mails sent)',
    );
  });

  test('that would end after the hard stop says so', () => {
    const back: World = { act: (d) => (d.act.includes('/undo/') ? 'crash' : 'done') };
    const run = begin(cutover, back);
    run.now = at(29);
    rollBack(run);
    expect(head(run, 29)[0]).toBe('strong: test · ROLLING BACK · 0 of 1 step undone');
    expect(said(run, 29)[3]).toEqual({
      tone: 'bad',
      text: 'rolling back: 1 step to undo, about 2m · ends about 1m after the hard stop',
    });
  });
});

describe('the marks of the list', () => {
  const kinds = (run: CoreRun) =>
    Object.keys(run.plan.steps).map((id) => `${id} ${openEnd(run.plan, run.state, id, run.now).kind}`);

  test('what never started is neither done nor failed; what was cut short is stopped', () => {
    const run = begin(
      plan([timed('a', -30), watchStep('w', { untilMs: at(9), count: null }), gateStep('go'), timed('b', 0)]),
    );
    run.say({ ...ask, at: run.now });
    expect(kinds(run)).toEqual(['a unreached', 'w stopped', 'go stopped', 'b unreached']);
  });
});

test('if a step fails after the point of no return, no rollback is announced', () => {
  const run = begin(
    plan([gateStep('go'), 'line', timed('open', 0, { onFailure: 'rollback' })]),
    { act: () => 'crash' },
    0,
  ).approve('go', 'lead');
  expect(run.state.line).not.toBeNull();
  expect(failureLine(run.plan, run.state, ['open'])).toBe(
    'if open fails, the run is held and asks you: no rollback after the point of no return',
  );
});
