import { describe, expect, test } from 'vitest';
import { asExec } from '../../../engine/cli/forecast-line.ts';
import type { RunState } from '../../../engine/decide/state.ts';
import { type EarlierRuns, noEarlierRuns } from '../../../engine/forecast/earlier-runs.ts';
import { forecast } from '../../../engine/forecast/forecast.ts';
import { liveForecast } from '../../../engine/forecast/live.ts';
import { forecastMarkdown } from '../../../engine/forecast/markdown.ts';
import { forecastText } from '../../../engine/forecast/text.ts';
import { oneLine } from '../../../engine/forecast/words.ts';
import type { Plan } from '../../../engine/plan.ts';
import { timesOf } from '../../../engine/timeline/times-of.ts';
import { VirtualRun } from '../../simulation/virtual-run.ts';
import { actStep, autoUndo, gateStep, plan } from '../../support/plan-builder.ts';

const minute = 60_000;
const t0 = 1_000_000_000;
const none = { ...autoUndo, mode: 'none', acts: [] } as const;

/** Ten minutes for eight minutes of work, then a gate of one minute. */
const cutover = (over: Partial<Plan> = {}): Plan =>
  plan(
    [
      actStep('close', {
        atMs: -10 * minute,
        expectedMs: minute,
        sets: { closed: true },
        act: { ...actStep('x').act, timeoutMs: 60 * minute },
      }),
      actStep('copy', { expectedMs: 7 * minute, act: { ...actStep('x').act, timeoutMs: 60 * minute } }),
      gateStep('go', { atMs: -minute, expectedMs: minute, timeoutMs: 5 * minute }),
      'line',
      actStep('open', { atMs: 0, expectedMs: 10_000, sets: { closed: false }, undo: none }),
    ],
    { facts: { closed: false }, timeline: { opensMs: null, hardStopMs: 30 * minute }, ...over },
  );

const ask = (
  subject: Plan,
  {
    earlier = noEarlierRuns,
    seed = 1,
    draws = 4_000,
    lateMs = 0,
  }: { earlier?: EarlierRuns; seed?: number; draws?: number; lateMs?: number } = {},
) => {
  const now = t0 - 10 * minute + lateMs;
  const { spans } = timesOf(subject);
  return forecast(subject, asExec(subject, { t0, now, measuredUndoMs: {} }), now, earlier, {
    draws,
    seed,
    causes: true,
    spans,
  });
};

describe('a fresh run', () => {
  test('is as likely on time as its durations say', () => {
    const found = ask(cutover());
    // Half of the answers take longer than the minute that is left for them, and a late copy comes on top.
    const share = (found.byT0?.chance.hits ?? 0) / found.draws;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.45);
    expect(found.startSteps).toEqual(['open']);
    expect(found.byHardStop).toMatchObject({ atMs: 30 * minute, chance: { hits: 4_000 } });
    expect(found.starts?.p50).toBeGreaterThan(0);
    expect(found.stops).toEqual([]);
    expect(found.spans).toEqual([
      expect.objectContaining({ fact: 'closed', value: true, from: 'close', to: 'open' }),
    ]);
    // From the end of the one to the end of the other: about nine minutes and ten seconds.
    expect(found.spans[0]?.ms.p50).toBeGreaterThan(8.5 * minute);
    expect(found.spans[0]?.ms.p90).toBeLessThan(13 * minute);
    expect(found.rollbacks).toEqual([expect.objectContaining({ gate: 'go', steps: 2 })]);
    expect(found.rollbacks[0]?.ms.p50).toBeGreaterThan(7.5 * minute);
    expect(found.rollbacks[0]?.byHardStop).toMatchObject({ hits: 4_000, of: 4_000 });
  });

  test('says which step makes it late, and what that one costs', () => {
    const found = ask(cutover());
    expect(found.misses?.of).toBe('T0');
    const [first] = found.misses?.found.causes ?? [];
    expect(first?.step).toBe('go');
    const before = found.byT0?.chance.hits ?? 0;
    expect(first?.asPlanned.hits).toBeGreaterThan(before * 1.3);
  });

  test('the same for the same seed', () => {
    expect(ask(cutover())).toEqual(ask(cutover()));
    expect(ask(cutover(), { seed: 2 }).byT0).not.toEqual(ask(cutover()).byT0);
  });

  test('what was measured replaces what was planned, and what is left of guesses is said', () => {
    const earlier: EarlierRuns = {
      forward: new Map([
        ['close', [50_000, 55_000, 60_000, 61_000, 58_000]],
        ['copy', [6 * minute]],
        ['go', [20_000, 25_000, 30_000, 22_000, 24_000]],
      ]),
      undo: new Map(),
      runs: 5,
    };
    const found = ask(cutover(), { earlier });
    expect((found.byT0?.chance.hits ?? 0) / found.draws).toBeGreaterThan(0.8);
    const text = forecastText(found, 'cutover', 'prod');
    expect(text).toContain(
      'Durations of steps: 2 from 1 to 5 earlier runs (1 from fewer than 5); 1 from `expected`',
    );
    expect(text).toContain('Answers of people: 1 from 5 earlier runs');
    expect(text).not.toMatch(/\b(0|100) %/);
  });

  test('as long as nothing is assumed of a person: a draw that is held ends there', () => {
    const found = ask(cutover({ timeline: { opensMs: null, hardStopMs: 29 * minute } }), {
      lateMs: 5 * minute,
    });
    const held = found.stops.reduce((n, { chance }) => n + chance.hits, 0);
    expect(found.stops.map(({ by }) => by)).toContain('window');
    expect(held).toBeGreaterThan(0);
    expect((found.byHardStop?.chance.hits ?? 0) + held).toBeLessThanOrEqual(found.draws);
    expect(found.misses?.of).toBe('hard stop');
    expect(oneLine(found)).toContain('held on the way');
  });

  test('as text and as Markdown', () => {
    const found = ask(cutover());
    const text = forecastText(found, 'cutover', null);
    for (const line of [
      'open starts at T0',
      'the hard stop',
      'closed = true (close to open)',
      'rollback from go (2 steps)',
    ])
      expect(text).toContain(line);
    expect(text).toContain(
      'No earlier run of this runbook in this environment is known: every number here is a guess',
    );
    const markdown = forecastMarkdown(found, 'cutover', null);
    expect(markdown).toContain('## Forecast: cutover');
    expect(markdown).toContain('<details><summary>Where the numbers are from</summary>');
  });
});

describe('a run as it stands', () => {
  const options = { draws: 2_000, seed: 1, causes: false, spans: [] };
  const ms = new Map([
    ['close', minute],
    ['copy', 15 * minute],
    ['go', 20_000],
    ['open', 5_000],
  ]);
  const at = (afterMs: number) => {
    const run = new VirtualRun(cutover(), { t0, startAt: t0 - 10 * minute, ms });
    const now = t0 - 10 * minute + afterMs;
    run.go(now);
    return { now, state: run.state };
  };
  const live = ({ state, now }: { state: RunState; now: number }) =>
    liveForecast(cutover(), state, now, noEarlierRuns, options);

  test('what is done is fixed, and a step that is late makes it later', () => {
    const soon = live(at(2 * minute));
    const late = live(at(14 * minute));
    if (soon.is !== 'forecast' || late.is !== 'forecast') throw new Error('no forecast');
    // The copy has run for 13 minutes and is not over: T0 is missed in every draw.
    expect(late.byT0?.chance.hits).toBe(0);
    expect(soon.byT0?.chance.hits).toBeGreaterThan(0);
    expect(late.done.p50).toBeGreaterThan(4 * minute);
    expect(late.durations.map(({ step, kind }) => `${step} ${kind}`)).not.toContain('close step');
    expect(oneLine(late)).toContain('T0 on time: none of 2,000 draws');
  });

  test('nothing is said of a run that is held, stopped, over or a rehearsal', () => {
    const { state, now } = at(2 * minute);
    const hold = {
      id: 'hold-1',
      cause: 'failed',
      step: 'copy',
      act: null,
      message: '',
      remedy: null,
      choices: [],
      at: now,
    } as never;
    const said = (over: Partial<RunState>) => oneLine(live({ state: { ...state, ...over }, now }));
    expect(said({ hold })).toBe('forecast: none while the run is held');
    expect(said({ session: null })).toBe('forecast: none while the engine is stopped');
    expect(said({ clock: { t0, skipWaits: true } })).toBe('forecast: none for a rehearsal without waits');
    expect(said({ settled: { result: 'succeeded', at: now } })).toBe('forecast: none, the run has ended');
  });

  test('a rollback: when it is over', () => {
    const run = new VirtualRun(cutover(), {
      t0,
      startAt: t0 - 10 * minute,
      ms: new Map([...ms, ['undo:copy', 9 * minute]]),
      noGo: 'go',
    });
    const now = t0 + 8 * minute;
    run.go(now);
    const found = live({ state: run.state, now });
    if (found.is !== 'rollback') throw new Error('no rollback');
    // One minute for the undo of `close` and what is left of seven for that of `copy`.
    expect(found.end.p50).toBeGreaterThan(8 * minute);
    expect(found.end.p90).toBeLessThan(25 * minute);
    expect(found.byHardStop?.chance.of).toBe(2_000);
    expect(oneLine(found)).toMatch(
      /^forecast: rollback over at T\+\S+ \(P50\), T\+\S+ \(P90\), by the hard stop T\+30m: /,
    );
  });
});
