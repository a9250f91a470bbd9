import { describe, expect, test } from 'vitest';
import type { Event } from '../../../engine/decide/events.ts';
import { apply } from '../../../engine/decide/fold.ts';
import { forwardMs, undoTookMs } from '../../../engine/decide/queries.ts';
import type { RunState } from '../../../engine/decide/state.ts';
import { statusReport, statusText } from '../../../engine/views/status.ts';
import { runningTitle } from '../../../engine/words/step-title.ts';
import { stepWord } from '../../../engine/words/step-word.ts';
import { masked } from '../../support/masked.ts';
import { goingBack, held, plan, play, success, t0 } from '../views/scripted-run.ts';

const minute = 60_000;
const nothing = () => {};

const then = (state: RunState, atMs: number, ...events: Event[]): RunState => {
  for (const event of events) apply(state, { ...event, seq: state.seq + 1, at: t0 + atMs });
  return state;
};

/** The gate is open, and nobody has answered. */
const atGate = (): RunState => {
  const answered = success.findIndex(([, ...events]) => events.some((e) => e.type === 'gate-answered'));
  return play(success.slice(0, answered), nothing);
};

const answer = (verdict: 'go' | 'no_go', by: string): Event => ({
  type: 'gate-answered',
  step: 'go-no-go',
  round: 1,
  verdict,
  by,
  unattended: false,
  user: 'ops',
  reason: masked('seen'),
});

const refused = (): RunState =>
  then(
    atGate(),
    -30_000,
    answer('no_go', 'lead'),
    { type: 'gate-settled', step: 'go-no-go', round: 1, verdict: 'no_go', validUntil: null },
    { type: 'rollback-started', reason: masked('go-no-go: no-go (lead: seen)'), by: null, owed: ['dump'] },
  );

test('a held step is held, and its clock stops', () => {
  const state = play(held, nothing);
  expect(stepWord(state, 'dump')).toBe('held');
  const step = plan.steps.dump;
  const hours = (n: number) => step && runningTitle(step, state, t0 + n * 60 * minute);
  expect(hours(1)).toBe(hours(9));
  expect(hours(9)).toContain('2m of 2m  HELD');
});

test('a no-go is shown as such, also after the rollback', () => {
  const state = refused();
  expect(stepWord(state, 'go-no-go')).toBe('no-go');
  then(state, 0, { type: 'rollback-settled' }, { type: 'run-settled', result: 'rolled_back' });
  expect(stepWord(state, 'go-no-go')).toBe('no-go');
});

test('a failed step is still called failed after its undo, and its duration does not grow', () => {
  const state = play(goingBack, nothing);
  expect(['dump', 'uploads', 'open-doors'].map((id) => stepWord(state, id))).toEqual([
    'failed, undone',
    'undone',
    'pending',
  ]);
  expect(forwardMs(state, 'uploads')).toBe(3 * minute);
  expect(forwardMs(state, 'dump')).toBe(2 * minute);
  expect(undoTookMs(state, 'maintenance-on')).toBe(0);
});

test('a step that failed into a rollback without being settled ends with its last act', () => {
  const state = play(goingBack.slice(0, 6), nothing);
  then(
    state,
    -22 * minute,
    {
      type: 'act-finished',
      act: 'dump/do/0',
      attempt: 1,
      result: 'failed',
      effect: 'some',
      error: { code: 'failed', short: masked('exit 2') },
      retryable: false,
    },
    { type: 'rollback-started', reason: masked('dump: exit 2'), by: null, owed: ['dump'] },
  );
  expect(stepWord(state, 'dump')).toBe('failed');
  then(state, -10 * minute, { type: 'step-settled', step: 'dump', state: 'undone' });
  expect(forwardMs(state, 'dump')).toBe(2 * minute);
});

describe('status', () => {
  const text = (state: RunState, live: boolean, night = plan): string => {
    const report = statusReport({ plan: night, state, events: [], now: t0, live });
    return statusText(report, { journal: 'J', logs: 'L' }, (_, said) => said);
  };

  test('no watch is shown as running while the engine is stopped', () => {
    const watched = (live: boolean): string => {
      const report = statusReport({ plan, state: play(held, nothing), events: [], now: t0, live });
      const counts = { success: 3, failure: 0, inconclusive: 0, error: 0 };
      const watch = {
        ...{
          id: 'logins',
          state: 'running' as const,
          background: true,
          until: null,
          last: null,
          tripped: null,
        },
        ...{ nextAt: null, text: '3 measured', counts },
      };
      return statusText({ ...report, watches: [watch] }, { journal: 'J', logs: 'L' }, (_, said) => said);
    };
    expect(watched(true)).toContain('watch logins, running: 3 measured');
    expect(watched(false)).toContain('watch logins, NOT WATCHED while the engine is stopped: 3 measured');
  });

  test('of a rolled back run: the reason, what failed, no count of steps done', () => {
    const said = text(play(goingBack, nothing), false);
    expect(said).toContain('ROLLED BACK · 3 steps undone');
    expect(said).toContain('rollback reason: dump failed');
    expect(said).toContain('[!] T-25m    Dump the database  2m / 2m  failed, undone in 0ms');
    expect(said).toContain('-------- POINT OF NO RETURN -------- not crossed');
    expect(said).not.toContain('of 5 steps');
  });

  test('of a run whose engine died: ENGINE STOPPED', () => {
    const killed = play(held.slice(0, 6), nothing);
    expect(text(killed, false)).toContain('ENGINE STOPPED');
    expect(text(killed, true)).toContain('RUNNING');
  });

  test('beside a live engine that is held: the cause once, and the commands that answer it', () => {
    const state = play(held.slice(0, -1), nothing);
    state.hold = state.hold && { ...state.hold, message: masked(`dump: ${state.hold.message}`) };
    const said = text(state, true);
    expect(said).toContain('held at dump: mysqldump: exit 2, server has gone away\n');
    expect(said).toContain(`runbook resume ${state.runId} --retry dump`);
  });

  test('of a gate that waits: how many are needed, who answered, until when', () => {
    const gate = plan.steps['go-no-go'];
    if (gate?.kind !== 'gate') throw new Error('the scripted night has a gate');
    const two = { ...plan, steps: { ...plan.steps, 'go-no-go': { ...gate, minApprovals: 2 } } };
    const said = text(then(atGate(), -40_000, answer('go', 'lead')), true, two);
    expect(said).toContain('WAITING FOR PEOPLE');
    expect(said).toMatch(/^go-no-go: 1 of 2 approvals \(lead\), closes \d\d:04:00$/m);
    expect(said).toMatch(/GO by lead \(login ops\): seen$/m);
  });
});
